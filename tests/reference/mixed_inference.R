# Makes mixed_inference.csv from diary.csv: Kenward and Roger's standard errors and degrees of freedom (pbkrtest 0.5.2), prior
# weights and contrasts (lme4 1.1-31, lmerTest 3.1-3),
# serial correlation and residual variances by category (nlme 3.1-162), with Satterthwaite's degrees of freedom from the
# curvature of the criterion written out in full, by R 4.2.2.
# Rscript mixed_inference.R, in this folder.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
d <- read.csv("diary.csv", stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
d$precision <- 1 + d$day %% 3
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
rows <- list()
add <- function(case, what, term, value) rows[[length(rows) + 1]] <<- data.frame(case, what, term, value = sprintf("%.12g", value))
report <- function(case, m, ddf) {
  table <- coef(summary(m, ddf = ddf))
  for (term in rownames(table)) {
    add(case, "estimate", term, table[term, "Estimate"])
    add(case, "se", term, table[term, "Std. Error"])
    add(case, "df", term, table[term, "df"])
  }
  add(case, "logLik", "", as.numeric(logLik(m)))
}
for (f in c("mood ~ day * arm + (day | id)", "mood ~ day * arm * start + (1 | id)", "mood ~ day + start + (day || id)",
            "mood ~ day * arm + (1 | id) + (1 | rater)", "mood ~ day + arm + (day | id) + (1 | rater)"))
  report(f, lmer(as.formula(f), d, control = tight), "Kenward-Roger")
report("weights", lmer(mood ~ day * arm + (day | id), d, weights = precision, control = tight), "Satterthwaite")
contrasts(d$arm) <- contr.sum(nlevels(d$arm))
report("sum", lmer(mood ~ day * arm + (1 | id), d, control = tight), "Satterthwaite")
d$site <- factor(d$site)
contrasts(d$site) <- contr.poly(nlevels(d$site))
report("polynomial", lmer(mood ~ day + site + (1 | id), d, control = tight), "Satterthwaite")
contrasts(d$site) <- contr.helmert(nlevels(d$site))
report("helmert", lmer(mood ~ day + site + (1 | id), d, control = tight), "Satterthwaite")
suppressMessages(library(nlme))
exact <- lmeControl(msTol = 1e-12, tolerance = 1e-10, niterEM = 100, msMaxIter = 500, opt = "nlminb")
serial <- function(case, d, correlation, random, weights = NULL) {
  m <- lme(mood ~ day * arm, na.omit(d[, c("mood", "day", "hours", "arm", "id", "site", "precision")]), random = random,
           correlation = correlation, weights = weights, control = exact)
  table <- summary(m)$tTable
  for (term in rownames(table)) {
    add(case, "estimate", term, table[term, "Value"])
    add(case, "se", term, table[term, "Std.Error"])
  }
  add(case, "logLik", "", as.numeric(logLik(m)))
  if (!is.null(correlation)) add(case, "phi", "", coef(m$modelStruct$corStruct, unconstrained = FALSE))
  m
}
# Minus twice the restricted log-likelihood of mood ~ day * arm + (1 | id), of (sd of id, sigma, phi, log ratios).
dense <- function(d, strata, serial) {
  x <- model.matrix(~ day * arm, d)
  same <- outer(d$id, d$id, "==")
  gap <- abs(outer(d$day, d$day, "-"))
  list(covariance = function(at) {
    s <- if (is.null(strata)) rep(1, nrow(d)) else exp(c(0, tail(at, nlevels(strata) - 1)))[as.integer(strata)]
    r <- if (serial) at[3]^gap else diag(nrow(d))
    same * (at[1]^2 + at[2]^2 * outer(s, s) * r)
  }, x = x, y = d$mood)
}
coefficient_covariance <- function(model, at) solve(crossprod(model$x, solve(model$covariance(at), model$x)))
criterion <- function(model, at) {
  v <- model$covariance(at)
  w <- solve(v, model$x)
  b <- solve(crossprod(model$x, w), crossprod(w, model$y))
  e <- model$y - model$x %*% b
  c(determinant(v)$modulus + determinant(crossprod(model$x, w))$modulus + sum(e * solve(v, e)))
}
degrees <- function(case, d, at, strata = NULL, serial = FALSE) {
  model <- dense(d, strata, serial)
  best <- optim(at, function(p) criterion(model, p), method = "BFGS", control = list(reltol = 1e-14, maxit = 200))$par
  spread <- 2 * solve(numDeriv::hessian(function(p) criterion(model, p), best))
  for (k in seq_len(ncol(model$x))) {
    variance <- function(p) coefficient_covariance(model, p)[k, k]
    g <- numDeriv::grad(variance, best)
    add(case, "df", colnames(model$x)[k], 2 * variance(best)^2 / c(g %*% spread %*% g))
  }
}
contrasts(d$arm) <- contr.treatment(2)
d$arm <- relevel(factor(as.character(d$arm)), "MM")
d$hours <- d$day + .25 * (d$id %% 3) * (d$day %% 2)
d <- d[order(d$id, d$day), ]
invisible(serial("ar1", d, corAR1(form = ~ day | id), ~ 1 | id))
invisible(serial("car1", d, corCAR1(value = .3, form = ~ hours | id), ~ 1 | id))
by_arm <- varIdent(form = ~ 1 | arm)
by_site <- varIdent(form = ~ 1 | site)
m <- serial("by arm", d, NULL, ~ 1 | id, by_arm)
few <- subset(na.omit(d[, c("mood", "day", "arm", "id", "site")]), id %in% unique(id)[1:12])
by_arm_of_few <- lme(mood ~ day * arm, few, random = ~ 1 | id, weights = by_arm, control = exact)
start <- function(m, extra) c(as.numeric(VarCorr(m)[, "StdDev"]), extra)
degrees("few by arm", few, start(by_arm_of_few, log(coef(by_arm_of_few$modelStruct$varStruct, unconstrained = FALSE))),
        strata = factor(few$arm, c("MM", "LKM")))
serial_few <- lme(mood ~ day * arm, few, random = ~ 1 | id, correlation = corAR1(form = ~ day | id), control = exact)
degrees("few ar1", few, start(serial_few, coef(serial_few$modelStruct$corStruct, unconstrained = FALSE)), serial = TRUE)
invisible(serial("by site with ar1", d, corAR1(form = ~ day | id), ~ 1 | id, by_site))
invisible(serial("by arm with weights", d, NULL, ~ 1 | id, varComb(varFixed(~ I(1 / precision)), by_arm)))
write.csv(do.call(rbind, rows), "mixed_inference.csv", row.names = FALSE, quote = FALSE)
