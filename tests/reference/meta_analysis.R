# Makes meta_studies.csv and meta_analysis.csv: data of our own and what R 4.2.2 with metafor 3.8-1 says of them.
# Run inside tests/reference: Rscript meta_analysis.R
suppressMessages(library(metafor))
set.seed(20261123)
make <- function(set, k, tau, clusters = 0) {
  v <- round(exp(rnorm(k, -3, .8)), 5)
  x <- round(rnorm(k), 2); g <- sample(c("a", "b", "c"), k, TRUE)
  cluster <- if (clusters > 0) sort(sample(clusters, k, TRUE)) else seq_len(k)
  u <- if (clusters > 0) rnorm(clusters, 0, tau)[cluster] else 0
  y <- round(.3 + .2 * x - .2 * (g == "c") + u + rnorm(k, 0, sqrt(tau^2 / (1 + (clusters > 0)) + v)), 4)
  data.frame(set, effect = y, variance = v, x, g, cluster)
}
d <- rbind(make("spread", 30, .4), make("few", 7, .3), make("close", 12, 0), make("clusters", 50, .4, 14),
           make("many", 150, .2, 40))
d$effect[d$set == "close"] <- round(.3 + .2 * (d$effect[d$set == "close"] - .3), 4)  # closer than chance: tau2 = 0
write.csv(d, "meta_studies.csv", row.names = FALSE, quote = FALSE)

out <- NULL
add <- function(set, method, test, mods, what, value) if (!is.na(value))
  out <<- rbind(out, data.frame(set, method, test, mods, what, value = sprintf("%.13g", value)))
table <- function(set, method, test, mods, m) {
  terms <- sub("intrcpt", "(Intercept)", rownames(m$beta))
  for (i in seq_along(terms)) {
    add(set, method, test, mods, paste("estimate", terms[i]), m$beta[i])
    add(set, method, test, mods, paste("se", terms[i]), m$se[i])
    add(set, method, test, mods, paste("p", terms[i]), m$pval[i])
    add(set, method, test, mods, paste("low", terms[i]), m$ci.lb[i])
  }
  add(set, method, test, mods, "QM", m$QM); add(set, method, test, mods, "QMp", m$QMp)
  add(set, method, test, mods, "Q", m$QE); add(set, method, test, mods, "Qp", m$QEp)
}
tight <- list(threshold = 1e-15, maxiter = 10000, tol = 1e-14, REMLf = TRUE)
for (set in c("spread", "few", "close")) for (method in c("FE", "DL", "HE", "HS", "HSk", "SJ", "PM", "EB", "ML", "REML"))
  for (test in c("z", "t", "knha", "adhoc")) for (mods in c("", "x", "x + g", "0 + g")) {
    s <- d[d$set == set, ]
    if (set == "few" && mods != "" && mods != "x" || mods != "" && !test %in% c("z", "knha")) next
    f <- if (mods == "") ~1 else as.formula(paste("~", mods))
    m <- try(suppressWarnings(rma(effect, variance, mods = f, data = s, method = method, test = test, control = tight)), TRUE)
    if (inherits(m, "try-error")) { cat(set, method, test, mods, m); next }
    table(set, method, test, mods, m)
    add(set, method, test, mods, "tau2", m$tau2)
    if (!is.na(m$se.tau2)) add(set, method, test, mods, "se_tau2", m$se.tau2)
    add(set, method, test, mods, "I2", m$I2); add(set, method, test, mods, "H2", m$H2)
    add(set, method, test, mods, "logLik", as.numeric(logLik(m, REML = method == "REML")))
    if (mods == "x" && method != "FE" && !is.null(m$R2)) add(set, method, test, mods, "R2", m$R2)
    if (mods == "" && method != "FE") {
      p <- predict(m); add(set, method, test, mods, "prediction", p$pi.lb)
      if (test != "adhoc") {
        ci <- suppressWarnings(confint(m, control = list(tol = 1e-14)))$random
        if (!any(is.na(ci[1, 2:3]))) {
          add(set, method, test, mods, "tau2_low", ci[1, 2]); add(set, method, test, mods, "tau2_high", ci[1, 3]) }
        e <- regtest(m); add(set, method, test, mods, "egger", e$zval); add(set, method, test, mods, "egger p", e$pval)
        add(set, method, test, mods, "egger limit", e$est)
        e <- regtest(m, predictor = "vi"); add(set, method, test, mods, "egger vi", e$zval)
        for (estimator in c("L0", "R0")) {
          t <- try(suppressWarnings(trimfill(m, estimator = estimator, control = tight)), TRUE)
          if (inherits(t, "try-error")) next
          add(set, method, test, mods, paste("missing", estimator), t$k0)
          add(set, method, test, mods, paste("missing se", estimator), t$se.k0)
          add(set, method, test, mods, paste("filled", estimator), t$beta[1])
        }
        l <- leave1out(m); add(set, method, test, mods, "without 3", l$estimate[3])
        add(set, method, test, mods, "without 3 tau2", l$tau2[3])
      }
    }
  }
for (set in c("spread", "few")) {
  m <- rma(effect, variance, data = d[d$set == set, ]); e <- regtest(m, model = "lm")
  add(set, "lm", "t", "", "egger", e$zval); add(set, "lm", "t", "", "egger p", e$pval); add(set, "lm", "t", "", "egger limit", e$est)
}
write.csv(out, "meta_analysis.csv", row.names = FALSE, quote = FALSE)
for (set in c("clusters", "many")) for (method in c("ML", "REML")) for (test in c("z", "t")) for (mods in c("", "x", "x + g")) {
  s <- d[d$set == set, ]; s$id <- seq_len(nrow(s))
  f <- if (mods == "") ~1 else as.formula(paste("~", mods))
  for (tolerance in c(1e-12, 1e-11, 1e-10, 1e-9)) {  # the tightest at which its optimiser still says that it is done
    m <- try(rma.mv(effect, variance, mods = f, random = ~ 1 | cluster / id, data = s, method = method, test = test,
                    control = list(optimizer = "nlminb", rel.tol = tolerance)), TRUE)
    if (!inherits(m, "try-error")) break
  }
  table(set, method, test, mods, m)
  add(set, method, test, mods, "between", m$sigma2[1]); add(set, method, test, mods, "within", m$sigma2[2])
  add(set, method, test, mods, "logLik", as.numeric(logLik(m, REML = method == "REML")))
  if (mods == "" && test == "z") {
    p <- predict(m); add(set, method, test, mods, "prediction", p$pi.lb)
    ci <- confint(m); add(set, method, test, mods, "between_low", ci[[1]]$random[1, 2])
    add(set, method, test, mods, "between_high", ci[[1]]$random[1, 3])
    add(set, method, test, mods, "within_low", ci[[2]]$random[1, 2]); add(set, method, test, mods, "within_high", ci[[2]]$random[1, 3])
  }
}
write.csv(out, "meta_analysis.csv", row.names = FALSE, quote = FALSE)
