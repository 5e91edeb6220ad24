// Writes reports from made-up findings into a folder: what the browser checks open.
#include <cstdio>
#include <string>

#include "foundation/foundation.h"
#include "report/report.h"
#include "report/sample_findings.h"

namespace {

using namespace groundwork;

bool write_report(const std::string& path, const benefit::Findings& findings, const std::string& title) {
    const report::ReportLabels labels{title, "made-up data", "groundwork", {}};
    const auto written = write_file(path, report::benefit_report(findings, labels));
    if (!written) {
        std::fprintf(stderr, "report_sample: %s\n", written.error().describe().c_str());
    }
    return written.has_value();
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: report_sample FOLDER\n", stderr);
        return 2;
    }
    const std::string folder = arguments[1];
    namespace samples = report::samples;
    const bool done =
        write_report(folder + "/two-occasions.html", samples::two_occasions(),
                     "Did it help? Two programmes") &&
        write_report(folder + "/repeated-measures.html", samples::repeated_measures(),
                     "Did it help? Week by week") &&
        write_report(folder + "/hostile.html", samples::hostile(40), "Hostile <script>names</script>");
    return done ? 0 : 3;
}
