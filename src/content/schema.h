// Checking a JSON document against one of the embedded schemas (content/schemas/, JSON Schema draft-07).
//
// Our schemas write `description` beside every key: it becomes the remedy of the messages and the
// documentation of the format. They use `type`, `enum`, `required`, `properties`, `additionalProperties`,
// `items`, the bounds and local
// `$ref`s ("#/definitions/..."); not `pattern`, because std::regex overflows the stack on long text.
#pragma once

#include <string_view>

#include "foundation/foundation.h"
#include "foundation/json.h"

namespace groundwork::content {

// `schema_path` is relative to content/, e.g. "schemas/instrument.schema.json"; a schema that does not exist
// or is not one is a programmer's mistake. Troubles are `unacceptable` errors whose column is the JSON path
// ("scales[2].items"), at most twenty in Error::others(); an unknown key is refused with the key most likely
// meant. Safe from any thread.
Result<void> check_schema(const json::value& document, std::string_view schema_path, std::string_view file);

}  // namespace groundwork::content
