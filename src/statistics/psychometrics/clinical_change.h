// Reliable and clinically significant change of single people, by every method in use, each by its name.
#pragma once

#include <string_view>

#include "statistics/estimate.h"

namespace groundwork::statistics {

enum class ReliableChangeMethod {
    jacobson_truax,         // Jacobson & Truax (1991), with the correction of Christensen & Mendoza (1986)
    gulliksen_lord_novick,  // Hsu (1989): residual change, regressed towards the mean before
    hsu_linn_lord,          // Hsu (1995): the same with mean and sd after
    edwards_nunnally,       // Speer (1992): distance of after from the regressed true score before
    nunnally_kotsch,        // Nunnally & Kotsch (1983): the same with both occasions' error
    hageman_arrindell,      // Hageman & Arrindell (1999): RC_INDIV, by the reliability of the differences
};
std::string_view name_of(ReliableChangeMethod method);  // "Jacobson-Truax", ...

// What the methods need of the group that a person belongs to.
struct ChangeGroup {
    double mean_before = unknown, standard_deviation_before = unknown;  // sd > 0
    double mean_after = unknown, standard_deviation_after = unknown;
    double reliability = unknown;  // before (and after, where the next is unknown); 0 <= r < 1
    double reliability_after = unknown;
    double correlation = unknown;  // of before with after: hageman_arrindell only
};

// Whether `group` holds what `method` needs (known, in range).
bool can_compute(ReliableChangeMethod method, const ChangeGroup& group);

// The index: a change in standard errors, positive where the score rose. can_compute() must hold.
//   jacobson_truax         (after - before) / (sd_b sqrt(2 (1 - r)))
//   gulliksen_lord_novick  ((after - M_b) - r (before - M_b)) / (sd_b sqrt(1 - r^2))
//   hsu_linn_lord          ((after - M_a) - r (before - M_b)) / (sd_a sqrt(1 - r^2))
//   edwards_nunnally       (after - (r (before - M_b) + M_b)) / (sd_b sqrt(1 - r))
//   nunnally_kotsch        the same numerator / sqrt(r^2 sd_b^2 (1 - r) + sd_a^2 (1 - r_a))
//   hageman_arrindell      ((after - before) r_dd + (M_a - M_b)(1 - r_dd)) / (sqrt(r_dd) SE), with
//                          SE^2 = sd_b^2 (1 - r) + sd_a^2 (1 - r_a) and r_dd, the reliability of differences,
//                          (sd_b^2 r + sd_a^2 r_a - 2 sd_b sd_a r_ba) / (sd_b^2 + sd_a^2 - 2 sd_b sd_a r_ba)
double reliable_change_index(ReliableChangeMethod method, const ChangeGroup& group, double before,
                             double after);

// The smallest |index| that counts: 1.96; for hageman_arrindell its authors' one-sided 1.65.
double usual_threshold(ReliableChangeMethod method);

// Where the well begin (Jacobson, Follette & Revenstorf 1984): a: two sd of the unwell away from their mean;
// b: within two sd of the well's mean; c: as likely in the one group as in the other, at equal density tails:
// (sd_unwell M_well + sd_well M_unwell) / (sd_unwell + sd_well).
enum class CutOff { a, b, c };
struct ReferenceGroups {
    double mean_unwell = unknown, standard_deviation_unwell = unknown;  // sd > 0 where needed
    double mean_well = unknown, standard_deviation_well = unknown;
    bool higher_is_well = true;
};
// a needs the unwell and the direction, b the well and the direction, c both.
double cut_off(CutOff kind, const ReferenceGroups& groups);

// Jacobson & Truax's (1991) classes; `harmed` as in Lambert & Ogles (2004): reliably worse and across the
// line.
enum class ClinicalChange { recovered, improved, unchanged, deteriorated, harmed };
std::string_view name_of(ClinicalChange change);
// `index` is the reliable change index; recovered: reliable change for the better from the unwell to the well
// side.
ClinicalChange classify(double index, double threshold, double before, double after, double line,
                        bool higher_is_well);

}  // namespace groundwork::statistics
