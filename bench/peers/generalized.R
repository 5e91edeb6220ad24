# Rscript generalized.R FOLDER REPEATS: what evaluators use today, on the classic data sets of FOLDER (VerbAgg.csv,
# Contraception.csv, cbpp.csv, grouseticks.csv). Prints "name seconds" lines; medians.
arguments <- commandArgs(TRUE)
folder <- arguments[1]
repeats <- as.integer(arguments[2])
suppressPackageStartupMessages({ library(lme4); library(glmmTMB) })
read <- function(name) read.csv(file.path(folder, name), stringsAsFactors = TRUE)
seconds <- function(work) median(replicate(repeats, system.time(suppressWarnings(suppressMessages(work())))[["elapsed"]]))
both <- function(name, formula, data, family) {
  cat(name, "_glmer ", seconds(function() glmer(formula, data, family)), "\n", sep = "")
  cat(name, "_glmmTMB ", seconds(function() glmmTMB(formula, data, family)), "\n", sep = "")
}
both("verbagg", r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item), read("VerbAgg.csv"), binomial())
both("contraception", use ~ age + I(age^2) + urban + livch + (1 + urban | district), read("Contraception.csv"), binomial())
both("cbpp", cbind(incidence, size - incidence) ~ factor(period) + (1 | herd), read("cbpp.csv"), binomial())
both("grouseticks", TICKS ~ factor(YEAR) + scale(HEIGHT) + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION), read("grouseticks.csv"),
     poisson())
