#include "command/console.h"

#include <ostream>
#include "foundation/json.h"

namespace groundwork::command {

void Console::print_json(const json::value& document) { out_ << write_json(document); }

void Console::note(std::string_view words) { err_ << words << '\n'; }

}  // namespace groundwork::command
