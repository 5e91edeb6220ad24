// The door of programme/core/: what can happen in a cohort, what can be asked of it, and what follows.
#pragma once

#include "programme/core/cohort.h"
#include "programme/core/command.h"
#include "programme/core/decide.h"
#include "programme/core/event.h"
#include "programme/core/event_text.h"
#include "programme/core/state_text.h"
