#include "statistics/meta_analysis/effect_formulas.h"

#include <cmath>

namespace groundwork::statistics {

namespace {

using Options = EffectSizeOptions;

double square(double x) { return x * x; }

// Groups: 0 m1, 1 sd1, 2 n1, 3 m2, 4 sd2, 5 n2.
EffectSize mean_difference(const double* x, const Options&) {
    return {x[0] - x[3], square(x[1]) / x[2] + square(x[4]) / x[5]};
}
EffectSize standardised_difference(const double* x, const Options& options) {
    const double degrees = x[2] + x[5] - 2;
    const double pooled = std::sqrt(((x[2] - 1) * square(x[1]) + (x[5] - 1) * square(x[4])) / degrees);
    const double correction = hedges_correction(degrees);
    const double g = correction * (x[0] - x[3]) / pooled;
    const double sizes = 1 / x[2] + 1 / x[5];
    if (options.variance == VarianceFormula::unbiased) {
        return {g, sizes + (1 - (degrees - 2) / (degrees * square(correction))) * square(g)};
    }
    return {g, sizes + square(g) / (2 * (x[2] + x[5]))};
}
EffectSize heteroscedastic_difference(const double* x, const Options&) {
    const double v1 = square(x[1]), v2 = square(x[4]), average = 0.5 * (v1 + v2);
    const double correction = hedges_correction(x[2] + x[5] - 2);
    const double g = correction * (x[0] - x[3]) / std::sqrt(average);
    const double shape =
        square(g) * (square(v1) / (x[2] - 1) + square(v2) / (x[5] - 1)) / (8 * square(average));
    return {g, square(correction) * (shape + (v1 / (x[2] - 1) + v2 / (x[5] - 1)) / average)};
}
EffectSize difference_by_second_sd(const double* x, const Options&) {  // m1 n1 m2 sd2 n2
    const double g = hedges_correction(x[4] - 1) * (x[0] - x[2]) / x[3];
    return {g, 1 / x[1] + 1 / x[4] + square(g) / (2 * x[4])};
}
EffectSize log_ratio_of_means(const double* x, const Options&) {
    return {std::log(x[0] / x[3]),
            square(x[1]) / (x[2] * square(x[0])) + square(x[4]) / (x[5] * square(x[3]))};
}
EffectSize mean(const double* x, const Options&) { return {x[0], square(x[1]) / x[2]}; }
EffectSize log_mean(const double* x, const Options&) {
    return {std::log(x[0]), square(x[1]) / (x[2] * square(x[0]))};
}

// Pairs: 0 m1, 1 sd1, 2 m2, 3 sd2, 4 n, 5 r.
double variance_of_change(const double* x) { return square(x[1]) + square(x[3]) - 2 * x[5] * x[1] * x[3]; }
EffectSize mean_change(const double* x, const Options&) {
    return {x[0] - x[2], variance_of_change(x) / x[4]};
}
EffectSize change_by_change_sd(const double* x, const Options&) {
    const double g = hedges_correction(x[4] - 1) * (x[0] - x[2]) / std::sqrt(variance_of_change(x));
    return {g, 1 / x[4] + square(g) / (2 * x[4])};
}
EffectSize change_by_raw_sd(const double* x, const Options&) {  // m1 sd1 m2 n r
    const double g = hedges_correction(x[3] - 1) * (x[0] - x[2]) / x[1];
    return {g, 2 * (1 - x[4]) / x[3] + square(g) / (2 * x[3])};
}
EffectSize change_by_raw_sd_unequal(const double* x, const Options&) {
    const double correction = hedges_correction(x[4] - 1);
    const double g = correction * (x[0] - x[2]) / x[1];
    return {g, square(correction) *
                   (variance_of_change(x) / (square(x[1]) * (x[4] - 1)) + square(g) / (2 * (x[4] - 1)))};
}
EffectSize log_ratio_of_change(const double* x, const Options&) {
    return {std::log(x[0] / x[2]), square(x[1] / x[0]) / x[4] + square(x[3] / x[2]) / x[4] -
                                       2 * x[5] * x[1] * x[3] / (x[0] * x[2] * x[4])};
}

// Pre and post in two groups: 0 m1post, 1 m1pre, 2 sd1pre, 3 n1, 4 m2post, 5 m2pre, 6 sd2pre, 7 n2, 8 r.
EffectSize difference_of_changes(const double* x, const Options& options) {
    const double first[5] = {x[0], x[2], x[1], x[3], x[8]}, second[5] = {x[4], x[6], x[5], x[7], x[8]};
    const EffectSize treated = change_by_raw_sd(first, options), control = change_by_raw_sd(second, options);
    return {treated.effect - control.effect, treated.variance + control.variance};
}
EffectSize pooled_difference_of_changes(const double* x, const Options&) {
    const double n1 = x[3], n2 = x[7], degrees = n1 + n2 - 2;
    const double pooled = std::sqrt(((n1 - 1) * square(x[2]) + (n2 - 1) * square(x[6])) / degrees);
    const double correction = hedges_correction(degrees);
    const double g = correction * ((x[0] - x[1]) - (x[4] - x[5])) / pooled;
    const double sampling = 2 * (1 - x[8]) * (n1 + n2) / (n1 * n2);
    return {g,
            square(correction) * sampling * degrees / (degrees - 2) * (1 + square(g) / sampling) - square(g)};
}

// Tables: 0 a, 1 b, 2 c, 3 d.
EffectSize log_risk_ratio(const double* x, const Options&) {
    const double n1 = x[0] + x[1], n2 = x[2] + x[3];
    return {std::log((x[0] / n1) / (x[2] / n2)), 1 / x[0] - 1 / n1 + 1 / x[2] - 1 / n2};
}
EffectSize log_odds_ratio(const double* x, const Options&) {
    return {std::log(x[0] * x[3] / (x[1] * x[2])), 1 / x[0] + 1 / x[1] + 1 / x[2] + 1 / x[3]};
}
EffectSize risk_difference(const double* x, const Options&) {
    const double n1 = x[0] + x[1], n2 = x[2] + x[3], p1 = x[0] / n1, p2 = x[2] / n2;
    return {p1 - p2, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2};
}
EffectSize arcsine_difference(const double* x, const Options&) {
    const double n1 = x[0] + x[1], n2 = x[2] + x[3];
    return {std::asin(std::sqrt(x[0] / n1)) - std::asin(std::sqrt(x[2] / n2)), 1 / (4 * n1) + 1 / (4 * n2)};
}
EffectSize peto_odds_ratio(const double* x, const Options&) {
    const double n1 = x[0] + x[1], n2 = x[2] + x[3], total = n1 + n2, events = x[0] + x[2];
    const double variance = events * (n1 / total) * (n2 / total) * (total - events) / (total - 1);
    return {(x[0] - events * n1 / total) / variance, 1 / variance};
}

// Rates: 0 x1, 1 x2, 2 t1, 3 t2.
EffectSize log_rate_ratio(const double* x, const Options&) {
    return {std::log((x[0] / x[2]) / (x[1] / x[3])), 1 / x[0] + 1 / x[1]};
}
EffectSize rate_difference(const double* x, const Options&) {
    return {x[0] / x[2] - x[1] / x[3], x[0] / square(x[2]) + x[1] / square(x[3])};
}

// Proportions: 0 x, 1 n - x, so that `add` goes to both.
EffectSize proportion(const double* x, const Options&) {
    const double n = x[0] + x[1], p = x[0] / n;
    return {p, p * (1 - p) / n};
}
EffectSize log_proportion(const double* x, const Options&) {
    const double n = x[0] + x[1];
    return {std::log(x[0] / n), 1 / x[0] - 1 / n};
}
EffectSize logit_proportion(const double* x, const Options&) {
    return {std::log(x[0] / x[1]), 1 / x[0] + 1 / x[1]};
}

// Correlations: 0 r, 1 n.
EffectSize correlation(const double* x, const Options&) {
    return {x[0], square(1 - square(x[0])) / (x[1] - 1)};
}
EffectSize fisher_z(const double* x, const Options&) { return {std::atanh(x[0]), 1 / (x[1] - 3)}; }

// Reliabilities: 0 alpha, 1 items, 2 n.
EffectSize raw_alpha(const double* x, const Options&) {
    return {x[0], 2 * x[1] * square(1 - x[0]) / ((x[1] - 1) * (x[2] - 2))};
}
EffectSize alpha_hakstian_whalen(const double* x, const Options&) {
    return {1 - std::cbrt(1 - x[0]),
            18 * x[1] * (x[2] - 1) * std::pow(1 - x[0], 2.0 / 3) / ((x[1] - 1) * square(9 * x[2] - 11))};
}
EffectSize alpha_bonett(const double* x, const Options&) {
    return {-std::log1p(-x[0]), 2 * x[1] / ((x[1] - 1) * (x[2] - 2))};
}

using Inputs = std::vector<std::string_view>;
const Inputs groups = {"m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"};
const Inputs pairs = {"m1i", "sd1i", "m2i", "sd2i", "ni", "ri"};
const Inputs occasions = {"m1post", "m1pre", "sd1pre", "n1i", "m2post", "m2pre", "sd2pre", "n2i", "ri"};
const Inputs table = {"ai", "bi", "ci", "di"};
const Inputs rates = {"x1i", "x2i", "t1i", "t2i"};

}  // namespace

const std::vector<EffectFormula>& effect_formulas() {
    static const std::vector<EffectFormula> list = {
        {{"SMD", "standardised mean difference (Hedges g)", groups}, standardised_difference},
        {{"SMDH", "standardised mean difference, unequal variances", groups}, heteroscedastic_difference},
        {{"SMD1", "mean difference in standard deviations of group 2", {"m1i", "n1i", "m2i", "sd2i", "n2i"}},
         difference_by_second_sd},
        {{"MD", "mean difference", groups}, mean_difference},
        {{"ROM", "log ratio of means", groups}, log_ratio_of_means},
        {{"MC", "mean change", pairs}, mean_change},
        {{"SMCC", "change in standard deviations of the change", pairs}, change_by_change_sd},
        {{"SMCR", "change in standard deviations of occasion sd1", {"m1i", "sd1i", "m2i", "ni", "ri"}},
         change_by_raw_sd},
        {{"SMCRH", "the same, unequal variances", pairs}, change_by_raw_sd_unequal},
        {{"ROMC", "log ratio of two occasions' means", pairs}, log_ratio_of_change},
        {{"PPC1", "pre-post-control: difference of two SMCR", occasions}, difference_of_changes},
        {{"PPC2", "pre-post-control, pooled SD before (Morris)", occasions}, pooled_difference_of_changes},
        {{"RR", "log risk ratio", table}, log_risk_ratio, Counts::two_by_two},
        {{"OR", "log odds ratio", table}, log_odds_ratio, Counts::two_by_two},
        {{"RD", "risk difference", table}, risk_difference, Counts::two_by_two},
        {{"AS", "arcsine risk difference", table}, arcsine_difference},
        {{"PETO", "log odds ratio by Peto's method", table}, peto_odds_ratio, Counts::two_by_two},
        {{"IRR", "log ratio of incidence rates", rates}, log_rate_ratio, Counts::rates},
        {{"IRD", "difference of incidence rates", rates}, rate_difference, Counts::rates},
        {{"MN", "mean", {"mi", "sdi", "ni"}}, mean},
        {{"MNLN", "log mean", {"mi", "sdi", "ni"}}, log_mean},
        {{"PR", "proportion", {"xi", "ni"}}, proportion, Counts::proportion},
        {{"PLN", "log proportion", {"xi", "ni"}}, log_proportion, Counts::proportion},
        {{"PLO", "logit of a proportion", {"xi", "ni"}}, logit_proportion, Counts::proportion},
        {{"COR", "correlation", {"ri", "ni"}}, correlation},
        {{"ZCOR", "Fisher's z of a correlation", {"ri", "ni"}}, fisher_z},
        {{"ARAW", "Cronbach's alpha", {"ai", "mi", "ni"}}, raw_alpha},
        {{"AHW", "alpha by Hakstian and Whalen", {"ai", "mi", "ni"}}, alpha_hakstian_whalen},
        {{"ABT", "alpha by Bonett", {"ai", "mi", "ni"}}, alpha_bonett},
    };
    return list;
}

}  // namespace groundwork::statistics
