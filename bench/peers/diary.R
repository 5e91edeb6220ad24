# Rscript diary.R FILE REPEATS: what evaluators use today, on the same file. Prints "name seconds" lines; medians.
arguments <- commandArgs(TRUE)
file <- arguments[1]
repeats <- as.integer(arguments[2])
suppressPackageStartupMessages({ library(data.table); library(lmerTest) })
setDTthreads(1)
seconds <- function(work) median(replicate(repeats, system.time(work())[["elapsed"]]))
cat("read_fread", seconds(function() fread(file)), "\n")
d <- as.data.frame(fread(file))
d$arm <- relevel(factor(d$arm), "MM"); d$id <- factor(d$id); d$scc <- d$sc - 3
d <- d[!is.na(d$pos), ]
formula <- pos ~ week * arm * scc + (week | id)
cat("fit_lmer", seconds(function() suppressWarnings(lme4::lmer(formula, d))), "\n")
cat("fit_lmerTest_satterthwaite", seconds(function() suppressWarnings(coef(summary(lmer(formula, d))))), "\n")
