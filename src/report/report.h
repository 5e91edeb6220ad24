// The door of report/: self-contained HTML with SVG figures, drawn to be read.
#pragma once

#include <string>
#include <vector>

#include "benefit/benefit.h"

namespace groundwork::report {

struct ReportLabels {
    std::string title;        // "Did it help? Roca et al. 2021"
    std::string data_source;  // the file's name as given
    std::string made_with;    // "groundwork 0.1.0"
    // Names of instruments behind the columns whose keys are not verified; the report says so first.
    std::vector<std::string> unverified_instruments = {};
};

// One HTML file: no script from elsewhere, no font from elsewhere, opens from disk, prints, works at 360 px,
// light and dark, WCAG 2.2 AA.
std::string benefit_report(const benefit::Findings& findings, const ReportLabels& labels);

}  // namespace groundwork::report
