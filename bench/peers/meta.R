# Rscript meta.R FOLDER LIMIT: random-effects meta-analysis by REML, of 13 classic studies and of the 5,000 that
# made_data wrote into FOLDER.
arguments <- commandArgs(TRUE)
limit <- as.numeric(arguments[2])
source("timing.R")
measure("metafor", "meta_classic", limit, function() {
  bcg <- metafor::escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = metadat::dat.bcg)
  for (i in 1:20) metafor::rma(yi, vi, data = bcg)
}, times = 1 / 20)
many <- read.csv(file.path(arguments[1], "studies.csv"))
measure("metafor", "meta_large", limit, function() metafor::rma(effect, variance, mods = ~x, data = many), slow = TRUE)
