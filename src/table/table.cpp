#include "table/table.h"
