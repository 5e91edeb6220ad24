// The door of statistics/: models, inference and descriptions; pure numbers, no names of scales, no I/O.
//
//   (here)          matrices, distributions, estimates with their tests, descriptions of columns
//   formula/        a formula as in R, on columns: variables, rows, terms, contrasts, the model matrix
//   linear/         ordinary least squares
//   mixed/          linear mixed models: the likelihood from cross-products, its optimum, the certificate
//   generalized/    generalised linear mixed models
//   inference/      type III tests, contrasts, marginal means and trends, cluster-robust standard errors
//   moderation/     simple slopes, Johnson-Neyman regions with a simultaneous band, true scores
//   power/          power of a design by simulation
//   meta_analysis/  effect sizes and their synthesis
//   psychometrics/  reliability, agreement, change, Rasch models
//   missing/        likelihood and imputation where answers are missing
#pragma once

#include "statistics/descriptive.h"
#include "statistics/estimate.h"
#include "statistics/formula/data.h"
#include "statistics/generalized/generalized_model.h"
#include "statistics/inference/cluster_robust.h"
#include "statistics/inference/marginal.h"
#include "statistics/inference/permutation.h"
#include "statistics/inference/type_three.h"
#include "statistics/linear/linear_model.h"
#include "statistics/meta_analysis/effect_sizes.h"
#include "statistics/meta_analysis/permutation.h"
#include "statistics/meta_analysis/small_studies.h"
#include "statistics/meta_analysis/subgroups.h"
#include "statistics/meta_analysis/three_level.h"
#include "statistics/missing/growth_model.h"
#include "statistics/missing/imputation.h"
#include "statistics/missing/normal_model.h"
#include "statistics/missing/pooling.h"
#include "statistics/mixed/bootstrap.h"
#include "statistics/mixed/mixed_model.h"
#include "statistics/mixed/profile.h"
#include "statistics/moderation/johnson_neyman.h"
#include "statistics/moderation/moderator.h"
#include "statistics/moderation/regions.h"
#include "statistics/power/power.h"
#include "statistics/psychometrics/agreement.h"
#include "statistics/psychometrics/clinical_change.h"
#include "statistics/psychometrics/factor_model.h"
#include "statistics/psychometrics/item_analysis.h"
#include "statistics/psychometrics/mean_difference.h"
#include "statistics/psychometrics/omega.h"
#include "statistics/psychometrics/rasch.h"
#include "statistics/psychometrics/reliability.h"
#include "statistics/psychometrics/split_half.h"
