#include "rehearsal/faults.h"

#include <algorithm>

namespace groundwork::rehearsal {

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::crash: return "crash";
        case Fault::disk: return "disk";
        case Fault::duplicate: return "duplicate";
        case Fault::delay: return "delay";
        case Fault::lose: return "lose";
        case Fault::tabs: return "tabs";
        case Fault::clock: return "clock";
        case Fault::mail: return "mail";
    }
    return "";
}

Result<std::vector<Fault>> parse_faults(std::string_view text) {
    if (text == "all") {
        return std::vector<Fault>(all_faults.begin(), all_faults.end());
    }
    std::vector<Fault> faults;
    if (text == "none" || text.empty()) {
        return faults;
    }
    for (const std::string_view part : split(text, ',')) {
        const std::string_view name = trim(part);
        const auto* const found = std::ranges::find(all_faults, name, name_of);
        if (found == all_faults.end()) {
            return fail(usage_error("is no fault that can be rehearsed")
                            .value(std::string(name))
                            .remedy("Say none, all, or some of: crash, disk, duplicate, delay, lose, tabs, "
                                    "clock, mail."));
        }
        if (std::ranges::find(faults, *found) == faults.end()) {
            faults.push_back(*found);
        }
    }
    return faults;
}

}  // namespace groundwork::rehearsal
