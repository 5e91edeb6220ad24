#include "statistics/missing/imputation.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>

#include "statistics/distributions.h"
#include "statistics/linear/linear_model.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

constexpr std::size_t donors = 5;
constexpr double ridge = 1e-5;  // of the diagonal: keeps columns that determine one another harmless

// The rows where a column was seen, and those where it was not.
struct Seen {
    std::vector<std::size_t> present, absent;
};

Eigen::MatrixXd predictors(const std::vector<std::vector<double>>& data, std::size_t target,
                           const std::vector<std::size_t>& rows) {
    Eigen::MatrixXd x(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(data.size()));
    Eigen::Index column = 0;
    x.col(column++).setOnes();
    for (std::size_t other = 0; other < data.size(); ++other) {
        if (other == target) {
            continue;
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            x(static_cast<Eigen::Index>(i), column) = data[other][rows[i]];
        }
        ++column;
    }
    return x;
}

Eigen::VectorXd values_at(const std::vector<double>& column, const std::vector<std::size_t>& rows) {
    Eigen::VectorXd values(static_cast<Eigen::Index>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        values(static_cast<Eigen::Index>(i)) = column[rows[i]];
    }
    return values;
}

Eigen::VectorXd normals(Eigen::Index count, RandomStream& random) {
    Eigen::VectorXd values(count);
    for (double& value : values) {
        value = random.next_normal();
    }
    return values;
}

struct Draw {
    Eigen::VectorXd fitted, drawn;  // coefficients: best, and one of their posterior
    double sigma = 0;
};

// Posterior of a linear regression under the usual flat prior.
Draw draw_linear(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, RandomStream& random) {
    Eigen::MatrixXd products = x.transpose() * x;
    products.diagonal() *= 1 + ridge;
    const Eigen::LLT<Eigen::MatrixXd> factor(products);
    Draw draw;
    draw.fitted = factor.solve(x.transpose() * y);
    const double squares = (y - x * draw.fitted).squaredNorm();
    const double degrees = std::max(static_cast<double>(x.rows() - x.cols()), 1.0);
    draw.sigma = std::sqrt(squares / chi_square_quantile(random.next_uniform(), degrees));
    const Eigen::VectorXd away = factor.matrixU().solve(normals(x.cols(), random));
    draw.drawn = draw.fitted + draw.sigma * away;
    return draw;
}

// Predictors with two rows a column and outcome of small weight, one standard deviation away on either side,
// so that no column separates zeros from ones.
struct Weighted {
    Eigen::MatrixXd x;
    Eigen::VectorXd y, weights;
};
Weighted augmented(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
    const Eigen::Index columns = x.cols() - 1, rows = x.rows(), extra = 4 * columns;
    Weighted all{Eigen::MatrixXd(rows + extra, x.cols()), Eigen::VectorXd(rows + extra),
                 Eigen::VectorXd::Ones(rows + extra)};
    all.x.topRows(rows) = x;
    all.y.head(rows) = y;
    const Eigen::RowVectorXd mean = x.colwise().mean();
    Eigen::Index at = rows;
    for (Eigen::Index column = 1; column <= columns; ++column) {
        const double sd = std::sqrt((x.col(column).array() - mean(column)).square().mean());
        for (const double side : {-1.0, 1.0}) {
            for (const double outcome : {0.0, 1.0}) {
                all.x.row(at) = mean;
                all.x(at, column) += side * sd;
                all.y(at) = outcome;
                all.weights(at) = static_cast<double>(x.cols()) / static_cast<double>(extra);
                ++at;
            }
        }
    }
    return all;
}

Draw draw_logistic(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, RandomStream& random) {
    const Weighted all = augmented(x, y);
    Draw draw;
    draw.fitted = Eigen::VectorXd::Zero(x.cols());
    Eigen::LLT<Eigen::MatrixXd> factor;
    for (int step = 0; step < 50; ++step) {
        const Eigen::ArrayXd p = 1 / (1 + (-(all.x * draw.fitted).array()).exp());
        Eigen::MatrixXd curvature =
            all.x.transpose() * (all.weights.array() * p * (1 - p)).matrix().asDiagonal() * all.x;
        curvature.diagonal() *= 1 + ridge;
        factor.compute(curvature);
        Eigen::VectorXd move =
            factor.solve(all.x.transpose() * (all.weights.array() * (all.y.array() - p)).matrix());
        move *= std::min(1.0, 5 / std::max((all.x * move).cwiseAbs().maxCoeff(), 1e-300));
        draw.fitted += move;
        if (move.cwiseAbs().maxCoeff() < 1e-10 * (1 + draw.fitted.cwiseAbs().maxCoeff())) {
            break;
        }
    }
    draw.drawn = draw.fitted + factor.matrixU().solve(normals(x.cols(), random));
    return draw;
}

// An observed value of one of the nearest predictions, for each missing one.
std::vector<double> matched(const Eigen::VectorXd& seen_prediction, const Eigen::VectorXd& seen_values,
                            const Eigen::VectorXd& wanted, RandomStream& random) {
    std::vector<std::size_t> order(static_cast<std::size_t>(seen_prediction.size()));
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    const auto prediction = [&](std::size_t i) { return seen_prediction(static_cast<Eigen::Index>(i)); };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return prediction(a) < prediction(b); });
    std::vector<double> values;
    for (const double target : wanted) {
        auto high = static_cast<std::size_t>(
            std::lower_bound(order.begin(), order.end(), target,
                             [&](std::size_t i, double value) { return prediction(i) < value; }) -
            order.begin());
        std::size_t low = high;  // the nearest are order[low .. high)
        const std::size_t enough = std::min(donors, order.size());
        while (high - low < enough) {
            const bool takes_low = high == order.size() || (low > 0 && target - prediction(order[low - 1]) <=
                                                                           prediction(order[high]) - target);
            takes_low ? --low : ++high;
        }
        const std::size_t chosen = order[low + random.next_below(enough)];
        values.push_back(seen_values(static_cast<Eigen::Index>(chosen)));
    }
    return values;
}

std::vector<double> draw_missing(const ImputationColumn& column, const std::vector<std::vector<double>>& data,
                                 std::size_t target, const Seen& seen, RandomStream& random) {
    const Eigen::MatrixXd x = predictors(data, target, seen.present),
                          to = predictors(data, target, seen.absent);
    const Eigen::VectorXd y = values_at(data[target], seen.present);
    if (column.method == ImputationMethod::predictive_mean_matching) {
        const Draw draw = draw_linear(x, y, random);
        return matched(x * draw.fitted, y, to * draw.drawn, random);
    }
    std::vector<double> values;
    if (column.method == ImputationMethod::linear_normal) {
        const Draw draw = draw_linear(x, y, random);
        const Eigen::VectorXd means = to * draw.drawn;
        for (const double mean : means) {
            values.push_back(mean + draw.sigma * random.next_normal());
        }
        return values;
    }
    const Draw draw = draw_logistic(x, y, random);
    const Eigen::VectorXd logits = to * draw.drawn;
    for (const double logit : logits) {
        values.push_back(random.next_uniform() < 1 / (1 + std::exp(-logit)) ? 1 : 0);
    }
    return values;
}

Result<std::vector<Seen>> check_columns(std::span<const ImputationColumn> columns) {
    std::vector<Seen> all;
    for (const ImputationColumn& column : columns) {
        ENSURE(column.values.size() == columns.front().values.size());
        Seen seen;
        bool is_binary = true, varies = false;
        for (std::size_t row = 0; row < column.values.size(); ++row) {
            const double value = column.values[row];
            if (!std::isnan(value) && !is_usable(value)) {
                return fail(
                    unacceptable(std::string("has a value that ") + too_large(value)).at("", column.name));
            }
            (std::isnan(value) ? seen.absent : seen.present).push_back(row);
            is_binary = is_binary && (std::isnan(value) || value == 0 || value == 1);
            varies = varies || (!std::isnan(value) && value != column.values[seen.present.front()]);
        }
        if (!seen.absent.empty() && (seen.present.size() < 3 || !varies)) {
            return fail(unacceptable("has too few different values to impute from").at("", column.name));
        }
        if (column.method == ImputationMethod::logistic && !is_binary) {
            return fail(unacceptable("holds other values than 0 and 1, which logistic imputation needs")
                            .at("", column.name));
        }
        all.push_back(std::move(seen));
    }
    return all;
}

// One chain of iterations on one data set.
std::vector<std::vector<double>> run_chain(std::span<const ImputationColumn> columns,
                                           const std::vector<Seen>& seen, const ImputationOptions& options,
                                           RandomStream& random) {
    std::vector<std::vector<double>> data;
    for (std::size_t target = 0; target < columns.size(); ++target) {
        data.emplace_back(columns[target].values.begin(), columns[target].values.end());
        for (const std::size_t row : seen[target].absent) {
            data[target][row] =
                columns[target].values[seen[target].present[random.next_below(seen[target].present.size())]];
        }
    }
    for (int iteration = 0; iteration < options.iterations; ++iteration) {
        for (std::size_t target = 0; target < columns.size(); ++target) {
            if (seen[target].absent.empty()) {
                continue;
            }
            const std::vector<double> values =
                draw_missing(columns[target], data, target, seen[target], random);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::size_t row = seen[target].absent[i];
                const bool shifts = !options.shifts.empty() && target == options.shifted_column;
                data[target][row] = values[i] + (shifts ? options.shifts[row] : 0);
            }
        }
    }
    return data;
}

}  // namespace

Result<ImputedData> impute(std::span<const ImputationColumn> columns, const ImputationOptions& options) {
    ENSURE(!columns.empty() && options.imputations >= 1 && options.iterations >= 1);
    ENSURE(options.shifts.empty() || (options.shifts.size() == columns.front().values.size() &&
                                      options.shifted_column < columns.size()));
    const std::vector<Seen> seen = TRY(check_columns(columns));
    ImputedData imputed;
    for (int number = 0; number < options.imputations; ++number) {
        RandomStream random(options.seed, static_cast<std::uint64_t>(number));
        imputed.push_back(run_chain(columns, seen, options, random));
    }
    return imputed;
}

Result<std::vector<PooledEstimate>> pooled_linear_model(std::string_view formula, const Data& data,
                                                        std::span<const ImputationColumn> columns,
                                                        const ImputedData& imputed) {
    ENSURE(imputed.size() >= 2);
    std::vector<std::string> terms;
    std::vector<std::vector<double>> estimates, errors;
    double degrees = unknown;
    for (const auto& set : imputed) {
        Data filled = data;
        for (std::size_t column = 0; column < columns.size(); ++column) {
            for (Variable& variable : filled.variables) {
                if (variable.name == columns[column].name && variable.kind == Variable::Kind::numeric) {
                    variable.numbers = set[column];
                }
            }
        }
        const LinearModel model = TRY(fit_linear_model(formula, filled));
        if (terms.empty()) {
            for (const Estimate& one : model.fixed) {
                terms.push_back(one.term);
            }
            estimates.resize(terms.size());
            errors.resize(terms.size());
        }
        if (model.fixed.size() != terms.size() || !(model.residual_degrees_of_freedom > 0)) {
            return fail(unacceptable(
                "The formula has other coefficients in some imputed data sets, or as many as rows."));
        }
        degrees = model.residual_degrees_of_freedom;
        for (std::size_t term = 0; term < terms.size(); ++term) {
            estimates[term].push_back(model.fixed[term].estimate);
            errors[term].push_back(model.fixed[term].standard_error);
        }
    }
    std::vector<PooledEstimate> pooled;
    for (std::size_t term = 0; term < terms.size(); ++term) {
        pooled.push_back(pool(terms[term], estimates[term], errors[term], degrees));
    }
    return pooled;
}

Result<Sensitivity> delta_sensitivity(std::string_view formula, const Data& data,
                                      std::span<const ImputationColumn> columns, std::size_t shifted,
                                      const std::vector<bool>& in_arm, std::span<const double> deltas,
                                      std::string_view term, const ImputationOptions& options) {
    ENSURE(shifted < columns.size() && in_arm.size() == columns.front().values.size());
    Sensitivity sensitivity;
    for (const double delta : deltas) {
        ImputationOptions shifting = options;
        shifting.shifted_column = shifted;
        shifting.shifts.assign(in_arm.size(), 0);
        for (std::size_t row = 0; row < in_arm.size(); ++row) {
            shifting.shifts[row] = in_arm[row] ? delta : 0;
        }
        const ImputedData imputed = TRY(impute(columns, shifting));
        const auto pooled = TRY(pooled_linear_model(formula, data, columns, imputed));
        const auto found = std::find_if(pooled.begin(), pooled.end(),
                                        [&](const PooledEstimate& one) { return one.estimate.term == term; });
        if (found == pooled.end()) {
            std::vector<std::string> names;
            for (const PooledEstimate& one : pooled) {
                names.push_back(one.estimate.term);
            }
            return fail(
                usage_error("is no term of the formula" + suggestion(term, names)).value(std::string(term)));
        }
        sensitivity.points.push_back({delta, *found});
    }
    std::vector<SensitivityPoint> sorted = sensitivity.points;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.delta < b.delta; });
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
        const double p = sorted[i].estimate.estimate.p - 0.05, q = sorted[i + 1].estimate.estimate.p - 0.05;
        if ((p < 0) != (q < 0)) {
            const double at = sorted[i].delta + p / (p - q) * (sorted[i + 1].delta - sorted[i].delta);
            if (std::isnan(sensitivity.tipping_point) || std::abs(at) < std::abs(sensitivity.tipping_point)) {
                sensitivity.tipping_point = at;
            }
        }
    }
    return sensitivity;
}

}  // namespace groundwork::statistics
