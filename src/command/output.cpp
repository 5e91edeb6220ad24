#include "command/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "foundation/foundation.h"

namespace groundwork::command {

std::string shown(double value, const char* format) {
    return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : std::isinf(value) ? "inf" : "-";
}

std::string with_digits(double value, int digits) {
    return std::isfinite(value) ? fixed(value, digits) : "-";
}

std::string shown_p(double p) {
    return std::isnan(p) ? "-" : p < 0.0005 ? "<.001" : p > 0.9995 ? "1.000" : fixed(p, 3).substr(1);
}

std::string table_of(const std::vector<std::vector<std::string>>& rows, std::size_t words) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t k = 0; k < row.size(); ++k) {
            widths[k] = std::max(widths[k], row[k].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t k = 0; k < row.size(); ++k) {
            line += k == 0 ? "" : "  ";
            line += k < words ? fmt::format("{:<{}}", row[k], widths[k])
                              : fmt::format("{:>{}}", row[k], widths[k]);
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return text;
}

json::value known(double value) { return std::isfinite(value) ? json::value(value) : json::value(nullptr); }

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace groundwork::command
