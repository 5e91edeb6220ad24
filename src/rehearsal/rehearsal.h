// The door of rehearsal/: people who do not exist, for demonstrations, tests and planning.
#pragma once

#include "rehearsal/rehearse.h"
#include "rehearsal/simulated_answers.h"
#include "rehearsal/simulated_trial.h"
