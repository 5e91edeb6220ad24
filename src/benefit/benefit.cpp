#include "benefit/benefit.h"
