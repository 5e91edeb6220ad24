// A small minimiser with bounds for a few dozen variables (not part of the door).
#pragma once

#include <Eigen/Core>
#include <functional>

namespace groundwork::statistics {

struct BoundedSearch {
    double lower, upper;  // the same for every variable
    double scale = 1;     // variables are divided by this before the search
    double relative_decrease =
        2.220446049250313e-9;  // ends when a step gains less than this times max(|f|, 1)
    int most_steps = 100;
};

// Value and slope at a point. The slope need not be that of the value away from the optimum, only a descent
// direction's source: minimum residual factors are found with that of the full residual matrix.
struct ValueAndSlope {
    double value;
    Eigen::VectorXd slope;
};

// Limited-memory BFGS with 5 pairs (Byrd, Lu, Nocedal & Zhu 1995, SIAM J. Sci. Comput. 16), steps by the line
// search of Moré & Thuente (1994, ACM TOMS 20). Where bounds do not bind it takes the steps of L-BFGS-B;
// where they do, the step is cut at the bound and the variable held.
Eigen::VectorXd search_in_bounds(const std::function<ValueAndSlope(const Eigen::VectorXd&)>& function,
                                 const Eigen::VectorXd& start, const BoundedSearch& setting);

}  // namespace groundwork::statistics
