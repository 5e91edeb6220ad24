// The door of foundation/: what every room may use, with no domain in it. JSON takes two seconds to
// compile and has its own door, foundation/json.h.
#pragma once

#include "foundation/ensure.h"
#include "foundation/file.h"
#include "foundation/parallel.h"
#include "foundation/random.h"
#include "foundation/result.h"
#include "foundation/text.h"
