# Rscript psychometrics.R: what evaluators use today, on data of the shapes of bench_psychometrics. Prints
# "name seconds" lines; medians of five. A package that is not installed is skipped with a word.
seconds <- function(work) median(replicate(5, system.time(work())[["elapsed"]]))
run <- function(package, name, work) {
  if (!suppressPackageStartupMessages(require(package, character.only = TRUE, quietly = TRUE))) {
    cat(name, "skipped:", package, "is not installed\n")
  } else {
    cat(name, seconds(function() suppressWarnings(suppressMessages(work()))), "\n")
  }
}
set.seed(1)
level <- rnorm(2800)
items <- sapply(1:5, function(i) round(pmin(6, pmax(1, 3.5 + .8 * level + rnorm(2800)))))
colnames(items) <- paste0("q", 1:5)
run("psych", "alpha", function() alpha(items))
run("psych", "omega", function() omega(items, 3, plot = FALSE))
run("lavaan", "one_factor", function() cfa("f =~ q1 + q2 + q3 + q4 + q5", as.data.frame(items), std.lv = TRUE))
theta <- rnorm(100)
answers <- sapply(seq(-2, 2, length.out = 30), function(b) rbinom(100, 1, plogis(theta - b)))
run("eRm", "rasch_100_30", function() RM(answers))
arm <- rep(0:1, length.out = 217)
scc <- rnorm(217, 0, .7)
growth_data <- sapply(0:8, function(week) 4.6 + .3 * scc + .05 * week + .05 * scc * week)
growth_data <- growth_data + rnorm(217, 0, .8) + outer(rnorm(217, 0, .07), 0:8) + rnorm(217 * 9, 0, .6)
growth_data[runif(217 * 9) < .2] <- NA
colnames(growth_data) <- paste0("t", 0:8)
growth_data <- data.frame(growth_data, arm, scc, both = arm * scc)
model <- paste("i =~", paste0("1*t", 0:8, collapse = " + "), "\n s =~", paste0(0:8, "*t", 0:8, collapse = " + "),
               "\n i ~ arm + scc + both \n s ~ arm + scc + both \n i ~~ s \n", paste0("t", 0:8, " ~~ e*t", 0:8, collapse = "\n"))
run("lavaan", "growth", function() growth(model, growth_data, missing = "ml"))
