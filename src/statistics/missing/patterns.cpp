#include "statistics/missing/patterns.h"

#include <cmath>
#include <map>

namespace groundwork::statistics {

std::vector<MissingPattern> missing_patterns(const Eigen::MatrixXd& data) {
    std::vector<MissingPattern> patterns;
    std::map<std::vector<bool>, std::size_t> known;
    for (Eigen::Index row = 0; row < data.rows(); ++row) {
        std::vector<bool> has(static_cast<std::size_t>(data.cols()));
        bool any = false;
        for (Eigen::Index column = 0; column < data.cols(); ++column) {
            has[static_cast<std::size_t>(column)] = !std::isnan(data(row, column));
            any = any || has[static_cast<std::size_t>(column)];
        }
        if (!any) {
            continue;
        }
        const auto [place, is_new] = known.emplace(has, patterns.size());
        if (is_new) {
            MissingPattern pattern;
            for (Eigen::Index column = 0; column < data.cols(); ++column) {
                if (has[static_cast<std::size_t>(column)]) {
                    pattern.present.push_back(column);
                }
            }
            patterns.push_back(std::move(pattern));
        }
        patterns[place->second].rows.push_back(row);
    }
    for (MissingPattern& pattern : patterns) {
        const auto rows = static_cast<Eigen::Index>(pattern.rows.size());
        const auto columns = static_cast<Eigen::Index>(pattern.present.size());
        Eigen::MatrixXd values(rows, columns);
        for (Eigen::Index column = 0; column < columns; ++column) {
            for (Eigen::Index row = 0; row < rows; ++row) {
                values(row, column) = data(pattern.rows[static_cast<std::size_t>(row)],
                                           pattern.present[static_cast<std::size_t>(column)]);
            }
        }
        pattern.n = static_cast<double>(rows);
        pattern.mean = values.colwise().mean();
        const Eigen::MatrixXd centred = values.rowwise() - pattern.mean.transpose();
        pattern.covariance = centred.transpose() * centred / pattern.n;
    }
    return patterns;
}

}  // namespace groundwork::statistics
