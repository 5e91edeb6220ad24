#include "statistics/psychometrics/omega.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "statistics/psychometrics/bounded_search.h"
#include "statistics/psychometrics/item_matrix.h"

namespace groundwork::statistics {

namespace {

constexpr double smallest_uniqueness = 0.005;

struct Factors {
    Eigen::MatrixXd loadings;
    Eigen::VectorXd uniqueness;
};

// The leading eigenvectors of R - diag(uniqueness), each as long as the root of its eigenvalue.
Eigen::MatrixXd principal_loadings(const Eigen::MatrixXd& correlation, const Eigen::VectorXd& uniqueness,
                                   Eigen::Index count) {
    Eigen::MatrixXd reduced = correlation;
    reduced.diagonal() -= uniqueness;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(reduced);
    const Eigen::Index size = correlation.rows();
    Eigen::MatrixXd loadings(size, count);
    for (Eigen::Index factor = 0; factor < count; ++factor) {
        const double value = std::max(eigen.eigenvalues()(size - 1 - factor), 0.0);
        loadings.col(factor) = eigen.eigenvectors().col(size - 1 - factor) * std::sqrt(value);
        if (loadings.col(factor).sum() < 0) {
            loadings.col(factor) *= -1;
        }
    }
    return loadings;
}

Factors minimum_residual_factors(const Eigen::MatrixXd& correlation, Eigen::Index count) {
    const auto residual = [&](const Eigen::VectorXd& uniqueness) {
        const Eigen::MatrixXd loadings = principal_loadings(correlation, uniqueness, count);
        Eigen::MatrixXd misfit = loadings * loadings.transpose() - correlation;
        misfit.diagonal() += uniqueness;
        ValueAndSlope result{0, misfit.diagonal()};
        misfit.diagonal().setZero();
        result.value = misfit.squaredNorm() / 2;
        return result;
    };
    Eigen::VectorXd shared = squared_multiple_correlations(correlation);
    if (shared.hasNaN()) {
        shared = (correlation.cwiseAbs() - Eigen::MatrixXd::Identity(correlation.rows(), correlation.cols()))
                     .rowwise()
                     .maxCoeff();
    }
    const Eigen::VectorXd uniqueness =
        search_in_bounds(residual, Eigen::VectorXd::Ones(shared.size()) - shared,
                         {.lower = smallest_uniqueness, .upper = 1, .scale = 0.01});
    return {principal_loadings(correlation, uniqueness, count), uniqueness};
}

struct Rotated {
    Eigen::MatrixXd loadings, factor_correlations;
};

// Gradient projection over transformations with columns of length one (Jennrich 2002, Psychometrika 67;
// Bernaards & Jennrich 2005): the quartimin criterion, sum over pairs of factors of l_ij^2 l_ik^2 / 4.
Rotated oblimin(const Eigen::MatrixXd& loadings) {
    const Eigen::Index count = loadings.cols();
    const Eigen::MatrixXd others =
        Eigen::MatrixXd::Ones(count, count) - Eigen::MatrixXd::Identity(count, count);
    const auto criterion = [&](const Eigen::MatrixXd& rotated, Eigen::MatrixXd& slope) {
        const Eigen::MatrixXd squares = rotated.cwiseAbs2(), crossed = squares * others;
        slope = rotated.cwiseProduct(crossed);
        return squares.cwiseProduct(crossed).sum() / 4;
    };
    Eigen::MatrixXd transformation = Eigen::MatrixXd::Identity(count, count), slope;
    Eigen::MatrixXd rotated = loadings;
    double value = criterion(rotated, slope), length = 1;
    for (int step = 0; step < 1000; ++step) {
        const Eigen::MatrixXd inverse = transformation.inverse();
        const Eigen::MatrixXd gradient = -(rotated.transpose() * slope * inverse).transpose();
        const Eigen::RowVectorXd radial = transformation.cwiseProduct(gradient).colwise().sum();
        const Eigen::MatrixXd projected = gradient - transformation * radial.asDiagonal();
        const double size = projected.norm();
        if (size < 1e-5) {
            break;
        }
        length *= 2;
        for (int halving = 0; halving <= 10; ++halving) {
            const Eigen::MatrixXd moved = transformation - length * projected;
            const Eigen::MatrixXd candidate = moved * moved.colwise().norm().cwiseInverse().asDiagonal();
            const Eigen::MatrixXd turned = loadings * candidate.inverse().transpose();
            Eigen::MatrixXd turned_slope;
            const double reached = criterion(turned, turned_slope);
            if (value - reached > 0.5 * size * size * length || halving == 10) {
                transformation = candidate;
                rotated = turned;
                slope = turned_slope;
                value = reached;
                break;
            }
            length /= 2;
        }
    }
    Eigen::MatrixXd correlations = transformation.transpose() * transformation;
    for (Eigen::Index factor = 0; factor < count; ++factor) {
        if (rotated.col(factor).sum() < 0) {
            rotated.col(factor) *= -1;
            correlations.row(factor) *= -1;
            correlations.col(factor) *= -1;
        }
    }
    return {rotated, correlations};
}

// The group factors' loadings on the general factor.
Eigen::VectorXd general_loadings(const Eigen::MatrixXd& factor_correlations) {
    if (factor_correlations.rows() == 2) {
        return Eigen::VectorXd::Constant(2, std::sqrt(std::max(factor_correlations(0, 1), 0.0)));
    }
    return minimum_residual_factors(factor_correlations, 1).loadings.col(0);
}

Matrix as_matrix(const Eigen::MatrixXd& values) {
    Matrix matrix(static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols()));
    std::copy(values.data(), values.data() + values.size(), matrix.values.begin());
    return matrix;
}

}  // namespace

Result<SchmidLeiman> schmid_leiman(Items items, std::size_t factors) {
    TRY_DO(check_items(items, 2));
    if (factors < 1 || factors >= items.size()) {
        return fail(usage_error(fmt::format("{} items cannot have {} group factors.", items.size(), factors))
                        .remedy(fmt::format("Ask for 1 to {}.", items.size() - 1)));
    }
    const Eigen::MatrixXd correlation = as_correlation(item_covariance(items, PartialRows::leave_out));
    const auto count = static_cast<Eigen::Index>(factors);
    const Factors found = minimum_residual_factors(correlation, count);
    if (!(found.loadings.colwise().norm().minCoeff() > 1e-4)) {
        return fail(unacceptable(fmt::format("The items do not hold {} common factors.", factors))
                        .remedy("Ask for fewer."));
    }
    SchmidLeiman result;
    result.people = static_cast<std::size_t>(complete_rows(items).rows());
    const double p = static_cast<double>(items.size()), m = static_cast<double>(factors);
    result.determined = (p - m) * (p - m) >= p + m;
    Eigen::MatrixXd all(correlation.rows(), 1 + count);
    Eigen::MatrixXd factor_correlations = Eigen::MatrixXd::Identity(count, count);
    if (factors == 1) {
        all << found.loadings, Eigen::VectorXd::Zero(correlation.rows());
    } else {
        const Rotated rotated = oblimin(found.loadings);
        factor_correlations = rotated.factor_correlations;
        const Eigen::VectorXd general = general_loadings(factor_correlations);
        const Eigen::VectorXd rest = (1 - general.array().square()).max(0.0).sqrt();
        all << rotated.loadings * general, rotated.loadings * rest.asDiagonal();
    }
    const double total = correlation.sum();
    result.hierarchical = std::pow(all.col(0).sum(), 2) / total;
    result.total = 1 - found.uniqueness.sum() / total;
    result.loadings = as_matrix(all);
    result.factor_correlations = as_matrix(factor_correlations);
    result.uniqueness.assign(found.uniqueness.begin(), found.uniqueness.end());
    return result;
}

}  // namespace groundwork::statistics
