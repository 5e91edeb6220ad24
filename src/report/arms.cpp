#include "report/arms.h"

#include <algorithm>
#include <array>

#include "report/words.h"

namespace groundwork::report {

Arms::Arms(const benefit::Findings& findings) {
    const auto add = [this](const std::string& arm) {
        if (std::find(names_.begin(), names_.end(), arm) == names_.end()) {
            names_.push_back(arm);
        }
    };
    for (const benefit::ArmSummary& arm : findings.arms) {
        add(arm.arm);
    }
    for (const benefit::MeanAt& mean : findings.means) {
        add(mean.arm);
    }
    for (const benefit::Moderation& moderation : findings.moderation) {
        add(moderation.arm);
    }
    for (const benefit::ReliableChange& change : findings.reliable_change) {
        add(change.arm);
    }
}

ArmLook Arms::look(std::string_view arm) const {
    constexpr std::array markers{Marker::circle, Marker::square, Marker::triangle, Marker::diamond};
    const auto place =
        static_cast<std::size_t>(std::find(names_.begin(), names_.end(), arm) - names_.begin());
    const std::size_t colour = place % 4;
    const std::size_t pattern = (place + place / 4) % 4;
    return {"arm-" + std::to_string(colour + 1) + " dash-" + std::to_string(pattern + 1), markers[pattern]};
}

std::string arm_name(std::string_view arm) { return arm.empty() ? "Everyone" : std::string(arm); }

std::string short_arm_name(std::string_view arm) { return shortened(arm_name(arm), 32); }

std::string outcome_name(const benefit::Findings& findings) {
    return shortened(findings.outcome_name.empty() ? findings.question.outcome : findings.outcome_name, 48);
}

std::string moderator_name(const benefit::Findings& findings) {
    return shortened(findings.moderator_name.empty() ? findings.question.moderator : findings.moderator_name,
                     48);
}

std::string outcome_unit(const benefit::Findings& findings) {
    const bool over_time =
        findings.design == benefit::Design::repeated_measures && !findings.question.time.empty();
    return outcome_name(findings) + (over_time ? " per " + findings.question.time : "");
}

}  // namespace groundwork::report
