// The door of programme/: protocols as data, and the rules that follow from them. Pure and deterministic: no
// clock, no files but the embedded ones, entropy only as it is handed in.
#pragma once

#include "programme/coin.h"
#include "programme/core/core.h"
#include "programme/entropy.h"
#include "programme/matching.h"
#include "programme/protocol.h"
#include "programme/protocol_check.h"
#include "programme/safety.h"
#include "programme/schedule.h"
