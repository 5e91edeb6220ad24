# Profile intervals of "mood ~ day * arm + (day | id)" on diary.csv, exactly: lme4's own confint interpolates, so here
# the deviance function itself is minimised with one number held, and the ends are found as roots.
# Rscript profile.R > profile.csv, in this folder (lme4 1.1-31, R 4.2.2).
suppressMessages(library(lme4))
row <- function(term, ends) cat(term, format(ends, digits = 10, trim = TRUE), sep = ",", fill = 200)
cat("term,low,high\n")
diary <- read.csv("diary.csv")
diary <- diary[complete.cases(diary[c("mood", "day", "arm", "id")]), ]
diary$arm <- relevel(factor(diary$arm), "MM")
precise <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
model <- lmer(mood ~ day * arm + (day | id), diary, REML = FALSE, control = precise)
wanted <- qchisq(0.95, 1)

deviance_of <- lme4:::devfun2(model, useSc = TRUE, signames = FALSE)
best <- attr(deviance_of, "optimum")[1:4]
least_with <- function(held, value) {
  of_others <- function(others) {
    point <- best
    point[-held] <- others
    point[held] <- value
    deviance_of(point)
  }
  others <- best[-held]
  for (round in 1:4) {
    found <- nlminb(others, of_others, lower = c(1e-9, -1, 1e-9, 1e-9)[-held], upper = c(Inf, 1, Inf, Inf)[-held],
                    scale = 1 / pmax(abs(best[-held]), 0.1), control = list(rel.tol = 1e-15, x.tol = 1e-12))
    others <- found$par
  }
  found$objective
}
least <- least_with(1, best[1])
guess <- confint(model, quiet = TRUE)
ends <- function(above, low, high) {
  width <- 0.1 * (high - low)
  end <- function(at) uniroot(above, c(at - width, at + width), tol = 1e-12)$root
  c(end(low), end(high))
}
for (number in c(1, 3, 2, 4)) {
  found <- ends(function(value) least_with(number, value) - least - wanted, guess[number, 1], guess[number, 2])
  row(c("sd (Intercept) | id", "cor (Intercept) day | id", "sd day | id", "sigma")[number], found)
}
columns <- model.matrix(model)
least <- -2 * as.numeric(logLik(model))
for (column in 1:4) {
  rest <- columns[, -column]
  found <- ends(function(value) {
    diary$left <- diary$mood - value * columns[, column]
    -2 * as.numeric(logLik(lmer(left ~ 0 + rest + (day | id), diary, REML = FALSE, control = precise))) - least - wanted
  }, guess[4 + column, 1], guess[4 + column, 2])
  row(colnames(columns)[column], found)
}
