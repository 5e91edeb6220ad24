// The makers of the subcommands, one for each file named <subcommand>_command.cpp.
#pragma once

#include "command/command.h"

namespace groundwork::command {

std::unique_ptr<Command> make_score_command();
std::unique_ptr<Command> make_change_command();
std::unique_ptr<Command> make_instruments_command();
std::unique_ptr<Command> make_lint_command();
std::unique_ptr<Command> make_match_command();
std::unique_ptr<Command> make_fit_command();
std::unique_ptr<Command> make_power_command();
std::unique_ptr<Command> make_reliability_command();
std::unique_ptr<Command> make_meta_command();
std::unique_ptr<Command> make_protocol_command();
std::unique_ptr<Command> make_benefit_command();
std::unique_ptr<Command> make_rehearse_command();

std::unique_ptr<Command> make_example_data_command();

}  // namespace groundwork::command
