#include "statistics/inference/marginal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace groundwork::statistics {

namespace {

// A setting and how much it counts in the effect.
struct Weighted {
    Setting setting;
    double weight = 1;
};

// The combinations of the factors that are averaged over, with their shares.
std::vector<Weighted> averaged_settings(const Predictors& predictors, const std::vector<char>& fixed,
                                        const Setting& start, Averaging averaging) {
    std::vector<std::size_t> factors;
    Setting setting = start;
    for (std::size_t p = 0; p < predictors.list().size(); ++p) {
        const Predictor& predictor = predictors.list()[p];
        if (!fixed[p] && predictor.has_levels()) {
            factors.push_back(p);
        } else if (!fixed[p]) {
            setting[p] = predictor.mean;
        }
    }
    std::map<std::vector<double>, double> shares;
    if (averaging == Averaging::proportional) {
        const std::size_t rows = predictors.frame().used.size();
        for (std::size_t row = 0; row < rows; ++row) {
            std::vector<double> key;
            for (const std::size_t factor : factors) {
                key.push_back(predictors.list()[factor].values[row]);
            }
            shares[key] += 1 / static_cast<double>(rows);
        }
    } else {
        shares[{}] = 1;
        for (const std::size_t factor : factors) {
            const std::size_t levels = predictors.list()[factor].levels.size();
            std::map<std::vector<double>, double> longer;
            for (const auto& [key, share] : shares) {
                for (std::size_t level = 0; level < levels; ++level) {
                    std::vector<double> next = key;
                    next.push_back(static_cast<double>(level));
                    longer[next] = share / static_cast<double>(levels);
                }
            }
            shares = std::move(longer);
        }
    }
    std::vector<Weighted> result;
    for (const auto& [key, share] : shares) {
        for (std::size_t k = 0; k < factors.size(); ++k) {
            setting[factors[k]] = key[k];
        }
        result.push_back({setting, share});
    }
    return result;
}

// Each setting becomes those whose weighted sum is the difference, or the slope.
std::vector<Weighted> differentiated(const std::vector<Weighted>& settings, const Predictor& predictor,
                                     const FocalPart& part) {
    std::vector<std::pair<double, double>> moves;  // where to, counted how much
    const double step = (predictor.high > predictor.low ? predictor.high - predictor.low : 1.0) / 64;
    if (predictor.has_levels() && predictor.level_numbers.size() != 2) {
        moves = {{static_cast<double>(part.level), 1}, {static_cast<double>(part.versus), -1}};
    } else if (predictor.has_levels()) {  // a dummy: its slope is the difference over the distance
        const double distance = predictor.level_numbers[part.level] - predictor.level_numbers[part.versus];
        moves = {{static_cast<double>(part.level), 1 / distance},
                 {static_cast<double>(part.versus), -1 / distance}};
    } else {
        moves = {{-2 * step, 1 / (12 * step)},
                 {-step, -8 / (12 * step)},
                 {step, 8 / (12 * step)},
                 {2 * step, -1 / (12 * step)}};
    }
    std::vector<Weighted> result;
    for (const Weighted& one : settings) {
        for (const auto& [move, weight] : moves) {
            Weighted next = one;
            double& value = next.setting[part.predictor];
            value = predictor.has_levels() ? move : value + move;
            next.weight *= weight;
            result.push_back(std::move(next));
        }
    }
    return result;
}

std::string label(const Predictor& predictor, double value) {
    return predictor.has_levels() ? predictor.levels[static_cast<std::size_t>(value)] : shortest(value);
}

}  // namespace

std::string effect_name(const Predictors& predictors, const Focal& focal) {
    std::string name;
    for (const FocalPart& part : focal) {
        const Predictor& predictor = predictors.list()[part.predictor];
        name += (name.empty() ? "" : ", ") + predictor.name;
        if (predictor.has_levels() && predictor.level_numbers.size() != 2) {
            name += " " + predictor.levels[part.level] + " - " + predictor.levels[part.versus];
        }
    }
    return name.empty() ? "mean" : name;
}

Result<std::vector<double>> effect_weights(const Predictors& predictors, const Focal& focal,
                                           const std::vector<Held>& held, Averaging averaging) {
    std::vector<char> fixed(predictors.list().size(), 0);
    Setting start(predictors.list().size(), 0.0);
    for (const FocalPart& part : focal) {
        fixed[part.predictor] = 1;
        start[part.predictor] = predictors.list()[part.predictor].mean;
    }
    for (const Held& one : held) {
        fixed[one.predictor] = 1;
        start[one.predictor] = one.value;
    }
    std::vector<Weighted> settings = averaged_settings(predictors, fixed, start, averaging);
    for (const FocalPart& part : focal) {
        settings = differentiated(settings, predictors.list()[part.predictor], part);
    }
    std::vector<Setting> places;
    for (const Weighted& one : settings) {
        places.push_back(one.setting);
    }
    const Matrix rows = TRY(predictors.rows(places));
    std::vector<double> weights(rows.columns, 0.0);
    std::vector<double> sizes(rows.columns, 0.0);
    for (std::size_t column = 0; column < rows.columns; ++column) {
        for (std::size_t row = 0; row < rows.rows; ++row) {
            weights[column] += settings[row].weight * rows(row, column);
            sizes[column] += std::abs(settings[row].weight * rows(row, column));
        }
        // What a difference leaves of equal numbers is rounding.
        weights[column] = std::abs(weights[column]) > 1e-13 * sizes[column] ? weights[column] : 0.0;
    }
    return weights;
}

Result<MarginalTable> marginal_table(const Coefficients& coefficients, const Predictors& predictors,
                                     const Focal& focal, const std::vector<Along>& along,
                                     const MarginalOptions& options) {
    ENSURE(coefficients.names.size() == predictors.coefficients());
    MarginalTable table;
    table.effect = effect_name(predictors, focal);
    std::vector<Along> complete = along;
    for (Along& one : complete) {
        const Predictor& predictor = predictors.list()[one.predictor];
        table.by.push_back(predictor.name);
        if (one.values.empty() && predictor.has_levels()) {
            one.values.resize(predictor.levels.size());
            std::iota(one.values.begin(), one.values.end(), 0.0);
        }
        ENSURE(!one.values.empty());
    }
    std::vector<std::size_t> at(complete.size(), 0);
    while (true) {
        MarginalCell cell;
        std::vector<Held> held;
        std::string name;
        for (std::size_t k = 0; k < complete.size(); ++k) {
            const double value = complete[k].values[at[k]];
            held.push_back({complete[k].predictor, value});
            cell.at.push_back(label(predictors.list()[complete[k].predictor], value));
            name += (name.empty() ? "" : " ") + cell.at.back();
        }
        const std::vector<double> all = TRY(effect_weights(predictors, focal, held, options.averaging));
        cell.estimate.term = name;
        if (std::optional<std::vector<double>> weights = predictors.on_coefficients(all)) {
            cell.estimate = combination(coefficients, *weights, name);
            cell.interval = confidence_interval(cell.estimate, options.level);
            cell.weights = std::move(*weights);
        }
        table.cells.push_back(std::move(cell));
        std::size_t k = 0;
        while (k < complete.size() && ++at[k] == complete[k].values.size()) {
            at[k++] = 0;
        }
        if (k == complete.size()) {
            return table;
        }
    }
}

std::vector<Comparison> pairwise(const Coefficients& coefficients, const MarginalTable& table,
                                 std::size_t compared, Adjustment adjustment) {
    ENSURE(compared <= table.by.size());
    std::vector<std::vector<std::size_t>> families;
    std::map<std::vector<std::string>, std::size_t> place;
    for (std::size_t k = 0; k < table.cells.size(); ++k) {
        const auto& at = table.cells[k].at;
        const std::vector<std::string> key(at.begin() + static_cast<std::ptrdiff_t>(compared), at.end());
        const auto [found, is_new] = place.try_emplace(key, families.size());
        if (is_new) {
            families.emplace_back();
        }
        families[found->second].push_back(k);
    }
    const auto name = [&](const MarginalCell& cell) {
        std::string words;
        for (std::size_t k = 0; k < compared; ++k) {
            words += (k == 0 ? "" : " ") + cell.at[k];
        }
        return words;
    };
    std::vector<Comparison> comparisons;
    for (const std::vector<std::size_t>& family : families) {
        std::vector<Estimate> estimates;
        for (std::size_t a = 0; a < family.size(); ++a) {
            for (std::size_t b = a + 1; b < family.size(); ++b) {
                const MarginalCell& first = table.cells[family[a]];
                const MarginalCell& second = table.cells[family[b]];
                Estimate estimate;
                estimate.term = name(first) + " - " + name(second);
                if (!first.weights.empty() && !second.weights.empty()) {
                    std::vector<double> weights = first.weights;
                    for (std::size_t k = 0; k < weights.size(); ++k) {
                        weights[k] -= second.weights[k];
                    }
                    estimate = combination(coefficients, weights, estimate.term);
                }
                estimates.push_back(std::move(estimate));
            }
        }
        const std::vector<double> adjusted = adjusted_p(estimates, adjustment, family.size());
        for (std::size_t k = 0; k < estimates.size(); ++k) {
            const auto& at = table.cells[family.front()].at;
            comparisons.push_back({{at.begin() + static_cast<std::ptrdiff_t>(compared), at.end()},
                                   std::move(estimates[k]),
                                   adjusted[k]});
        }
    }
    return comparisons;
}

}  // namespace groundwork::statistics
