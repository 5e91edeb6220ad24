# Rscript diary.R FILE LIMIT fits|questions: mixed models of a diary as diary_data makes it; or what one asks about
# them, which takes minutes or terabytes on 10,000 people.
arguments <- commandArgs(TRUE)
file <- arguments[1]
limit <- as.numeric(arguments[2])
source("timing.R")

d <- read.csv(file, stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
d$id <- factor(d$id)
d$scc <- d$sc - 3
d <- d[!is.na(d$pos), ]
formula <- pos ~ week * arm * scc + (week | id)

if (arguments[3] == "fits") {
  large <- nrow(d) > 1e5
  measure("data.table", "read_fread", limit, function() {
    for (i in 1:5) data.table::fread(file, stringsAsFactors = TRUE)
  }, times = 1 / 5)
  measure("nlme", "fit_nlme", limit, function() summary(nlme::lme(pos ~ week * arm * scc, d, ~ week | id))$tTable, slow = large)
  measure("lme4", "fit_lmer", limit, function() coef(summary(lme4::lmer(formula, d))))
  measure("lmerTest", "fit_lmerTest", limit, function() coef(summary(lmerTest::lmer(formula, d))), slow = large)
  quit()
}

kenward_roger <- function() coef(summary(lmerTest::lmer(formula, d), ddf = "Kenward-Roger"))
measure(c("lmerTest", "pbkrtest"), "kenward_roger", limit, kenward_roger)
measure("nlme", "serial", limit, function()
  nlme::lme(pos ~ week * arm * scc, d, ~ week | id, correlation = nlme::corCAR1(form = ~ day | id)))

if (requireNamespace("lme4", quietly = TRUE)) fitted <- suppressWarnings(lme4::lmer(formula, d))
measure("lme4", "profile", limit, function() confint(fitted, quiet = TRUE))
measure("lme4", "bootstrap_200", limit, function()
  lme4::bootMer(fitted, lme4::fixef, nsim = 5, seed = 1), times = 200 / 5)
set.seed(1)
measure("lmerTest", "power_200", limit, function() {
  d$pos <<- simulate(fitted)[[1]]
  coef(summary(lmerTest::lmer(formula, d)))
}, times = 200)
measure(c("lmerTest", "pbkrtest"), "power_200_kenward_roger", limit, function() {
  d$pos <<- simulate(fitted)[[1]]
  kenward_roger()
}, times = 200)
