#include "programme/programme.h"
