#include "command/commands.h"

namespace groundwork::command {

std::vector<std::unique_ptr<Command>> all_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(make_score_command());
    commands.push_back(make_change_command());
    commands.push_back(make_instruments_command());
    commands.push_back(make_lint_command());
    commands.push_back(make_match_command());
    commands.push_back(make_fit_command());
    commands.push_back(make_power_command());
    commands.push_back(make_reliability_command());
    commands.push_back(make_meta_command());
    commands.push_back(make_protocol_command());
    commands.push_back(make_rehearse_command());
    commands.push_back(make_benefit_command());
    commands.push_back(make_example_data_command());
    return commands;
}

}  // namespace groundwork::command
