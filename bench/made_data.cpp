// made_data FOLDER: writes the data of made_data.h as CSV files for the peers.
#include "made_data.h"

#include <cstdio>
#include <string>

using namespace groundwork;

namespace {

Result<void> write(const std::string& path, const made::Table& table) {
    std::string csv;
    for (std::size_t k = 0; k < table.names.size(); ++k) {
        csv += (k == 0 ? "" : ",") + table.names[k];
    }
    csv += '\n';
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t k = 0; k < table.columns.size(); ++k) {
            const double value = table.columns[k][row];
            csv += (k == 0 ? "" : ",") + (std::isnan(value) ? "NA" : shortest(value));
        }
        csv += '\n';
    }
    return write_file(path, csv);
}

Result<void> write_all(const std::string& folder) {
    TRY_DO(write(folder + "/answers316.csv", made::answers(316, 24)));
    TRY_DO(write(folder + "/answers80.csv", made::answers(80, 24)));
    TRY_DO(write(folder + "/ratings.csv", made::ratings(73421)));
    TRY_DO(write(folder + "/varying_effects.csv", made::varying_effects(1000, 7)));
    TRY_DO(write(folder + "/counts.csv", made::counts(217, 9)));
    TRY_DO(write(folder + "/studies.csv", made::studies(5000)));
    TRY_DO(write(folder + "/likert.csv", made::likert(2800, 5)));
    TRY_DO(write(folder + "/right_or_wrong.csv", made::right_or_wrong(100, 30)));
    return write(folder + "/growth.csv", made::growth(217));
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        std::fputs("usage: made_data FOLDER\n", stderr);
        return 2;
    }
    const auto written = write_all(arguments[1]);
    if (!written) {
        std::fputs((written.error().describe() + '\n').c_str(), stderr);
        return 3;
    }
    return 0;
}
