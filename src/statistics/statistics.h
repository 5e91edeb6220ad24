// The door of statistics/: models, inference and descriptions; pure numbers, no names of scales, no I/O.
#pragma once

#include "statistics/data.h"
#include "statistics/descriptive.h"
#include "statistics/estimate.h"
#include "statistics/johnson_neyman.h"
#include "statistics/linear_model.h"
#include "statistics/mixed_model.h"
