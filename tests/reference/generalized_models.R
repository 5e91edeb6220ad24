# Makes generalized.csv and generalized_models.csv: data of our own and what R 4.2.2 with glmmTMB 1.1.5 and lme4 1.1-31
# say of them. Run inside tests/reference: Rscript generalized_models.R
suppressMessages({library(lme4); library(glmmTMB)})
set.seed(20261124)
people <- 60
d <- expand.grid(day = 0:5, id = 1:people)
person <- data.frame(id = 1:people, arm = rep(c("MM", "LKM"), people / 2), site = rep(letters[1:6], each = 10),
                     level = rnorm(people, 0, .7), slope = rnorm(people, 0, .2))
d <- merge(d, person, by = "id")
d$rater <- sample(paste0("r", 1:5), nrow(d), TRUE)
rater <- setNames(rnorm(5, 0, .4), paste0("r", 1:5))
site <- setNames(rnorm(6, 0, .5), letters[1:6])
eta <- -.3 + d$level + site[d$site] + (.15 + d$slope + .1 * (d$arm == "LKM")) * d$day + rater[d$rater]
d$trials <- sample(1:12, nrow(d), TRUE)
d$successes <- rbinom(nrow(d), d$trials, plogis(eta))
d$failures <- d$trials - d$successes
d$share <- d$successes / d$trials
d$practised <- ifelse(rbinom(nrow(d), 1, plogis(eta)) == 1, "yes", "no")
d$hours <- round(runif(nrow(d), .5, 3), 2)
mean <- d$hours * exp(.4 + .6 * eta)
d$count <- rpois(nrow(d), mean)
d$spread <- rnbinom(nrow(d), mu = mean, size = 1.7)
sure <- rbinom(nrow(d), 1, plogis(-1 + .8 * (d$arm == "LKM")))
d$surplus <- ifelse(sure == 1, 0, d$count)
d$both <- ifelse(sure == 1, 0, d$spread)
d$weight <- sample(c(.5, 1, 2), nrow(d), TRUE)
d$practised[sample(nrow(d), 9)] <- NA
columns <- c("id", "day", "arm", "site", "rater", "trials", "successes", "failures", "share", "practised", "hours", "count",
             "spread", "surplus", "both", "weight")
d$share <- sprintf("%.17g", d$share)
write.csv(d[sample(nrow(d)), columns], "generalized.csv", row.names = FALSE, quote = FALSE, na = "")

d <- read.csv("generalized.csv", na.strings = "", stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
out <- NULL
add <- function(case, what, value)
  out <<- rbind(out, data.frame(formula = case[1], family = case[2], points = case[3], weights = case[4], zero = case[5],
                                what = what, value = sprintf("%.13g", value)))
tight <- glmmTMBControl(optCtrl = list(iter.max = 1e4, eval.max = 1e4, rel.tol = 1e-14, x.tol = 1e-12))
family_of <- function(name) switch(name, binomial = binomial(), poisson = poisson(), negbinomial = nbinom2())
cases <- list(
  c("cbind(successes, failures) ~ day * arm", "binomial", "1", "", ""),
  c("cbind(successes, failures) ~ day * arm + (1 | id)", "binomial", "1", "", ""),
  c("share ~ day * arm + (day | id)", "binomial", "1", "trials", ""),
  c("cbind(successes, failures) ~ day + (day || id) + (1 | rater)", "binomial", "1", "", ""),
  c("practised ~ day + arm + (1 | site/id)", "binomial", "1", "", ""),
  c("practised ~ day + arm + (1 | id) + (1 | rater) + (1 | site)", "binomial", "1", "", ""),
  c("count ~ day * arm + offset(log(hours)) + (1 | id)", "poisson", "1", "", ""),
  c("count ~ day + (day | id) + (1 | rater)", "poisson", "1", "weight", ""),
  c("count ~ arm + I(day^2) + offset(log(hours))", "poisson", "1", "", ""),
  c("spread ~ day * arm + offset(log(hours)) + (1 | id)", "negbinomial", "1", "", ""),
  c("spread ~ day + arm", "negbinomial", "1", "weight", ""),
  c("surplus ~ day + arm + (1 | id)", "poisson", "1", "", "~ 1"),
  c("surplus ~ day + offset(log(hours)) + (1 | id) + (1 | rater)", "poisson", "1", "", "~ arm"),
  c("both ~ day + (1 | id)", "negbinomial", "1", "", "~ arm"),
  c("both ~ day + arm", "negbinomial", "1", "", "~ 1"))
for (case in cases) {
  arguments <- list(as.formula(case[1]), data = d, family = family_of(case[2]), control = tight)
  if (case[4] != "") arguments$weights <- d[[case[4]]]
  if (case[5] != "") arguments$ziformula <- as.formula(case[5])
  m <- suppressWarnings(do.call(glmmTMB, arguments))
  add(case, "logLik", as.numeric(logLik(m)))
  table <- summary(m)$coefficients
  for (term in rownames(table$cond)) {
    add(case, paste("estimate", term), table$cond[term, 1])
    add(case, paste("se", term), table$cond[term, 2])
  }
  for (term in rownames(table$zi)) {
    add(case, paste("zero", term), table$zi[term, 1])
    add(case, paste("zero_se", term), table$zi[term, 2])
  }
  if (case[2] == "negbinomial") add(case, "dispersion", sigma(m))
  if (grepl("|", case[1], fixed = TRUE)) {
    deviations <- unlist(lapply(VarCorr(m)$cond, function(x) attr(x, "stddev")))
    for (i in seq_along(deviations)) add(case, paste("sd", sub("[.].*", "", names(deviations)[i]), i), deviations[i])
  }
}
# Adaptive quadrature: lme4 leaves a constant out of the likelihood, so only what is estimated is compared.
for (points in c("2", "7", "15")) for (f in c("cbind(successes, failures) ~ day * arm + (1 | id)",
                                              "practised ~ day + (1 | id)")) {
  case <- c(f, "binomial", points, "", "")
  m <- glmer(as.formula(f), d, binomial, nAGQ = as.integer(points),
             control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
  table <- summary(m)$coefficients
  for (term in rownames(table)) add(case, paste("estimate", term), table[term, 1])
  add(case, "theta 1", getME(m, "theta"))
}
case <- c("count ~ day + offset(log(hours)) + (1 | id)", "poisson", "9", "", "")
m <- glmer(as.formula(case[1]), d, poisson, nAGQ = 9,
           control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
table <- summary(m)$coefficients
for (term in rownames(table)) add(case, paste("estimate", term), table[term, 1])
add(case, "theta 1", getME(m, "theta"))
out$formula <- paste0("\"", out$formula, "\"")
write.table(out, "generalized_models.csv", sep = ";", row.names = FALSE, quote = FALSE)
