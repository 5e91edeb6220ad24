# Reference values for the Rasch and partial credit models: Rscript rasch.R writes rasch_answers.csv,
# rasch_values.csv beside it (R 4.2.2, eRm 1.0-2).
suppressPackageStartupMessages(library(eRm))
set.seed(20261123)
people <- 150
theta <- rnorm(people)
difficulty <- seq(-1.5, 1.5, length.out = 8)
two <- sapply(difficulty, function(b) rbinom(people, 1, plogis(theta - b)))
colnames(two) <- paste0("d", 1:8)
partial <- function(thresholds) {
  logits <- sapply(0:length(thresholds), function(h) h * theta - sum(thresholds[seq_len(h)]))
  apply(exp(logits), 1, function(weights) sample(0:length(thresholds), 1, prob = weights))
}
four <- sapply(list(c(-1, 0, 1), c(-1.5, .2, .8), c(-.3, .3, .6), c(-1, -.5, 1.2), c(0, .4)), partial)
colnames(four) <- paste0("p", 1:5)
holes <- two
holes[cbind(sample(people, 60), sample(8, 60, TRUE))] <- NA
colnames(holes) <- paste0("m", 1:8)
write.csv(cbind(two, four, holes), "rasch_answers.csv", row.names = FALSE)
rows <- list()
add <- function(model, what, values) {
  rows[[length(rows) + 1]] <<- data.frame(model, what, index = seq_along(values), value = format(values, digits = 12))
}
describe <- function(name, fit, fit_statistics = TRUE) {
  add(name, "loglik", fit$loglik)
  add(name, "beta", fit$betapar)
  add(name, "beta_se", fit$se.beta)
  if (!fit_statistics) return(invisible())
  people <- person.parameter(fit)
  items <- itemfit(people)
  add(name, "outfit", items$i.outfitMSQ)
  add(name, "infit", items$i.infitMSQ)
  add(name, "outfit_t", items$i.outfitZ)
  add(name, "infit_t", items$i.infitZ)
  add(name, "theta", as.vector(people$thetapar[[1]])[1:20])
}
rasch <- RM(two)
describe("rm", rasch)
describe("pcm", PCM(four))
describe("holes", RM(holes), FALSE)
test <- LRtest(rasch, splitcr = as.numeric(rowSums(two) > median(rowSums(two))))
add("rm", "andersen", c(test$LR, test$df, test$pvalue))
add("rm", "thresholds_pcm", thresholds(PCM(four))$threshpar)
write.csv(do.call(rbind, rows), "rasch_values.csv", row.names = FALSE, quote = FALSE)
