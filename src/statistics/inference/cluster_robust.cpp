#include "statistics/inference/cluster_robust.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/formula/arithmetic.h"
#include "statistics/formula/basis.h"
#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/formula/model_matrix.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

using Rows = std::vector<std::size_t>;

// What is left of the data once the model is fitted.
struct Ingredients {
    ModelFrame frame;
    MatrixXd columns;  // those with coefficients
    VectorXd residuals;
    std::vector<Rows> clusters;
};

Result<std::vector<Rows>> clusters_of(const ModelFrame& frame, const Data& data, const std::string& name) {
    const EvaluatedColumn column = TRY(evaluate_factor(column_named(name), data));
    std::vector<Rows> clusters(column.variable.levels.size());
    for (std::size_t row = 0; row < frame.used.size(); ++row) {
        const std::int32_t code = column.variable.codes[frame.used[row]];
        if (code < 0) {
            return fail(unacceptable("is missing in data row " + std::to_string(frame.used[row] + 1) +
                                     " (counted without the header), so the row belongs to no cluster.")
                            .at("", name)
                            .remedy("Fill it in, or leave such rows out with --where."));
        }
        clusters[static_cast<std::size_t>(code)].push_back(row);
    }
    std::erase_if(clusters, [](const Rows& rows) { return rows.empty(); });
    if (clusters.size() < 2) {
        return fail(unacceptable("has only one value in the rows used; a robust standard error needs several "
                                 "clusters, better ten or more.")
                        .at("", name));
    }
    return clusters;
}

Result<Ingredients> ingredients(const std::vector<Estimate>& fixed, std::string_view formula,
                                const Data& data, const std::string& cluster) {
    const Formula meaning = TRY(read_formula(formula));
    Ingredients result;
    result.frame = TRY(make_model_frame(meaning, data));
    result.clusters = TRY(clusters_of(result.frame, data, cluster));
    const ModelMatrix matrix =
        TRY(make_model_matrix(meaning.fixed, result.frame.fixed, result.frame.used.size()));
    result.columns.resize(index(matrix.values.rows), index(fixed.size()));
    VectorXd estimates(index(fixed.size()));
    for (std::size_t k = 0; k < fixed.size(); ++k) {
        const auto name = std::find(matrix.names.begin(), matrix.names.end(), fixed[k].term);
        ENSURE(name != matrix.names.end());
        result.columns.col(index(k)) =
            view(matrix.values).col(static_cast<Eigen::Index>(name - matrix.names.begin()));
        estimates(index(k)) = fixed[k].estimate;
    }
    const Eigen::Map<const VectorXd> outcome(result.frame.response.numbers.data(), result.columns.rows());
    result.residuals = outcome - result.columns * estimates;
    return result;
}

// The working covariance of one cluster's rows.
using Working = std::function<MatrixXd(const Rows&)>;

// Everything that robust tests need. With T_i = A_i' W_i X_i M (rows of cluster i x coefficients), for a
// combination c: p_i = T_i c, and the working model's covariance of the clusters' scores has entries
// delta_ij p_i' Phi_i p_i - (X_i' p_i)' M (X_j' p_j).
struct Sandwich {
    std::vector<MatrixXd> own;    // T_i' Phi_i T_i
    std::vector<MatrixXd> cross;  // M^(1/2)' X_i' T_i
    MatrixXd covariance;
};

// A = D' (D (Phi - X M X') D')^(-1/2) D with Phi = D'D (D upper triangular), the root a pseudo-inverse.
MatrixXd adjustment(const MatrixXd& working, const MatrixXd& columns, const MatrixXd& bread) {
    const MatrixXd upper = working.llt().matrixU();
    const MatrixXd within = upper * (working - columns * bread * columns.transpose()) * upper.transpose();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(within);
    VectorXd roots = eigen.eigenvalues();
    for (double& root : roots) {
        root = root > 1e-12 ? 1 / std::sqrt(root) : 0.0;
    }
    const MatrixXd half = eigen.eigenvectors().transpose() * upper;
    return half.transpose() * roots.asDiagonal() * half;
}

Sandwich sandwich(const Ingredients& parts, const Working& working) {
    const Eigen::Index p = parts.columns.cols();
    MatrixXd information = MatrixXd::Zero(p, p);
    for (const Rows& rows : parts.clusters) {
        const MatrixXd x = parts.columns(rows, Eigen::all);
        information += x.transpose() * working(rows).llt().solve(x);
    }
    const VectorXd scale = information.diagonal().cwiseSqrt().cwiseInverse();
    const MatrixXd bread = scale.asDiagonal() *
                           MatrixXd(scale.asDiagonal() * information * scale.asDiagonal())
                               .llt()
                               .solve(MatrixXd::Identity(p, p)) *
                           scale.asDiagonal();
    const MatrixXd root = bread.llt().matrixL();
    Sandwich result;
    result.covariance = MatrixXd::Zero(p, p);
    for (const Rows& rows : parts.clusters) {
        const MatrixXd x = parts.columns(rows, Eigen::all);
        const MatrixXd phi = working(rows);
        const MatrixXd t = adjustment(phi, x, bread).transpose() * phi.llt().solve(x * bread);
        const VectorXd score = t.transpose() * parts.residuals(rows);
        result.covariance += score * score.transpose();
        result.own.push_back(t.transpose() * phi * t);
        result.cross.push_back(root.transpose() * (x.transpose() * t));
    }
    return result;
}

// 2 E(v)^2 / Var(v) of the variance estimate of c, under the working model.
double satterthwaite(const Sandwich& parts, const VectorXd& c) {
    double sum = 0, squares = 0;
    MatrixXd spread = MatrixXd::Zero(c.size(), c.size());
    for (std::size_t i = 0; i < parts.own.size(); ++i) {
        const double own = c.dot(parts.own[i] * c);
        const VectorXd cross = parts.cross[i] * c;
        const double shared = cross.squaredNorm();
        sum += own - shared;
        squares += own * own - 2 * own * shared;
        spread += cross * cross.transpose();
    }
    return sum * sum / (squares + spread.squaredNorm());
}

// Contrasts in the coordinates in which the working model's expectation of their covariance is the identity.
MatrixXd standardised_contrasts(const Sandwich& parts, const MatrixXd& contrasts) {
    const Eigen::Index q = contrasts.rows();
    MatrixXd expected = MatrixXd::Zero(q, q);
    for (std::size_t i = 0; i < parts.own.size(); ++i) {
        const MatrixXd cross = parts.cross[i] * contrasts.transpose();
        expected += contrasts * parts.own[i] * contrasts.transpose() - cross.transpose() * cross;
    }
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(expected);
    return eigen.operatorInverseSqrt() * contrasts;
}

// The degrees eta of a Wishart distribution whose total variance is that of the covariance estimate of q
// combinations c (rows): q (q + 1) / sum over s, t of Var(d_st).
double wishart_degrees(const Sandwich& parts, const MatrixXd& c) {
    const Eigen::Index q = c.rows();
    std::vector<MatrixXd> own, cross;
    for (std::size_t i = 0; i < parts.own.size(); ++i) {
        own.push_back(c * parts.own[i] * c.transpose());
        cross.push_back(parts.cross[i] * c.transpose());
    }
    double variance = 0;
    for (Eigen::Index s = 0; s < q; ++s) {
        for (Eigen::Index t = 0; t < q; ++t) {
            MatrixXd mixed = MatrixXd::Zero(c.cols(), c.cols());
            for (std::size_t i = 0; i < own.size(); ++i) {
                const double st = own[i](s, t), ss = own[i](s, s), tt = own[i](t, t);
                const MatrixXd shared = cross[i].transpose() * cross[i];
                variance += st * st - 2 * st * shared(s, t) + ss * tt - ss * shared(t, t) - tt * shared(s, s);
                mixed += cross[i].col(t) * cross[i].col(s).transpose();
            }
            variance += (mixed * mixed).trace() + mixed.squaredNorm();
        }
    }
    return static_cast<double>(q * (q + 1)) / variance;
}

FTest hotelling(const Sandwich& parts, const VectorXd& estimates, const Matrix& rows) {
    const MatrixXd contrasts = view(rows);
    const VectorXd values = contrasts * estimates;
    const auto q = static_cast<double>(rows.rows);
    const double statistic =
        values.dot((contrasts * parts.covariance * contrasts.transpose()).ldlt().solve(values));
    const double eta = wishart_degrees(parts, standardised_contrasts(parts, contrasts));
    FTest test;
    test.numerator_degrees = q;
    test.denominator_degrees = eta - q + 1;
    if (test.denominator_degrees > 0 &&
        statistic >= 0) {  // else there are too few clusters to test so much at once
        test.statistic = test.denominator_degrees / (eta * q) * statistic;
        test.p = f_probability_above(test.statistic, q, test.denominator_degrees);
    } else {
        test.denominator_degrees = unknown;
    }
    return test;
}

Coefficients assembled(const std::vector<Estimate>& fixed, Sandwich parts) {
    Coefficients result;
    for (const Estimate& one : fixed) {
        result.names.push_back(one.term);
        result.estimates.push_back(one.estimate);
    }
    result.covariance = Matrix(fixed.size(), fixed.size());
    result.covariance.values.assign(parts.covariance.data(),
                                    parts.covariance.data() + parts.covariance.size());
    const auto shared = std::make_shared<const Sandwich>(std::move(parts));
    result.degrees_of_freedom = [shared](std::span<const double> weights) {
        return satterthwaite(*shared, Eigen::Map<const VectorXd>(weights.data(), index(weights.size())));
    };
    result.own_test = [shared, estimates = result.estimates](const Matrix& contrasts) {
        return hotelling(*shared, Eigen::Map<const VectorXd>(estimates.data(), index(estimates.size())),
                         contrasts);
    };
    return result;
}

Result<void> check_nested(const RandomEffects& effects, const std::vector<Rows>& clusters,
                          const std::string& name) {
    for (const Block& block : effects.blocks) {
        std::vector<std::size_t> cluster_of(block.levels, clusters.size());
        for (std::size_t cluster = 0; cluster < clusters.size(); ++cluster) {
            for (const std::size_t row : clusters[cluster]) {
                std::size_t& known = cluster_of[static_cast<std::size_t>(block.codes[row])];
                if (known != clusters.size() && known != cluster) {
                    return fail(unacceptable("splits the groups of \"" + block.group +
                                             "\" in the formula, so its clusters are not independent.")
                                    .at("", name)
                                    .remedy("Name the largest grouping factor, or one that contains it."));
                }
                known = cluster;
            }
        }
    }
    return {};
}

}  // namespace

Result<Coefficients> cluster_robust(const LinearModel& model, std::string_view formula, const Data& data,
                                    const std::string& cluster) {
    const Ingredients parts = TRY(ingredients(model.fixed, formula, data, cluster));
    return assembled(model.fixed, sandwich(parts, [](const Rows& rows) {
                         return MatrixXd::Identity(index(rows.size()), index(rows.size()));
                     }));
}

Result<Coefficients> cluster_robust(const MixedModel& model, std::string_view formula, const Data& data,
                                    const std::string& cluster) {
    if (model.has_residual_structure()) {
        return fail(usage_error(
            "Robust standard errors are not available with serial correlation or residual variances that "
            "differ: they are for a model without."));
    }
    const Ingredients parts = TRY(ingredients(model.fixed, formula, data, cluster));
    const Formula meaning = TRY(read_formula(formula));
    const RandomEffects effects = TRY(make_random_effects(meaning, parts.frame));
    TRY_DO(check_nested(effects, parts.clusters, cluster));
    const Factors factors = factors_of(effects, model.theta);
    const auto working = [&](const Rows& rows) {
        const Eigen::Index size = index(rows.size());
        MatrixXd phi = MatrixXd::Identity(size, size);
        for (std::size_t b = 0; b < effects.blocks.size(); ++b) {
            const Block& block = effects.blocks[b];
            const MatrixXd spread = MatrixXd(view(block.columns)(rows, Eigen::all)) * view(factors[b]);
            for (Eigen::Index i = 0; i < size; ++i) {
                for (Eigen::Index j = 0; j < size; ++j) {
                    const bool same = block.codes[rows[static_cast<std::size_t>(i)]] ==
                                      block.codes[rows[static_cast<std::size_t>(j)]];
                    phi(i, j) += same ? spread.row(i).dot(spread.row(j)) : 0.0;
                }
            }
        }
        return phi;
    };
    return assembled(model.fixed, sandwich(parts, working));
}

}  // namespace groundwork::statistics
