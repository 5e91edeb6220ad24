# Reference values for the growth model with holes: Rscript growth.R writes growth_data.csv and growth_values.csv
# beside it (R 4.2.2, lavaan 0.6-14).
suppressPackageStartupMessages(library(lavaan))
set.seed(20261124)
people <- 80
x <- round(rnorm(people), 3)
arm <- rep(0:1, people / 2)
level <- 3 + .4 * x + rnorm(people, 0, .8)
slope <- .1 + .15 * arm + rnorm(people, 0, .15)
times <- c(0, 1, 2, 4, 6)
y <- sapply(seq_along(times), function(t) round(level + slope * times[t] + rnorm(people, 0, .5 + .05 * t), 3))
y[cbind(sample(people, 60), sample(2:5, 60, TRUE))] <- NA
y[y[, 4] > 5 & !is.na(y[, 4]), 5] <- NA
colnames(y) <- paste0("t", 0:4)
data <- data.frame(y, x, arm)
write.csv(data, "growth_data.csv", row.names = FALSE)
growth_part <- "i =~ 1*t0 + 1*t1 + 1*t2 + 1*t3 + 1*t4
                s =~ 0*t0 + 1*t1 + 2*t2 + 4*t3 + 6*t4
                i ~ x + arm
                s ~ x + arm
                i ~~ s"
equal <- paste(growth_part, paste0("t", 0:4, " ~~ e*t", 0:4, collapse = "\n"), sep = "\n")
rows <- list()
for (name in c("equal", "free")) {
  fit <- growth(if (name == "equal") equal else growth_part, data, missing = "ml")
  table <- parameterEstimates(fit)
  table <- table[table$op != "=~" & !(table$lhs %in% c("x", "arm")) & table$se > 0, ]
  term <- ifelse(table$op == "~1", paste0(table$lhs, "~1"), paste0(table$lhs, table$op, table$rhs))
  measures <- fitMeasures(fit, c("logl", "chisq", "df"))
  rows[[name]] <- data.frame(model = name, term = c(term, names(measures)),
                             estimate = format(c(table$est, measures), digits = 12),
                             se = format(c(table$se, 0, 0, 0), digits = 12))
}
write.csv(do.call(rbind, rows), "growth_values.csv", row.names = FALSE, quote = FALSE)
