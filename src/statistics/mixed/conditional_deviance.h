// The deviance (-2 log likelihood) with one parameter held at a value, as a function of all the others, with
// its exact gradient.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <string>

#include "statistics/mixed/problem.h"

namespace groundwork::statistics {

struct DeviancePoint {
    double value = 0;
    Eigen::VectorXd gradient;  // in the coordinates
    double slope = 0;          // in the value held
};

class ConditionalDeviance {
  public:
    virtual ~ConditionalDeviance() = default;
    // `held` in the inner scale, see below; where the parameter's range ends the function goes on smoothly.
    virtual DeviancePoint at(double held, const Eigen::VectorXd& coordinates) const = 0;

    std::string name;
    Eigen::VectorXd start;           // the coordinates at the optimum
    double optimum = 0;              // the parameter there, in the inner scale
    double step = 1;                 // about one standard error of it, as far as easily known
    double lowest = 0, highest = 0;  // the ends of its range, in the inner scale

    // The inner scale is one in which deviances are close to parabolas.
    virtual double outer(double held) const { return held; }
};

// One for each coefficient, in the formula's columns.
std::vector<std::unique_ptr<ConditionalDeviance>> hold_coefficients(const Problem& problem,
                                                                    const ObjectivePoint& optimum);

// One for each standard deviation and correlation, and last the residual's; nothing in place of a number that
// does not exist: a correlation beside a standard deviation of zero.
std::vector<std::unique_ptr<ConditionalDeviance>> hold_random_numbers(const Problem& problem,
                                                                      const ObjectivePoint& optimum,
                                                                      unsigned threads);

}  // namespace groundwork::statistics
