#include "statistics/psychometrics/clinical_change.h"

#include <cmath>

#include "foundation/foundation.h"

namespace groundwork::statistics {

namespace {

using Method = ReliableChangeMethod;

double reliability_after(const ChangeGroup& group) {
    return std::isnan(group.reliability_after) ? group.reliability : group.reliability_after;
}

bool is_reliability(double value) { return value >= 0 && value < 1; }

// Variance of the two occasions' measurement errors together.
double error_variance(const ChangeGroup& group) {
    const double before = group.standard_deviation_before, after = group.standard_deviation_after;
    return before * before * (1 - group.reliability) + after * after * (1 - reliability_after(group));
}

double difference_reliability(const ChangeGroup& group) {
    const double before = group.standard_deviation_before, after = group.standard_deviation_after;
    const double shared = 2 * before * after * group.correlation;
    const double differences = before * before + after * after - shared;
    return 1 - error_variance(group) / differences;
}

}  // namespace

std::string_view name_of(Method method) {
    switch (method) {
        case Method::jacobson_truax: return "Jacobson-Truax";
        case Method::gulliksen_lord_novick: return "Gulliksen-Lord-Novick";
        case Method::hsu_linn_lord: return "Hsu-Linn-Lord";
        case Method::edwards_nunnally: return "Edwards-Nunnally";
        case Method::nunnally_kotsch: return "Nunnally-Kotsch";
        case Method::hageman_arrindell: return "Hageman-Arrindell";
    }
    ENSURE(false);
}

bool can_compute(Method method, const ChangeGroup& group) {
    if (!(group.standard_deviation_before > 0) || !is_reliability(group.reliability)) {
        return false;
    }
    const bool knows_mean = std::isfinite(group.mean_before);
    const bool knows_after = std::isfinite(group.mean_after) && group.standard_deviation_after > 0;
    switch (method) {
        case Method::jacobson_truax: return true;
        case Method::gulliksen_lord_novick:
        case Method::edwards_nunnally: return knows_mean;
        case Method::hsu_linn_lord: return knows_mean && knows_after;
        case Method::nunnally_kotsch:
            return knows_mean && group.standard_deviation_after > 0 &&
                   is_reliability(reliability_after(group));
        case Method::hageman_arrindell:
            return knows_mean && knows_after && is_reliability(reliability_after(group)) &&
                   std::abs(group.correlation) < 1 && difference_reliability(group) > 0;
    }
    ENSURE(false);
}

double reliable_change_index(Method method, const ChangeGroup& group, double before, double after) {
    ENSURE(can_compute(method, group));
    const double sd = group.standard_deviation_before, r = group.reliability;
    const double expected = r * (before - group.mean_before) + group.mean_before;  // regressed to the mean
    switch (method) {
        case Method::jacobson_truax: return (after - before) / (sd * std::sqrt(2 * (1 - r)));
        case Method::gulliksen_lord_novick: return (after - expected) / (sd * std::sqrt(1 - r * r));
        case Method::hsu_linn_lord:
            return (after - group.mean_after - r * (before - group.mean_before)) /
                   (group.standard_deviation_after * std::sqrt(1 - r * r));
        case Method::edwards_nunnally: return (after - expected) / (sd * std::sqrt(1 - r));
        case Method::nunnally_kotsch: {
            const double own = sd * sd * (1 - r);
            return (after - expected) / std::sqrt(r * r * own + error_variance(group) - own);
        }
        case Method::hageman_arrindell: {
            const double rdd = difference_reliability(group);
            const double change = (after - before) * rdd + (group.mean_after - group.mean_before) * (1 - rdd);
            return change / std::sqrt(rdd * error_variance(group));
        }
    }
    ENSURE(false);
}

double usual_threshold(Method method) { return method == Method::hageman_arrindell ? 1.65 : 1.96; }

double cut_off(CutOff kind, const ReferenceGroups& groups) {
    const double sign = groups.higher_is_well ? 1 : -1;
    switch (kind) {
        case CutOff::a: return groups.mean_unwell + sign * 2 * groups.standard_deviation_unwell;
        case CutOff::b: return groups.mean_well - sign * 2 * groups.standard_deviation_well;
        case CutOff::c:
            return (groups.standard_deviation_unwell * groups.mean_well +
                    groups.standard_deviation_well * groups.mean_unwell) /
                   (groups.standard_deviation_unwell + groups.standard_deviation_well);
    }
    ENSURE(false);
}

std::string_view name_of(ClinicalChange change) {
    switch (change) {
        case ClinicalChange::recovered: return "recovered";
        case ClinicalChange::improved: return "improved";
        case ClinicalChange::unchanged: return "unchanged";
        case ClinicalChange::deteriorated: return "deteriorated";
        case ClinicalChange::harmed: return "harmed";
    }
    ENSURE(false);
}

ClinicalChange classify(double index, double threshold, double before, double after, double line,
                        bool higher_is_well) {
    ENSURE(std::isfinite(index) && threshold > 0);
    const double sign = higher_is_well ? 1 : -1;
    const double gain = sign * index, from = sign * (before - line), to = sign * (after - line);
    if (gain > threshold) {
        return from < 0 && to > 0 ? ClinicalChange::recovered : ClinicalChange::improved;
    }
    if (gain < -threshold) {
        return from > 0 && to < 0 ? ClinicalChange::harmed : ClinicalChange::deteriorated;
    }
    return ClinicalChange::unchanged;
}

}  // namespace groundwork::statistics
