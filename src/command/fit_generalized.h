// The part of `groundwork fit` that fits generalised linear (mixed) models: --family and what belongs to it.
#pragma once

#include <string>

#include "command/console.h"
#include "command/model_columns.h"
#include "command/options.h"
#include "foundation/foundation.h"

namespace groundwork::command {

class GeneralizedFit {
  public:
    static const char* manual();
    void declare(Options& options);

    // False for the linear models, which the command itself fits; then a usage error if an option that needs
    // a family was given without one.
    Result<bool> wanted() const;

    struct Task {
        std::string formula, file, weights;
        std::size_t rows = 0;  // of the file, for the count of those left out
        long long repeat = 0;  // fits more, each with the outcome moved on by a row
        double seconds_read = 0;
    };
    Result<void> run(const Task& task, const statistics::Data& data, Console& console) const;

  private:
    Result<statistics::GeneralizedModelOptions> model_options(const Task& task) const;

    std::string family_ = "gaussian", zero_inflation_;
    long long points_ = 1;
};

}  // namespace groundwork::command
