# Makes diary.csv and mixed_models.csv: data of our own and what R 4.2.2 with lme4 1.1-31 and lmerTest 3.1-3 says of it.
# Run inside tests/reference: Rscript mixed_models.R
suppressMessages({library(lme4); library(lmerTest)})
set.seed(20261123)
people <- 40; days <- 8
d <- expand.grid(day = 0:(days - 1), id = 1:people)
person <- data.frame(id = 1:people, start = round(rnorm(people, 0, .7), 3), arm = rep(c("MM", "LKM"), people / 2),
                     site = rep(letters[1:5], each = people / 5), level = rnorm(people, 0, .8),
                     slope = rnorm(people, 0, .12))
d <- merge(d, person, by = "id")
d$rater <- sample(paste0("r", 1:6), nrow(d), TRUE)
rater <- setNames(rnorm(6, 0, .5), paste0("r", 1:6))
d$mood <- round(3 + d$level + (.05 + d$slope + .05 * d$start * (d$arm == "LKM")) * d$day + rater[d$rater] +
                rnorm(nrow(d), 0, .6), 3)
d$mood[runif(nrow(d)) < .15] <- NA
d <- d[sample(nrow(d)), c("id", "day", "arm", "start", "site", "rater", "mood")]
write.csv(d, "diary.csv", row.names = FALSE, quote = FALSE, na = "")

d <- read.csv("diary.csv", stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
out <- NULL
add <- function(formula, reml, what, value) {
  out <<- rbind(out, data.frame(formula = formula, reml = as.integer(reml), what = what, value = sprintf("%.13g", value)))
}
formulas <- c("mood ~ day * arm * start + (day | id)", "mood ~ day * start + (day || id)", "mood ~ day + (1 | site/id)",
              "mood ~ day * arm + (day | id) + (1 | rater)", "mood ~ 0 + arm + day:arm + (0 + day | id)",
              "mood ~ I(day^2) + log(day + 1) + (1 | id) + (1 | rater)")
for (f in formulas) for (reml in c(TRUE, FALSE)) {
  m <- suppressMessages(lmer(as.formula(f), d, REML = reml, control = tight))
  add(f, reml, "objective", if (reml) REMLcrit(m) else deviance(m))
  add(f, reml, "sigma", sigma(m))
  for (i in seq_along(getME(m, "theta"))) add(f, reml, paste0("theta ", i), getME(m, "theta")[i])
  table <- summary(m)$coefficients
  for (term in rownames(table)) {
    add(f, reml, paste("estimate", term), table[term, "Estimate"])
    add(f, reml, paste("se", term), table[term, "Std. Error"])
    add(f, reml, paste("df", term), table[term, "df"])
  }
}
write.csv(out, "mixed_models.csv", row.names = FALSE, quote = FALSE)
