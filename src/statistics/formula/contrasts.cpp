#include "statistics/formula/contrasts.h"

#include <cmath>

namespace groundwork::statistics {

namespace {

// Gram-Schmidt on the powers of the centred scores, twice for orthogonality to rounding.
Matrix polynomials(std::size_t levels) {
    const double middle = (static_cast<double>(levels) - 1) / 2;
    std::vector<std::vector<double>> basis = {
        std::vector<double>(levels, 1 / std::sqrt(static_cast<double>(levels)))};
    Matrix result(levels, levels - 1);
    for (std::size_t degree = 1; degree < levels; ++degree) {
        std::vector<double> column(levels);
        for (std::size_t level = 0; level < levels; ++level) {
            column[level] = (static_cast<double>(level) - middle) * basis.back()[level];
        }
        for (int round = 0; round < 2; ++round) {
            for (const std::vector<double>& earlier : basis) {
                double along = 0;
                for (std::size_t level = 0; level < levels; ++level) {
                    along += column[level] * earlier[level];
                }
                for (std::size_t level = 0; level < levels; ++level) {
                    column[level] -= along * earlier[level];
                }
            }
        }
        double length = 0;
        for (const double value : column) {
            length = std::hypot(length, value);
        }
        for (std::size_t level = 0; level < levels; ++level) {
            column[level] /= length;
            result(level, degree - 1) = column[level];
        }
        basis.push_back(std::move(column));
    }
    return result;
}

}  // namespace

Matrix contrast_matrix(Contrasts contrasts, std::size_t levels) {
    ENSURE(levels >= 2);
    if (contrasts == Contrasts::polynomial) {
        return polynomials(levels);
    }
    Matrix result(levels, levels - 1);
    for (std::size_t column = 0; column + 1 < levels; ++column) {
        if (contrasts == Contrasts::treatment) {
            result(column + 1, column) = 1;
        } else if (contrasts == Contrasts::sum) {
            result(column, column) = 1;
            result(levels - 1, column) = -1;
        } else {
            for (std::size_t level = 0; level <= column; ++level) {
                result(level, column) = -1;
            }
            result(column + 1, column) = static_cast<double>(column + 1);
        }
    }
    return result;
}

std::vector<std::string> contrast_names(Contrasts contrasts, const std::vector<std::string>& levels) {
    std::vector<std::string> names;
    const char* const first_degrees[] = {".L", ".Q", ".C"};
    for (std::size_t column = 0; column + 1 < levels.size(); ++column) {
        if (contrasts == Contrasts::treatment) {
            names.push_back(levels[column + 1]);
        } else if (contrasts == Contrasts::polynomial) {
            names.push_back(column < 3 ? first_degrees[column] : "^" + std::to_string(column + 1));
        } else {
            names.push_back(std::to_string(column + 1));
        }
    }
    return names;
}

}  // namespace groundwork::statistics
