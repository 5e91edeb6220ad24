# Rscript whole.R FILE: what an evaluator starts today to get from a diary to a table of effects. Timed from outside.
suppressPackageStartupMessages(library(lmerTest))
d <- data.table::fread(commandArgs(TRUE)[1], data.table = FALSE, stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
d$scc <- d$sc - 3
print(suppressWarnings(summary(lmer(pos ~ week * arm * scc + (week | id), d))))
