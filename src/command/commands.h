// The makers of the subcommands, one for each file named <subcommand>_command.cpp.
#pragma once

#include "command/command.h"

namespace groundwork::command {}  // namespace groundwork::command
