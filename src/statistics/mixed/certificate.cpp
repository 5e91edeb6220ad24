#include "statistics/mixed/certificate.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>

namespace groundwork::statistics {

namespace {

constexpr double most_remaining = 1e-9;
constexpr double flat = 1e-9;  // of the largest curvature

// Which effects have no variance, or none of their own beside the others.
std::vector<std::string> vanished_effects(const RandomEffects& effects, const Factors& factors) {
    std::vector<std::string> words;
    for (const BlockTerm& term : effects.terms) {
        const Block& block = effects.blocks[term.block];
        const Matrix& factor = factors[term.block];
        for (std::size_t row = term.first; row < term.first + term.width; ++row) {
            if (factor(row, row) != 0) {
                continue;
            }
            double length = 0;
            for (std::size_t column = term.first; column < row; ++column) {
                length += std::abs(factor(row, column));
            }
            words.push_back(
                length == 0
                    ? fmt::format("the variance of {} between {} is zero", block.names[row], block.group)
                    : fmt::format("the variation of {} between {} is determined by that of the other terms",
                                  block.names[row], block.group));
        }
    }
    return words;
}

std::string singular_words(const std::vector<std::string>& vanished) {
    return fmt::format(
        "The best fit lies on the boundary: {}. This is an answer, not a failure: the criterion's "
        "slope is zero there, and moving away from the boundary in any direction does not improve it.",
        fmt::join(vanished, ", and "));
}

}  // namespace

Certificate certify(Minimum& minimum, const RandomEffects& effects, const Factors& factors) {
    return certify(minimum.point->gradient(), minimum.hessian, effects, factors);
}

Certificate certify(const std::vector<double>& gradient, const Matrix& curvature,
                    const RandomEffects& effects, const Factors& factors) {
    const auto count = static_cast<Eigen::Index>(gradient.size());
    const Eigen::Map<const Eigen::VectorXd> slope(gradient.data(), count);
    const Eigen::Map<const Eigen::MatrixXd> hessian(curvature.values.data(), count, count);
    Certificate certificate;
    if (!slope.allFinite() || !hessian.allFinite()) {
        certificate.status = "not-certified";
        certificate.words = "The criterion could not be computed at the answer. Do not use these results.";
        return certificate;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(hessian);
    const Eigen::VectorXd along = eigen.eigenvectors().transpose() * slope;
    const double largest = eigen.eigenvalues().cwiseAbs().maxCoeff();
    const double lowest = eigen.eigenvalues().minCoeff();
    certificate.gradient = slope.cwiseAbs().maxCoeff();
    certificate.curvature.assign(eigen.eigenvalues().begin(), eigen.eigenvalues().end());
    double remaining = 0;
    for (Eigen::Index k = 0; k < count; ++k) {
        remaining += 0.5 * along(k) * along(k) / std::max(std::abs(eigen.eigenvalues()(k)), flat * largest);
    }
    certificate.remaining_deviance = remaining;
    const std::vector<std::string> vanished = vanished_effects(effects, factors);
    const double lowest_allowed = vanished.empty() ? flat * largest : -flat * largest;
    if (remaining <= most_remaining && lowest > lowest_allowed) {
        certificate.status = vanished.empty() ? "certified" : "certified-singular";
        certificate.words =
            vanished.empty()
                ? fmt::format(
                      "This is the optimum: the slope of the criterion is {:.1e}, it curves upward in every "
                      "direction, and at most about {:.1e} remains to be gained.",
                      certificate.gradient, remaining)
                : singular_words(vanished);
        return certificate;
    }
    certificate.status = "not-certified";
    certificate.words = remaining > most_remaining ? fmt::format(
                                                         "The search stopped before the optimum: about "
                                                         "{:.1e} of the criterion remains to be gained. "
                                                         "Do not rely on these results.",
                                                         remaining)
                                                   : "The criterion is flat or falls in some direction at "
                                                     "the answer, so the variances are not determined by "
                                                     "these data. Use fewer random terms.";
    return certificate;
}

}  // namespace groundwork::statistics
