#include "command/commands.h"

namespace groundwork::command {

std::vector<std::unique_ptr<Command>> all_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    return commands;
}

}  // namespace groundwork::command
