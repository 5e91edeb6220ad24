#include "statistics/psychometrics/agreement.h"

#include <algorithm>
#include <cmath>

#include "statistics/distributions.h"
#include "statistics/psychometrics/item_matrix.h"

namespace groundwork::statistics {

namespace {

// Of k raters together, from that of one (Spearman 1910; Brown 1910).
double of_average(double single, double k) { return k * single / (1 + (k - 1) * single); }

IntraclassCorrelation tested(std::string name, std::string words, double value, double f, double df1,
                             double df2) {
    return {std::move(name), std::move(words), value, f, df1, df2, f_probability_above(f, df1, df2), {}};
}

// F / quantile and F x quantile with the degrees turned round: the interval of a ratio of mean squares.
Interval ratio_interval(double f, double df1, double df2, double upper) {
    return {f / f_quantile(upper, df1, df2), f * f_quantile(upper, df2, df1)};
}

Interval of_ratio(Interval f, double k) {
    return {(f.low - 1) / (f.low + k - 1), (f.high - 1) / (f.high + k - 1)};
}

// The absolute-agreement interval with Satterthwaite's degrees (McGraw & Wong 1996, case 2A).
Interval absolute_interval(const Agreement& a, double single, double n, double k, double upper) {
    const double error_degrees = (n - 1) * (k - 1), rater_ratio = a.between_raters / a.residual;
    const double weight = n * (1 + (k - 1) * single) - k * single;
    const double numerator = error_degrees * std::pow(k * single * rater_ratio + weight, 2);
    const double denominator = (n - 1) * std::pow(k * single * rater_ratio, 2) + std::pow(weight, 2);
    const double degrees = numerator / denominator;
    const double high_f = f_quantile(upper, n - 1, degrees), low_f = f_quantile(upper, degrees, n - 1);
    const double rest = k * a.between_raters + (k * n - k - n) * a.residual;
    return {n * (a.between_people - high_f * a.residual) / (high_f * rest + n * a.between_people),
            n * (low_f * a.between_people - a.residual) / (rest + n * low_f * a.between_people)};
}

void add_mean_squares(Agreement& result, const Eigen::MatrixXd& ratings) {
    const auto n = static_cast<double>(ratings.rows()), k = static_cast<double>(ratings.cols());
    const double mean = ratings.mean();
    const Eigen::VectorXd people = ratings.rowwise().mean().array() - mean;
    const Eigen::RowVectorXd raters = ratings.colwise().mean().array() - mean;
    const Eigen::MatrixXd rest = ((ratings.array() - mean).matrix().colwise() - people).rowwise() - raters;
    result.between_people = k * people.squaredNorm() / (n - 1);
    result.between_raters = n * raters.squaredNorm() / (k - 1);
    result.residual = rest.squaredNorm() / ((n - 1) * (k - 1));
    result.within_people = (n * raters.squaredNorm() + rest.squaredNorm()) / (n * (k - 1));
}

}  // namespace

Result<Agreement> intraclass_correlations(Items raters, double level) {
    ENSURE(level > 0 && level < 1);
    if (raters.size() < 2) {
        return fail(unacceptable("Agreement needs at least two raters."));
    }
    const Eigen::MatrixXd ratings = complete_rows(raters);
    if (ratings.rows() < 3 || !ratings.allFinite()) {
        return fail(unacceptable(
            "Agreement needs at least three people whom every rater rated, and finite ratings."));
    }
    Agreement result;
    result.people = static_cast<std::size_t>(ratings.rows());
    result.raters = raters.size();
    add_mean_squares(result, ratings);
    // Rounding leaves a little where exact arithmetic would leave nothing.
    const double tiny = 1e-26 * ratings.squaredNorm() / static_cast<double>(ratings.rows());
    if (!(result.between_people > tiny) || !(result.residual > tiny)) {
        return fail(
            unacceptable(result.between_people > tiny
                             ? "The raters differ by constants only, so F has no bound: their "
                               "consistency is perfect."
                             : "All people have the same mean rating, so there is nothing to agree on."));
    }
    const auto n = static_cast<double>(result.people), k = static_cast<double>(result.raters);
    const double bms = result.between_people, wms = result.within_people, ems = result.residual;
    const double jms = result.between_raters, upper = (1 + level) / 2;
    const double one = (bms - wms) / (bms + (k - 1) * wms);
    const double two = (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n);
    const double three = (bms - ems) / (bms + (k - 1) * ems);
    const double f1 = bms / wms, f3 = bms / ems, error_degrees = (n - 1) * (k - 1);
    const Interval f1_range = ratio_interval(f1, n - 1, n * (k - 1), upper);
    const Interval f3_range = ratio_interval(f3, n - 1, error_degrees, upper);
    auto& list = result.correlations;
    list = {
        tested("ICC(1,1)", "one rater, a different one for each person", one, f1, n - 1, n * (k - 1)),
        tested("ICC(2,1)", "one rater of many, absolute agreement", two, f3, n - 1, error_degrees),
        tested("ICC(3,1)", "one of these raters, consistency", three, f3, n - 1, error_degrees),
        tested("ICC(1,k)", "mean of the raters, different ones for each person", (bms - wms) / bms, f1, n - 1,
               n * (k - 1)),
        tested("ICC(2,k)", "mean of raters of many, absolute agreement",
               (bms - ems) / (bms + (jms - ems) / n), f3, n - 1, error_degrees),
        tested("ICC(3,k)", "mean of these raters, consistency", (bms - ems) / bms, f3, n - 1, error_degrees)};
    list[0].interval = of_ratio(f1_range, k);
    list[1].interval = absolute_interval(result, two, n, k, upper);
    list[2].interval = of_ratio(f3_range, k);
    list[3].interval = {1 - 1 / f1_range.low, 1 - 1 / f1_range.high};
    list[4].interval = {of_average(list[1].interval.low, k), of_average(list[1].interval.high, k)};
    list[5].interval = {1 - 1 / f3_range.low, 1 - 1 / f3_range.high};
    return result;
}

}  // namespace groundwork::statistics
