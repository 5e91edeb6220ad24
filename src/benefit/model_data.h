// The columns of one model, owned, with names that a formula can carry.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/statistics.h"

namespace groundwork::benefit {

// A column's name as a formula can carry it, different from every name in `taken`, and added to it:
// "DASS depression (post)" gives DASS_depression__post_.
std::string identifier(std::string_view name, std::vector<std::string>& taken);

// Columns of one length, added in any order. view() stays valid as long as this lives and nothing is added.
class ModelData {
  public:
    void add_numbers(std::string name, std::vector<double> numbers);
    // Codes index `levels`, -1 is missing; the first level is the reference.
    void add_factor(std::string name, std::vector<std::int32_t> codes, std::vector<std::string> levels);

    statistics::Data view() const { return data_; }

  private:
    void count_rows(std::size_t rows);

    std::list<std::vector<double>> numbers_;  // lists, because their elements never move
    std::list<std::vector<std::int32_t>> codes_;
    statistics::Data data_;
};

}  // namespace groundwork::benefit
