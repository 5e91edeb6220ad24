# Rscript crossed.R FILE LIMIT: students (s), lecturers (d) and departments (dept) crossed, as in InstEval.
arguments <- commandArgs(TRUE)
limit <- as.numeric(arguments[2])
source("timing.R")
d <- read.csv(arguments[1])
for (name in c("s", "d", "dept")) d[[name]] <- factor(d[[name]])
measure("lme4", "crossed", limit, function()
  coef(summary(lme4::lmer(y ~ service + (1 | s) + (1 | d) + (1 | dept), d))))
