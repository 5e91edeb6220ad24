# Makes mixed_inference.csv from diary.csv: Kenward and Roger's standard errors and degrees of freedom (pbkrtest 0.5.2), prior
# weights and contrasts (lme4 1.1-31, lmerTest 3.1-3),
# serial correlation (nlme 3.1-162), by R 4.2.2.
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
for (f in c("mood ~ day * arm + (day | id)", "mood ~ day * arm * start + (1 | id)", "mood ~ day + start + (day || id)"))
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
serial <- function(case, d, correlation, random) {
  m <- lme(mood ~ day * arm, na.omit(d[, c("mood", "day", "hours", "arm", "id")]), random = random,
           correlation = correlation, control = exact)
  table <- summary(m)$tTable
  for (term in rownames(table)) {
    add(case, "estimate", term, table[term, "Value"])
    add(case, "se", term, table[term, "Std.Error"])
  }
  add(case, "logLik", "", as.numeric(logLik(m)))
  add(case, "phi", "", coef(m$modelStruct$corStruct, unconstrained = FALSE))
}
contrasts(d$arm) <- contr.treatment(2)
d$arm <- relevel(factor(as.character(d$arm)), "MM")
d$hours <- d$day + .25 * (d$id %% 3) * (d$day %% 2)
d <- d[order(d$id, d$day), ]
serial("ar1", d, corAR1(form = ~ day | id), ~ 1 | id)
serial("car1", d, corCAR1(value = .3, form = ~ hours | id), ~ 1 | id)
write.csv(do.call(rbind, rows), "mixed_inference.csv", row.names = FALSE, quote = FALSE)
