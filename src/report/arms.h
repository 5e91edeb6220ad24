// How each programme looks in every figure of one report: colour, dash pattern and marker together, so that
// no two of the first sixteen are alike even without colour; and how it is named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "benefit/benefit.h"
#include "report/svg.h"

namespace groundwork::report {

struct ArmLook {
    std::string classes;  // "arm-1 dash-1"
    Marker marker = Marker::circle;
};

class Arms {
  public:
    explicit Arms(const benefit::Findings& findings);

    ArmLook look(std::string_view arm) const;
    // All arms that occur, the reference arm first.
    const std::vector<std::string>& names() const { return names_; }

  private:
    std::vector<std::string> names_;
};

// What people read for an arm; where there is one programme only, it may have no name.
std::string arm_name(std::string_view arm);

// The same, short enough to stand in a sentence.
std::string short_arm_name(std::string_view arm);

// The outcome and the starting score in words, or else by their columns; short enough to stand in a sentence.
std::string outcome_name(const benefit::Findings& findings);
std::string moderator_name(const benefit::Findings& findings);

// "depression", or "depression per week" where change over time is what is compared.
std::string outcome_unit(const benefit::Findings& findings);

}  // namespace groundwork::report
