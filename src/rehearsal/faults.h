// What goes wrong on purpose: between people's devices and the server, with its clock, its mail and its disk.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::rehearsal {

enum class Fault {
    crash,      // the power fails at some write: what was not synced is lost, torn or reordered
    disk,       // a write fails, or the disk is full for some hours
    duplicate,  // a command arrives twice
    delay,      // a command arrives up to 26 hours later; with it, after others that came later
    lose,       // a command is lost on its way and sent again
    tabs,       // one prompt is answered in two windows
    clock,      // the server's clock steps by up to an hour, ahead or back
    mail,       // messages do not arrive for some days
};
inline constexpr std::array all_faults = {Fault::crash, Fault::disk, Fault::duplicate, Fault::delay,
                                          Fault::lose,  Fault::tabs, Fault::clock,     Fault::mail};
std::string_view name_of(Fault fault);

// "none", "all", or names with commas between them.
Result<std::vector<Fault>> parse_faults(std::string_view text);

}  // namespace groundwork::rehearsal
