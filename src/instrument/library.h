// The instruments that ship, and those in files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "instrument/definition.h"

namespace groundwork::instrument {

// Every embedded instrument, sorted by id. They are checked by the tests; a broken one is a programmer's
// mistake.
const std::vector<Instrument>& shipped_instruments();

// By id, or by the path of a definition file (anything with a '/' or ending in .json).
Result<Instrument> find_instrument(std::string_view id_or_path);

}  // namespace groundwork::instrument
