// The door of instrument/: questionnaires as data, and their exact scoring.
//
// An instrument is one JSON file (docs/formats.md, content/schemas/instrument.schema.json): its items,
// answers, scales with named rules, missing-data rules, bands, norms, licence evidence and known-answer
// vectors.
#pragma once

#include "instrument/change.h"
#include "instrument/definition.h"
#include "instrument/library.h"
#include "instrument/lint.h"
#include "instrument/scoring.h"
