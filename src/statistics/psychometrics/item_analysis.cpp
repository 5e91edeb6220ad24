#include "statistics/psychometrics/item_analysis.h"

#include <algorithm>
#include <cmath>

#include "statistics/descriptive.h"
#include "statistics/distributions.h"
#include "statistics/psychometrics/item_matrix.h"

namespace groundwork::statistics {

namespace {

double alpha_of(const Eigen::MatrixXd& covariance) {
    const auto count = static_cast<double>(covariance.rows());
    return count / (count - 1) * (1 - covariance.trace() / covariance.sum());
}

double alpha_standard_error(const Eigen::MatrixXd& covariance, double people) {
    const auto k = static_cast<double>(covariance.rows());
    const double total = covariance.sum(), trace = covariance.trace();
    const double trace_of_square = covariance.squaredNorm();
    const double sum_of_square = covariance.rowwise().sum().squaredNorm();
    const double q = 2 * k * k / ((k - 1) * (k - 1) * total * total * total) *
                     (total * (trace_of_square + trace * trace) - 2 * trace * sum_of_square);
    return std::sqrt(std::max(q, 0.0) / people);
}

AlphaCoefficients coefficients(const Eigen::MatrixXd& covariance, double people) {
    AlphaCoefficients result;
    const Eigen::Index count = covariance.rows();
    if (count < 2 || !(covariance.sum() > 0)) {
        return result;
    }
    const Eigen::MatrixXd correlation = as_correlation(covariance);
    std::vector<double> pairs;
    for (Eigen::Index j = 0; j < count; ++j) {
        for (Eigen::Index i = j + 1; i < count; ++i) {
            pairs.push_back(correlation(i, j));
        }
    }
    const Summary summary = summarise(pairs);
    result.raw = alpha_of(covariance);
    result.standardised = correlation.sum() > 0 ? alpha_of(correlation) : unknown;
    const Eigen::VectorXd shared = squared_multiple_correlations(correlation);
    result.lambda6 = 1 - (static_cast<double>(count) - shared.sum()) / correlation.sum();
    result.average_r = summary.mean;
    result.signal_to_noise = static_cast<double>(count) * summary.mean / (1 - summary.mean);
    result.standard_error = alpha_standard_error(covariance, people);
    result.variance_r = summary.standard_deviation * summary.standard_deviation;
    result.median_r = quantile(pairs, 0.5);
    return result;
}

Eigen::MatrixXd without(const Eigen::MatrixXd& matrix, Eigen::Index left_out) {
    const Eigen::Index after = matrix.rows() - 1 - left_out;
    Eigen::MatrixXd rest(matrix.rows() - 1, matrix.cols() - 1);
    rest << matrix.topLeftCorner(left_out, left_out), matrix.topRightCorner(left_out, after),
        matrix.bottomLeftCorner(after, left_out), matrix.bottomRightCorner(after, after);
    return rest;
}

// The mean of the answered items of each row; NaN where nothing was answered.
std::vector<double> score_means(Items items) {
    std::vector<double> scores(items.front().size(), unknown);
    for (std::size_t row = 0; row < scores.size(); ++row) {
        double sum = 0, n = 0;
        for (const auto& item : items) {
            if (!std::isnan(item[row])) {
                sum += item[row];
                ++n;
            }
        }
        scores[row] = n > 0 ? sum / n : unknown;
    }
    return scores;
}

Interval feldt_interval(double alpha, double people, double count, double level) {
    const double df1 = people - 1, df2 = (people - 1) * (count - 1), tail = (1 - level) / 2;
    return {1 - (1 - alpha) * f_quantile(1 - tail, df1, df2), 1 - (1 - alpha) * f_quantile(tail, df1, df2)};
}

Interval bonett_interval(double alpha, double people, double count, double level) {
    if (!(people > 2) || !(alpha < 1)) {
        return {};
    }
    const double width =
        normal_quantile((1 + level) / 2) * std::sqrt(2 * count / ((count - 1) * (people - 2)));
    const double middle = std::log(1 - alpha);
    return {1 - std::exp(middle + width), 1 - std::exp(middle - width)};
}

}  // namespace

Result<ItemAnalysis> analyse_items(Items items, PartialRows rows, double level) {
    ENSURE(level > 0 && level < 1);
    TRY_DO(check_items(items, 2));
    const Eigen::MatrixXd covariance = item_covariance(items, rows);
    if (covariance.hasNaN()) {
        return fail(unacceptable("Two items were never answered together by at least three people.")
                        .remedy("Leave one of them out, or collect more answers."));
    }
    if (!(covariance.sum() > 0)) {
        return fail(unacceptable("The sum of the items does not vary, so it has no reliability.")
                        .remedy("Check which items must be reversed."));
    }
    ItemAnalysis analysis;
    const std::vector<double> scores = score_means(items);
    const Summary score_summary = summarise(scores);
    analysis.people = score_summary.n;
    analysis.complete_people = static_cast<std::size_t>(complete_rows(items).rows());
    analysis.score_mean = score_summary.mean;
    analysis.score_standard_deviation = score_summary.standard_deviation;
    const auto n =
        static_cast<double>(rows == PartialRows::pairwise ? analysis.people : analysis.complete_people);
    const auto count = static_cast<double>(items.size());
    analysis.alpha = coefficients(covariance, n);
    analysis.feldt = feldt_interval(analysis.alpha.raw, n, count, level);
    analysis.bonett = bonett_interval(analysis.alpha.raw, n, count, level);

    const Eigen::MatrixXd correlation = as_correlation(covariance);
    Eigen::MatrixXd reduced = correlation;
    reduced.diagonal() = squared_multiple_correlations(correlation);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        const Summary summary = summarise(items[i]);
        const double own = covariance(at, at), others = covariance.col(at).sum() - own;
        const double rest_variance = covariance.sum() - own - 2 * others;
        ItemStatistics item;
        item.n = summary.n;
        item.mean = summary.mean;
        item.standard_deviation = summary.standard_deviation;
        item.total_r = statistics::correlation(items[i], scores);
        item.standardised_r = correlation.col(at).sum() / std::sqrt(correlation.sum());
        item.corrected_r = reduced.col(at).sum() / std::sqrt(reduced.sum());
        item.rest_r = rest_variance > 0 ? others / std::sqrt(own * rest_variance) : unknown;
        item.if_dropped = coefficients(without(covariance, at), n);
        if (item.rest_r < 0) {
            analysis.against_the_scale.push_back(i);
        }
        analysis.items.push_back(item);
    }
    return analysis;
}

}  // namespace groundwork::statistics
