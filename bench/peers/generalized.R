# Rscript generalized.R FOLDER LIMIT: generalised mixed models of the data that made_data wrote into FOLDER.
arguments <- commandArgs(TRUE)
limit <- as.numeric(arguments[2])
source("timing.R")
read <- function(name) {
  d <- read.csv(file.path(arguments[1], name))
  d$person <- factor(d$person)
  if ("item" %in% names(d)) d$item <- factor(d$item)
  d
}
both <- function(name, formula, data, family) {
  measure("lme4", paste0(name, "_glmer"), limit, function() coef(summary(lme4::glmer(formula, data, family))))
  measure("glmmTMB", paste0(name, "_glmmTMB"), limit, function() summary(glmmTMB::glmmTMB(formula, data, family)))
}
few <- read("answers80.csv")
both("binomial_crossed", yes ~ cold + (1 | person) + (1 | item), read("answers316.csv"), binomial())
both("binomial_slopes", yes ~ cold + (cold | person), few, binomial())
both("poisson", times ~ week * arm + (1 | person), read("counts.csv"), poisson())
measure("lme4", "binomial_9_points_glmer", limit, function()
  coef(summary(lme4::glmer(yes ~ cold + (1 | person), few, binomial(), nAGQ = 9))))
