// What can be asked of a fitted model: intervals, simple slopes, Johnson-Neyman regions, type III tests,
// marginal means, contrasts, cluster-robust standard errors. Part of `groundwork fit`.
#pragma once

#include <string>
#include <vector>

#include "command/options.h"
#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

// The answers as JSON keys beside the model's, and as tables for people.
struct FitAnswers {
    json::object document;
    std::string tables;
};

class FitQuestions {
  public:
    static std::string manual();  // for `groundwork fit --help`
    void declare(Options& options);
    bool any() const;  // whether anything was asked

    // Of a model fitted with this formula and data; nothing where nothing was asked. `weights` is the column
    // of prior weights, or empty.
    Result<FitAnswers> answer(const statistics::LinearModel& model, const std::string& formula,
                              const statistics::Data& data, const std::string& weights) const;
    Result<FitAnswers> answer(const statistics::MixedModel& model, const std::string& formula,
                              const statistics::Data& data, const std::string& weights) const;

  private:
    template <class Model>
    Result<FitAnswers> answer_of(const Model& model, const std::string& formula, const statistics::Data& data,
                                 const std::string& weights) const;
    Result<FitAnswers> answer_all(const statistics::Coefficients& coefficients, const std::string& formula,
                                  const statistics::Data& data) const;

    std::vector<std::string> slopes_, regions_, means_, contrasts_, reliabilities_;
    bool intervals_ = false, type_three_ = false;
    std::string robust_, adjust_ = "tukey", averaging_ = "equal";
};

}  // namespace groundwork::command
