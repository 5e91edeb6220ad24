#include "statistics/psychometrics/rasch.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "statistics/descriptive.h"
#include "statistics/distributions.h"
#include "statistics/psychometrics/rasch_people.h"
#include "statistics/psychometrics/symmetric_functions.h"

namespace groundwork::statistics {

namespace {

constexpr int most_steps = 60;
constexpr double farthest = 30;  // an easiness beyond this is on its way to infinity

using Items = std::span<const std::span<const double>>;

struct Prepared {
    CategoryLayout layout;
    std::vector<std::vector<int>> categories;  // item by item; -1 where missing
    std::vector<double> lowest;
    std::vector<AnswerPattern> patterns;
    Eigen::VectorXd observed;  // how often each category was given by people who count
    std::size_t people = 0, people_used = 0;
};

Result<void> read_item(Prepared& prepared, std::span<const double> answers, std::size_t number) {
    std::set<double> given;
    for (const double answer : answers) {
        if (std::isnan(answer)) {
            continue;
        }
        if (answer != std::floor(answer) || std::abs(answer) > 1e6) {
            return fail(unacceptable(fmt::format("is no whole number, in item {}", number))
                            .value(shortest(answer))
                            .remedy("A Rasch model needs the answers as categories 0, 1, 2, ..."));
        }
        given.insert(answer);
    }
    if (given.size() < 2) {
        return fail(unacceptable(fmt::format("Item {} {}.", number,
                                             given.empty() ? "was answered by nobody"
                                                           : "was answered the same by everybody"))
                        .remedy("Leave it out: its difficulty has no bound."));
    }
    const double low = *given.begin(), high = *given.rbegin();
    if (high - low > static_cast<double>(most_categories - 1)) {
        return fail(
            unacceptable(fmt::format("Item {} has answers from {} to {}; at most {} categories are "
                                     "possible.",
                                     number, low, high, most_categories)));
    }
    for (double answer = low; answer <= high; ++answer) {
        if (!given.contains(answer)) {
            return fail(
                unacceptable(fmt::format("Nobody gave the answer {} to item {}, but there are lower and "
                                         "higher ones.",
                                         answer, number))
                    .remedy("Join it with its neighbour."));
        }
    }
    std::vector<int> categories;
    for (const double answer : answers) {
        categories.push_back(std::isnan(answer) ? -1 : static_cast<int>(answer - low));
    }
    prepared.categories.push_back(std::move(categories));
    prepared.lowest.push_back(low);
    prepared.layout.offset.push_back(prepared.layout.offset.back() + static_cast<std::size_t>(high - low));
    return {};
}

// Sorts the people into patterns of answered items and counts their scores and answers.
void count_people(Prepared& prepared) {
    const std::size_t items = prepared.layout.items(), rows = prepared.categories.front().size();
    prepared.observed = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(prepared.layout.parameters()));
    std::map<std::vector<bool>, std::size_t> known;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<bool> answered(items);
        int score = 0, largest = 0;
        for (std::size_t item = 0; item < items; ++item) {
            const int category = prepared.categories[item][row];
            answered[item] = category >= 0;
            score += std::max(category, 0);
            largest += category >= 0 ? static_cast<int>(prepared.layout.categories(item)) : 0;
        }
        prepared.people += largest > 0 ? 1 : 0;
        if (score == 0 || score == largest) {
            continue;
        }
        ++prepared.people_used;
        const auto [place, is_new] = known.emplace(std::move(answered), prepared.patterns.size());
        if (is_new) {
            AnswerPattern pattern;
            for (std::size_t item = 0; item < items; ++item) {
                if (prepared.categories[item][row] >= 0) {
                    pattern.items.push_back(item);
                }
            }
            pattern.score_counts.assign(static_cast<std::size_t>(largest) + 1, 0);
            prepared.patterns.push_back(std::move(pattern));
        }
        ++prepared.patterns[place->second].score_counts[static_cast<std::size_t>(score)];
        for (std::size_t item = 0; item < items; ++item) {
            if (const int category = prepared.categories[item][row]; category > 0) {
                ++prepared.observed(static_cast<Eigen::Index>(prepared.layout.offset[item]) + category - 1);
            }
        }
    }
}

// Every category, 0 included, must be given by somebody whose score does not fix the answers.
Result<void> check_variation(const Prepared& prepared) {
    for (std::size_t item = 0; item < prepared.layout.items(); ++item) {
        double answers = 0;
        for (const AnswerPattern& pattern : prepared.patterns) {
            if (std::binary_search(pattern.items.begin(), pattern.items.end(), item)) {
                for (const double n : pattern.score_counts) {
                    answers += n;
                }
            }
        }
        const auto first = static_cast<Eigen::Index>(prepared.layout.offset[item]);
        const auto count = static_cast<Eigen::Index>(prepared.layout.categories(item));
        const auto given = prepared.observed.segment(first, count);
        if (!(given.minCoeff() > 0) || !(given.sum() < answers)) {
            return fail(
                unacceptable(
                    fmt::format("Among the {} people with a score between the lowest and the highest, "
                                "nobody gave one of the answers of item {}.",
                                prepared.people_used, item + 1))
                    .remedy("Leave the item out, or join the answer with its neighbour."));
        }
    }
    return {};
}

Result<Prepared> prepare(Items items) {
    if (items.size() < 2) {
        return fail(unacceptable("A Rasch model needs at least two items."));
    }
    Prepared prepared;
    prepared.layout.offset = {0};
    for (std::size_t item = 0; item < items.size(); ++item) {
        ENSURE(items[item].size() == items.front().size());
        TRY_DO(read_item(prepared, items[item], item + 1));
    }
    if (prepared.layout.parameters() > most_total_score) {
        return fail(unacceptable(fmt::format("The largest possible sum is {}; at most {} is possible.",
                                             prepared.layout.parameters(), most_total_score)));
    }
    count_people(prepared);
    TRY_DO(check_variation(prepared));
    return prepared;
}

struct Point {
    Eigen::VectorXd beta, slope;  // slope of minus the log-likelihood
    Eigen::MatrixXd information;
    double value = 0;  // minus the log-likelihood
};

Point evaluate(const Prepared& prepared, Eigen::VectorXd beta) {
    Point point;
    const Eigen::Index count = beta.size();
    point.slope = -prepared.observed;
    point.information = Eigen::MatrixXd::Zero(count, count);
    point.value = -prepared.observed.dot(beta);
    for (const AnswerPattern& pattern : prepared.patterns) {
        point.value += add_conditional(prepared.layout, pattern, beta, point.slope, &point.information);
    }
    point.beta = std::move(beta);
    return point;
}

// The inverse on the parameters that sum to zero: the corner of the bordered inverse.
Eigen::MatrixXd constrained_inverse(const Eigen::MatrixXd& information) {
    const Eigen::Index count = information.rows();
    Eigen::MatrixXd bordered = Eigen::MatrixXd::Ones(count + 1, count + 1);
    bordered.topLeftCorner(count, count) = information;
    bordered(count, count) = 0;
    return bordered.partialPivLu().inverse().topLeftCorner(count, count);
}

Eigen::VectorXd start_of(const Prepared& prepared) {
    Eigen::VectorXd beta(prepared.observed.size());
    for (std::size_t item = 0; item < prepared.layout.items(); ++item) {
        double zero = 0;
        for (const int category : prepared.categories[item]) {
            zero += category == 0 ? 1 : 0;
        }
        for (std::size_t h = 0; h < prepared.layout.categories(item); ++h) {
            const auto at = static_cast<Eigen::Index>(prepared.layout.offset[item] + h);
            beta(at) = std::log((prepared.observed(at) + 0.5) / (zero + 0.5));
        }
    }
    // Shifting everybody's theta changes nothing: choose the shift at which the easiness sums to zero.
    double shift = 0, steps = 0;
    for (std::size_t item = 0; item < prepared.layout.items(); ++item) {
        for (std::size_t h = 0; h < prepared.layout.categories(item); ++h) {
            shift += beta(static_cast<Eigen::Index>(prepared.layout.offset[item] + h));
            steps += static_cast<double>(h + 1);
        }
    }
    for (std::size_t item = 0; item < prepared.layout.items(); ++item) {
        for (std::size_t h = 0; h < prepared.layout.categories(item); ++h) {
            beta(static_cast<Eigen::Index>(prepared.layout.offset[item] + h)) -=
                static_cast<double>(h + 1) * shift / steps;
        }
    }
    return beta;
}

struct Found {
    Point point;
    int steps = 0;
};

// Newton's method; minus the log-likelihood is convex. Longer steps than five are shortened.
Result<Found> maximise(const Prepared& prepared) {
    Found found{evaluate(prepared, start_of(prepared)), 0};
    Point& point = found.point;
    for (; found.steps < most_steps && point.beta.cwiseAbs().maxCoeff() < farthest; ++found.steps) {
        Eigen::VectorXd step = -constrained_inverse(point.information) * point.slope;
        const double decrement = -step.dot(point.slope);
        if (decrement < 1e-18 * static_cast<double>(prepared.people_used)) {
            return found;
        }
        if (!step.allFinite()) {
            break;
        }
        step *= std::min(1.0, 5 / step.cwiseAbs().maxCoeff());
        bool improved = false;
        for (int halving = 0; halving < 30 && !improved; ++halving, step /= 2) {
            Point candidate = evaluate(prepared, point.beta + step);
            if (candidate.value < point.value || decrement < 1e-10) {
                point = std::move(candidate);
                improved = true;
            }
        }
        if (!improved) {
            break;
        }
    }
    return fail(
        unacceptable("The answers do not determine the items' difficulties: some items are separated from "
                     "others, because nobody did better on the one side than on the other.")
            .remedy("Leave out the easiest or the hardest items, or collect more answers."));
}

std::vector<RaschItem> describe_items(const Prepared& prepared, const Point& point,
                                      const Eigen::MatrixXd& covariance) {
    std::vector<RaschItem> items;
    for (std::size_t item = 0; item < prepared.layout.items(); ++item) {
        RaschItem described;
        described.lowest_answer = prepared.lowest[item];
        double sum = 0;
        for (std::size_t h = 0; h < prepared.layout.categories(item); ++h) {
            const auto at = static_cast<Eigen::Index>(prepared.layout.offset[item] + h);
            described.easiness.push_back(point.beta(at));
            described.easiness_standard_errors.push_back(std::sqrt(std::max(covariance(at, at), 0.0)));
            const double before = h == 0 ? 0 : point.beta(at - 1);
            const double variance =
                h == 0 ? covariance(at, at)
                       : covariance(at, at) + covariance(at - 1, at - 1) - 2 * covariance(at, at - 1);
            described.thresholds.push_back(before - point.beta(at));
            described.threshold_standard_errors.push_back(std::sqrt(std::max(variance, 0.0)));
            sum += described.thresholds.back();
        }
        described.location = sum / static_cast<double>(described.thresholds.size());
        items.push_back(std::move(described));
    }
    return items;
}

}  // namespace

Result<RaschModel> fit_rasch(Items items) {
    const Prepared prepared = TRY(prepare(items));
    const Found found = TRY(maximise(prepared));
    RaschModel model;
    model.people = prepared.people;
    model.people_used = prepared.people_used;
    model.log_likelihood = -found.point.value;
    model.parameters = prepared.layout.parameters() - 1;
    model.steps = found.steps;
    model.largest_slope = found.point.slope.cwiseAbs().maxCoeff();
    model.items = describe_items(prepared, found.point, constrained_inverse(found.point.information));
    add_people(model, prepared.categories);
    return model;
}

Result<AndersenTest> andersen_test(Items items, std::span<const double> groups) {
    const std::set<double> present = [&] {
        std::set<double> values;
        std::copy_if(groups.begin(), groups.end(), std::inserter(values, values.end()),
                     [](double value) { return !std::isnan(value); });
        return values;
    }();
    if (present.size() < 2) {
        return fail(unacceptable("Comparing groups needs at least two."));
    }
    const auto rows_of = [&](const auto& keep) {
        std::vector<std::vector<double>> kept(items.size());
        for (std::size_t item = 0; item < items.size(); ++item) {
            ENSURE(items[item].size() == groups.size());
            for (std::size_t row = 0; row < groups.size(); ++row) {
                if (keep(groups[row])) {
                    kept[item].push_back(items[item][row]);
                }
            }
        }
        return kept;
    };
    const auto fit_rows = [&](const auto& keep) -> Result<RaschModel> {
        const auto kept = rows_of(keep);
        const std::vector<std::span<const double>> spans(kept.begin(), kept.end());
        const Prepared prepared = TRY(prepare(spans));
        const Found found = TRY(maximise(prepared));
        RaschModel model;
        model.log_likelihood = -found.point.value;
        model.parameters = prepared.layout.parameters() - 1;
        return model;
    };
    const RaschModel together = TRY(fit_rows([](double group) { return !std::isnan(group); }));
    AndersenTest test;
    test.together = together.log_likelihood;
    double sum = 0;
    for (const double group : present) {
        const RaschModel model = TRY(fit_rows([group](double value) { return value == group; }));
        if (model.parameters != together.parameters) {
            return fail(unacceptable("A group lacks an answer category that the others have.")
                            .remedy("Join the category with its neighbour."));
        }
        test.log_likelihoods.push_back(model.log_likelihood);
        sum += model.log_likelihood;
    }
    test.statistic = std::max(2 * (sum - together.log_likelihood), 0.0);
    test.degrees_of_freedom = static_cast<double>((present.size() - 1) * together.parameters);
    test.p = chi_square_probability_above(test.statistic, test.degrees_of_freedom);
    return test;
}

std::vector<double> median_split(Items items) {
    std::vector<double> sums;
    for (std::size_t row = 0; !items.empty() && row < items.front().size(); ++row) {
        double sum = 0;
        for (const auto& item : items) {
            sum += item[row];
        }
        sums.push_back(sum);
    }
    const double median = quantile(sums, 0.5);
    for (double& sum : sums) {
        sum = std::isnan(sum) ? sum : sum <= median ? 0 : 1;
    }
    return sums;
}

}  // namespace groundwork::statistics
