# Makes inference.csv: what R 4.2.2 with lmerTest 3.1-3, emmeans 1.8.4 and clubSandwich 0.5.8 says of diary.csv.
# Run inside tests/reference: Rscript inference.R
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(clubSandwich)})
emm_options(lmerTest.limit = 1e6, pbkrtest.limit = 0)
d <- read.csv("diary.csv", stringsAsFactors = TRUE)
d$arm <- relevel(d$arm, "MM")
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
out <- NULL
add <- function(case, what, value)
  out <<- rbind(out, data.frame(case = case, what = what, value = sprintf("%.13g", value)))

mixed <- list(growth = "mood ~ day * arm * start + (day | id)", factors = "mood ~ arm * site + day + (1 | id)",
              mixture = "mood ~ site * day + arm * start + (1 | id)", curve = "mood ~ arm * (day + I(day^2)) + (1 | id)",
              cellmeans = "mood ~ 0 + arm + day:arm + (1 | id)", three = "mood ~ arm * rater * start + (1 | id)")
models <- lapply(mixed, function(f) suppressMessages(lmer(as.formula(f), d, control = tight)))
d$few <- factor(ifelse(d$site %in% c("a", "b") & d$arm == "LKM", "b", as.character(d$site)))
linear <- list(least = "mood ~ arm * site + day", ancova = "mood ~ arm * start + day")

for (case in names(models)) {
  a <- anova(models[[case]], type = 3)
  for (term in rownames(a)) {
    add(case, paste("type3 F", term), a[term, "F value"])
    add(case, paste("type3 df", term), a[term, "DenDF"])
    add(case, paste("type3 q", term), a[term, "NumDF"])
    add(case, paste("type3 p", term), a[term, "Pr(>F)"])
  }
}
# An empty cell: no LKM at site "a".
sub <- subset(d, !(arm == "LKM" & site == "a"))
empty <- suppressMessages(lmer(mood ~ arm * site + (1 | id), sub, control = tight))
a <- suppressMessages(anova(empty, type = 3))
for (term in rownames(a)) {
  add("empty", paste("type3 F", term), a[term, "F value"])
  add("empty", paste("type3 df", term), a[term, "DenDF"])
  add("empty", paste("type3 q", term), a[term, "NumDF"])
}

means <- function(case, what, grid) {
  s <- as.data.frame(grid)
  value <- intersect(c("emmean", "estimate", grep("[.]trend$", names(s), value = TRUE)), names(s))[1]
  by <- names(s)[seq_len(match(value, names(s)) - 1)]
  for (i in seq_len(nrow(s))) {
    label <- paste(what, paste(sapply(s[i, by, drop = FALSE], as.character), collapse = " "))
    add(case, paste(label, "estimate"), s[i, value]); add(case, paste(label, "se"), s[i, "SE"])
    add(case, paste(label, "df"), s[i, "df"])
    if ("p.value" %in% names(s)) add(case, paste(label, "p"), s[i, "p.value"])
  }
}
m <- models$factors
means("factors", "site", emmeans(m, ~ site, lmer.df = "satterthwaite"))
means("factors", "arm by site", emmeans(m, ~ arm | site, lmer.df = "satterthwaite"))
means("factors", "site proportional", emmeans(m, ~ site, weights = "proportional", lmer.df = "satterthwaite"))
for (adjust in c("none", "holm", "tukey", "bonferroni"))
  means("factors", paste("pairs", adjust), pairs(emmeans(m, ~ site, lmer.df = "satterthwaite"), adjust = adjust))
means("growth", "arm", emmeans(models$growth, ~ arm, lmer.df = "satterthwaite"))
means("growth", "trend day by arm", emtrends(models$growth, ~ arm, var = "day", lmer.df = "satterthwaite"))
means("growth", "trend at", emtrends(models$growth, ~ arm | start, var = "day", at = list(start = c(-1, 0, 1)),
                                     lmer.df = "satterthwaite"))
means("curve", "arm", emmeans(models$curve, ~ arm, at = list(day = 3), lmer.df = "satterthwaite"))
means("curve", "trend day", emtrends(models$curve, ~ arm | day, var = "day", at = list(day = c(1, 6)), delta.var = 1e-5,
                                    lmer.df = "satterthwaite"))
least <- lm(mood ~ arm * site + day, d)
means("least", "arm", emmeans(least, ~ arm))
means("least", "arm proportional", emmeans(least, ~ arm, weights = "proportional"))
means("least", "pairs tukey", pairs(emmeans(least, ~ site)))

# A contrast matrix with two rows, by lmerTest's contestMD.
L <- rbind(c(0, 1, 0, 0, 1, 0, 0, 0), c(0, 0, 1, 1, 0, 0, 0.5, 0))
k <- contestMD(models$growth, L)
add("growth", "contest F", k[["F value"]]); add("growth", "contest df", k[["DenDF"]])

robust <- function(case, model, cluster, L) {
  v <- vcovCR(model, cluster = cluster, type = "CR2")
  t <- coef_test(model, vcov = v, cluster = cluster, test = "Satterthwaite")
  for (i in seq_len(nrow(t))) {
    term <- rownames(t)[i]
    add(case, paste("cr2 se", term), t$SE[i])
    add(case, paste("cr2 df", term), if ("df_Satt" %in% names(t)) t$df_Satt[i] else t$df[i])
    add(case, paste("cr2 p", term), if ("p_Satt" %in% names(t)) t$p_Satt[i] else t$p[i])
  }
  w <- Wald_test(model, constraints = L, vcov = v, cluster = cluster, test = "HTZ")
  add(case, "cr2 HTZ F", w$Fstat); add(case, "cr2 HTZ df", w$df_denom); add(case, "cr2 HTZ p", w$p_val)
}
c3 <- rbind(c(0, 1, 0, 0, 0), c(0, 0, 0, 1, 0), c(0, 0, 0, 0, 1))
ancova <- lm(mood ~ arm * start + day, d)
robust("ancova", ancova, d$id[!is.na(d$mood)], c3)
robust("ancova site", ancova, d$site[!is.na(d$mood)], c3[2:3, ])
ancova_mixed <- suppressMessages(lmer(mood ~ arm * start + day + (day | id), d, control = tight))
robust("ancova mixed", ancova_mixed, d$id[!is.na(d$mood)], c3)
nested <- suppressMessages(lmer(mood ~ arm * start + day + (1 | site/id), d, control = tight))
robust("nested", nested, d$site[!is.na(d$mood)], c3[2:3, ])

for (q in c(2, 3, 5, 10)) for (df in c(2, 5, 12.5, 60, Inf)) for (x in c(1, 2.5, 4, 6))
  add("ptukey", paste(x, q, df), ptukey(x, q, df, lower.tail = FALSE))
write.csv(out, "inference.csv", row.names = FALSE, quote = TRUE)
