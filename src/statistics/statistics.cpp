#include "statistics/statistics.h"
