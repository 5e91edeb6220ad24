// A data file's columns as a model sees them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "statistics/statistics.h"
#include "table/table.h"

namespace groundwork::command {

struct ModelColumnOptions {
    std::vector<std::string> factors;     // columns of numbers to treat as categories
    std::vector<std::string> references;  // "arm=MM": the level that the others are compared with
    std::vector<std::string> contrasts;   // "arm=sum": how the levels become columns
};

// Numbers stay numbers (dates are days); text becomes a factor with its levels sorted, as R's read.csv with
// stringsAsFactors. Points into the frame, which must outlive it, and owns what had to be made anew.
class ModelColumns {
  public:
    // Refuses an unknown column, a reference that is not among the column's values, and an unknown coding.
    static Result<ModelColumns> of(const table::Frame& frame, const ModelColumnOptions& options);

    const statistics::Data& data() const { return data_; }

  private:
    void add(const table::Column& column, bool as_factor);
    Result<void> set_reference(const std::string& column, const std::string& level);
    Result<void> set_contrasts(const std::string& column, const std::string& coding);
    Result<statistics::Variable*> factor(const std::string& column, const char* option);

    statistics::Data data_;
    std::deque<std::vector<std::int32_t>> codes_;  // a deque, because its elements never move
};

}  // namespace groundwork::command
