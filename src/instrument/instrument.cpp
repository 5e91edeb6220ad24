#include "instrument/instrument.h"
