// The parts of the report that are words and tables. Each returns finished HTML, or nothing where there is
// nothing to say.
#pragma once

#include <string>

#include "report/report.h"

namespace groundwork::report {

// Printed on every report, word for word.
inline constexpr std::string_view intended_purpose =
    "Education and programme evaluation. Not for diagnosis, treatment, triage or fitness for duty.";

std::string verdict_section(const benefit::Findings& findings);
std::string warnings_section(const benefit::Findings& findings, const ReportLabels& labels);
std::string question_section(const benefit::Findings& findings);
std::string effects_section(const benefit::Findings& findings);
std::string policy_section(const benefit::Findings& findings);
std::string standing_section(const benefit::Findings& findings);
std::string methods_section(const benefit::Findings& findings);
std::string models_section(const benefit::Findings& findings);
std::string footer(const ReportLabels& labels);

// <section> with its heading; nothing where `html` is empty.
std::string section_html(std::string_view id, std::string_view heading, const std::string& html);

}  // namespace groundwork::report
