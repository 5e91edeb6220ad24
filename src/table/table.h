// The door of table/: data files in and out as columnar frames, and the small language of --mutate and
// --where.
#pragma once

#include "table/expression.h"
#include "table/frame.h"
#include "table/read.h"
#include "table/reshape.h"
#include "table/template.h"
#include "table/write.h"
