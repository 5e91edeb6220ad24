#include "benefit/policy.h"

#include <algorithm>
#include <cmath>

#include "benefit/model_data.h"
#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

constexpr std::size_t folds = 5;

struct Case {
    std::size_t arm = 0;
    std::size_t fold = 0;
    double before = 0, moderator = 0, after = 0;
};

std::vector<Case> cases_of(const Study& study, const ModeratorScale& scale) {
    std::vector<Case> cases;
    std::vector<std::size_t> seen(study.arms.size(), 0);
    for (const std::size_t at : study.complete_people()) {
        const Person& person = study.people[at];
        if (std::isnan(person.baseline) || std::isnan(person.after)) {
            continue;
        }
        const auto arm = static_cast<std::size_t>(person.arm);
        cases.push_back(
            {arm, seen[arm]++ % folds, person.baseline, person.moderator - scale.mean, person.after});
    }
    return cases;
}

std::vector<std::size_t> arm_sizes(const Study& study, const std::vector<Case>& cases) {
    std::vector<std::size_t> sizes(study.arms.size(), 0);
    for (const Case& one : cases) {
        ++sizes[one.arm];
    }
    return sizes;
}

// after ~ before + arm * moderator, fitted without one fold; predicts the outcome in any arm.
class Prediction {
  public:
    static Result<Prediction> without_fold(const Study& study, const std::vector<Case>& cases,
                                           std::size_t fold) {
        std::vector<double> before, moderator, after;
        std::vector<std::int32_t> arm;
        for (const Case& one : cases) {
            if (one.fold != fold) {
                before.push_back(one.before);
                moderator.push_back(one.moderator);
                after.push_back(one.after);
                arm.push_back(static_cast<std::int32_t>(one.arm));
            }
        }
        ModelData data;
        data.add_numbers("after", std::move(after));
        data.add_numbers("before", std::move(before));
        data.add_numbers("moderator", std::move(moderator));
        data.add_factor("arm", std::move(arm), study.arms);
        Prediction prediction;
        prediction.arms_ = study.arms;
        prediction.model_ =
            TRY(statistics::fit_linear_model("after ~ before + arm * moderator", data.view()));
        return prediction;
    }

    double operator()(const Case& one, std::size_t arm) const {
        double value = coefficient("(Intercept)") + coefficient("before") * one.before +
                       coefficient("moderator") * one.moderator;
        if (arm > 0) {
            const std::string term = "arm" + arms_[arm];
            value += coefficient(term) + coefficient(term + ":moderator") * one.moderator;
        }
        return value;
    }

  private:
    double coefficient(const std::string& term) const {
        const statistics::Estimate* found = model_.find(term);
        return found == nullptr ? 0 : found->estimate;
    }

    std::vector<std::string> arms_;
    statistics::LinearModel model_;
};

std::size_t best_arm(const Prediction& predict, const Case& one, std::size_t arms, Better better) {
    std::size_t best = 0;
    for (std::size_t arm = 1; arm < arms; ++arm) {
        const double gain = predict(one, arm) - predict(one, best);
        if (better == Better::higher ? gain > 0 : gain < 0) {
            best = arm;
        }
    }
    return best;
}

// Each person's doubly robust score of every arm, and the arm that the rule chooses for them.
struct Scores {
    std::vector<std::vector<double>> of_arm;
    std::vector<double> of_rule;
};

Result<Scores> score(const Study& study, const std::vector<Case>& cases) {
    const std::vector<std::size_t> sizes = arm_sizes(study, cases);
    std::vector<Prediction> predictions;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        predictions.push_back(TRY(Prediction::without_fold(study, cases, fold)));
    }
    Scores scores;
    scores.of_arm.resize(study.arms.size());
    for (const Case& one : cases) {
        const Prediction& predict = predictions[one.fold];
        for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
            const double share = static_cast<double>(sizes[arm]) / static_cast<double>(cases.size());
            const double expected = predict(one, arm);
            scores.of_arm[arm].push_back(expected + (one.arm == arm ? (one.after - expected) / share : 0));
        }
        scores.of_rule.push_back(
            scores.of_arm[best_arm(predict, one, study.arms.size(), study.question.better)].back());
    }
    return scores;
}

Policy policy_of(std::string rule, const std::vector<double>& scores, std::string words) {
    const statistics::Summary summary = statistics::summarise(scores);
    const double error = summary.standard_deviation / std::sqrt(static_cast<double>(summary.n));
    Policy policy;
    policy.rule = std::move(rule);
    policy.value = summary.mean;
    policy.interval = {summary.mean - normal_quantile(0.975) * error,
                       summary.mean + normal_quantile(0.975) * error};
    policy.words = std::move(words);
    return policy;
}

std::string why_not(const Study& study, const std::vector<std::size_t>& sizes) {
    std::vector<std::string> held;
    for (std::size_t arm = 0; arm < sizes.size(); ++arm) {
        held.push_back(std::to_string(sizes[arm]) + " in " + study.arms[arm]);
    }
    std::vector<std::size_t> sorted = sizes;
    std::sort(sorted.begin(), sorted.end());
    if (sorted.front() < fewest_per_arm_for_a_rule) {
        const double detectable = detectable_slope_difference(sorted[0], sorted[1]);
        return "Cannot be judged: a rule that chooses the programme by " + study.moderator_name +
               " needs about " + std::to_string(fewest_per_arm_for_a_rule) +
               " people in each arm; here are " + listed(held) +
               ". With so many, only a difference between arms of " + fixed(detectable, 2) +
               " standard deviations of " + study.outcome_name + " for one of " + study.moderator_name +
               " or more would probably be seen.";
    }
    if (study.question.allocation != Allocation::randomised) {
        return "Cannot be judged: who got which programme was not drawn by lot, or it is not said that it "
               "was.";
    }
    return "Cannot be judged until it is said whether more or less " + study.outcome_name + " is better.";
}

}  // namespace

double detectable_slope_difference(std::size_t n1, std::size_t n2) {
    return (normal_quantile(0.975) + normal_quantile(0.8)) *
           std::sqrt(1 / static_cast<double>(n1) + 1 / static_cast<double>(n2));
}

Result<std::vector<Policy>> judge_policies(const Study& study, const ModeratorScale& scale) {
    std::vector<Policy> policies;
    if (!study.has_arms || !study.has_moderator) {
        return policies;
    }
    const std::string by_moderator = "each person's arm chosen by " + study.moderator_name;
    const std::vector<Case> cases = cases_of(study, scale);
    const std::vector<std::size_t> sizes = arm_sizes(study, cases);
    const bool enough = *std::min_element(sizes.begin(), sizes.end()) >= fewest_per_arm_for_a_rule;
    if (!enough || study.question.allocation != Allocation::randomised ||
        study.question.better == Better::not_stated) {
        policies.push_back({by_moderator, std::nullopt, std::nullopt, why_not(study, sizes)});
        return policies;
    }
    const Scores scores = TRY(score(study, cases));
    std::size_t best = 0;
    std::vector<Policy> single;
    for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
        single.push_back(
            policy_of("everyone " + study.arms[arm], scores.of_arm[arm],
                      "Mean " + study.outcome_name + " after, if everyone were in " + study.arms[arm] + "."));
        const double gain = *single[arm].value - *single[best].value;
        if (study.question.better == Better::higher ? gain > 0 : gain < 0) {
            best = arm;
        }
    }
    std::vector<double> gains;
    for (std::size_t i = 0; i < scores.of_rule.size(); ++i) {
        gains.push_back(scores.of_rule[i] - scores.of_arm[best][i]);
    }
    const Policy gain = policy_of("", gains, "");
    const bool better =
        study.question.better == Better::higher ? gain.interval->low > 0 : gain.interval->high < 0;
    policies.push_back(policy_of(
        by_moderator, scores.of_rule,
        "Compared with everyone in " + study.arms[best] + ": " + said(*gain.value) + " (95 % interval " +
            said(gain.interval->low) + " to " + said(gain.interval->high) + "). " +
            (better ? "Choosing by " + study.moderator_name + " did better in people the rule had not seen."
                    : "That choosing by " + study.moderator_name + " would do better is not shown.")));
    policies.insert(policies.end(), single.begin(), single.end());
    return policies;
}

}  // namespace groundwork::benefit
