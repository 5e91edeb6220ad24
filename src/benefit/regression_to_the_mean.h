// What regression to the mean alone would show.
#pragma once

#include "benefit/family.h"

namespace groundwork::benefit {

// Suppose nobody changes, and one measurement of the outcome agrees with the next at correlation s (its
// stability), with the same mean and spread both times, and that the moderator says nothing about the second
// measurement beyond the first. Then E(after - before | before) = (s - 1)(before - mean), and over people
// whose baseline rises by b0 for each point of the moderator, the change "depends" on the moderator by
//     (s - 1) * b0    for each point,
// although nothing happened (Galton 1886; Campbell & Kenny 1999, A Primer on Regression Artifacts, ch. 2-3).
// In repeated measures that change is spread evenly from the first to the last time: divided by `span`.
// `observed` is the naive slope. Shown over stability .5 to .9.
RegressionToTheMean regression_to_the_mean(const Study& study, double span, double observed);

}  // namespace groundwork::benefit
