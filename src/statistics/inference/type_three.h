// Type III tests: each term adjusted for all others, as SAS defines them and lmerTest and JASP report them.
#pragma once

#include <string>
#include <vector>

#include "statistics/inference/coefficients.h"
#include "statistics/inference/predictors.h"

namespace groundwork::statistics {

struct TermTest {
    std::string term;  // "week:arm"
    FTest test;        // unknown where the data leave nothing to test (empty cells)
};

// One test for each term of the formula, in its order. Whatever the coding of the factors, the hypothesis of
// a term is made in the model with one column for every level (SAS/STAT, "The Four Types of Estimable
// Functions"): estimable functions that involve only the term and the terms that contain it, orthogonal to
// those that involve the containing ones alone. Another term contains it if it has the same numbers and all
// of its factors and more. With all cells filled these are differences between unweighted cell means.
std::vector<TermTest> type_three_tests(const Coefficients& coefficients, const Predictors& predictors);

// The hypothesis of one term: contrasts x coefficients, of full row rank; no rows where nothing can be
// tested.
std::vector<Matrix> type_three_contrasts(const Predictors& predictors);

}  // namespace groundwork::statistics
