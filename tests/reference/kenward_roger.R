# Makes kenward_roger.csv: Kenward and Roger's F tests of several contrasts (type III tests of lmerTest 3.1-3, degrees of
# freedom and scaling of F by pbkrtest 0.5.2, lme4 1.1-31), by R 4.2.2, and kenward_roger_plots.csv, a field trial of our
# own making with plots missing: fields, in each every seed on a whole strip, varieties on plots of the strips, judged by
# the same people everywhere. Rscript kenward_roger.R, in this folder.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
set.seed(20)
plots <- expand.grid(variety = c("p", "q", "r", "s"), seed = c("x", "y", "z"), field = 1:5)
plots$strip <- paste0(plots$field, plots$seed)
plots$judge <- paste0("j", sample(rep(1:6, length.out = nrow(plots))))
plots$depth <- round(runif(nrow(plots), 1, 9), 1)
plots$yield <- round(20 + rnorm(5, 0, 2)[plots$field] + rnorm(15, 0, 1.5)[as.integer(factor(plots$strip))] +
  rnorm(6, 0, 1)[as.integer(factor(plots$judge))] + c(0, .5, 1, 2)[as.integer(plots$variety)] + rnorm(nrow(plots)), 2)
plots <- plots[-c(3, 8, 9, 17, 18, 19, 20, 31, 38, 44, 51, 57), ]
write.csv(plots, "kenward_roger_plots.csv", row.names = FALSE, quote = FALSE)

diary <- read.csv("diary.csv", stringsAsFactors = TRUE)
diary$arm <- relevel(diary$arm, "MM")
visits <- read.csv("generalized.csv", stringsAsFactors = TRUE)
sets <- list(diary = diary, few = subset(diary, id %% 3 == 0), visits = visits,
             plots = read.csv("kenward_roger_plots.csv", stringsAsFactors = TRUE))
cases <- list(
  list("diary", "mood ~ arm * site + day + (1 | id)", list(armLKM = 1, siteb = c(1, -1))),
  list("diary", "mood ~ day * site + start + (day | id)"),
  list("diary", "mood ~ day * arm * start + (day || id)"),
  list("diary", "mood ~ day * site + arm + (1 | id) + (1 | rater)"),
  list("diary", "mood ~ day * rater + arm + (1 | site/id)"),
  list("few", "mood ~ arm * day + site + (1 | id)"),
  list("few", "mood ~ site * day + (day | id)"),
  list("visits", "hours ~ day * site + arm * site + (1 | id)"),
  list("visits", "spread ~ site * arm + day + (day | id) + (1 | rater)"),
  list("plots", "yield ~ seed * variety + (1 | field)"),
  list("plots", "yield ~ seed * variety + depth + (1 | field/seed)"),
  list("plots", "yield ~ seed + variety * depth + (1 | strip) + (1 | judge)"))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e6))
rows <- list()
report <- function(set, formula, what, f, scaling) rows[[length(rows) + 1]] <<- data.frame(
  set, formula, what, q = f$ndf, F = sprintf("%.12g", f$Fstat), df = sprintf("%.12g", f$ddf),
  p = sprintf("%.12g", f$p.value), scaling = sprintf("%.12g", scaling))
# Several coefficients that are zero together, and two that are equal: what --contrast-test is for.
together <- function(m) {
  k <- length(fixef(m))
  rbind(replace(numeric(k), c(2, 3), c(1, -1)), replace(numeric(k), k, 1), replace(numeric(k), 2, .5))
}
# lmer's search ends where the criterion no longer changes, at half the digits; Newton's method goes on, inside the bounds.
fitted <- function(formula, data) {
  m <- suppressMessages(lmer(formula, data, control = tight))
  if (isSingular(m)) return(m)
  parts <- suppressMessages(lFormula(formula, data))
  criterion <- do.call(mkLmerDevfun, parts)
  theta <- getME(m, "theta")
  for (step in 1:3) theta <- theta - solve(numDeriv::hessian(criterion, theta), numDeriv::grad(criterion, theta))
  end <- list(par = theta, fval = criterion(theta), conv = 0, message = "")
  as_lmerModLmerTest(mkMerMod(environment(criterion), end, parts$reTrms, fr = parts$fr, mc = call("lmer", formula, quote(data))))
}
# lmerTest rounds its hypotheses to seven digits (1/6 is 0.1666667), and F with them; the weights of cells are sixtieths.
hypothesis <- function(table, term) {
  rounded <- attr(table, "hypotheses")[[term]]
  stopifnot(abs(rounded - round(60 * rounded) / 60) < 1e-6)
  round(60 * rounded) / 60
}
for (case in cases) {
  data <- sets[[case[[1]]]]
  m <- fitted(as.formula(case[[2]]), data)
  table <- suppressMessages(anova(m, type = 3, ddf = "Kenward-Roger"))
  for (term in rownames(table)) {
    f <- KRmodcomp(m, hypothesis(table, term))$stats
    stopifnot(all.equal(c(f$Fstat, f$ddf, f$p.value), unlist(table[term, c("F value", "DenDF", "Pr(>F)")]),
                        check.attributes = FALSE, tolerance = 1e-5))
    report(case[[1]], case[[2]], term, f, f$F.scaling)
  }
  f <- KRmodcomp(m, together(m))$stats
  report(case[[1]], case[[2]], "together", f, f$F.scaling)
  cat(case[[2]], if (isSingular(m)) "SINGULAR", "\n")
}
write.csv(do.call(rbind, rows), "kenward_roger.csv", row.names = FALSE, quote = FALSE)
