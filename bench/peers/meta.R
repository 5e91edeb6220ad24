# Rscript meta.R: what evaluators use today. Prints "name seconds" lines; medians of five (of one for 5,000 studies,
# which take over a minute each, because the peer builds matrices of studies by studies).
suppressPackageStartupMessages(library(metafor))
seconds <- function(repeats, work) median(replicate(repeats, system.time(work())[["elapsed"]]))
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
cat("meta_13", seconds(5, function() for (i in 1:20) rma(yi, vi, data = bcg)) / 20, "\n")
set.seed(1)
k <- as.integer(c(commandArgs(TRUE), 5000)[1])
x <- rnorm(k); vi <- exp(-3 + .8 * rnorm(k)); yi <- .3 + .2 * x + rnorm(k, 0, sqrt(vi + .04))
cat("meta_large", seconds(1, function() rma(yi, vi, mods = ~x)), "\n")
