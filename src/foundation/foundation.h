// The door of foundation/: what every room may use, with no domain in it.
#pragma once

#include "foundation/ensure.h"
#include "foundation/file.h"
#include "foundation/json.h"
#include "foundation/random.h"
#include "foundation/result.h"
#include "foundation/text.h"
