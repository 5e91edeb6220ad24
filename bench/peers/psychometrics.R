# Rscript psychometrics.R FOLDER LIMIT: questionnaires and growth with holes, on the data that made_data wrote into
# FOLDER.
arguments <- commandArgs(TRUE)
limit <- as.numeric(arguments[2])
source("timing.R")
read <- function(name) read.csv(file.path(arguments[1], name))
items <- read("likert.csv")
answers <- read("right_or_wrong.csv")
people <- read("growth.csv")

measure("psych", "alpha", limit, function() psych::alpha(items))
measure("psych", "omega", limit, function() psych::omega(items, 3, plot = FALSE))
measure("lavaan", "one_factor", limit, function()
  lavaan::cfa("f =~ q1 + q2 + q3 + q4 + q5", items, std.lv = TRUE))
measure("eRm", "rasch", limit, function() eRm::RM(answers))

weeks <- paste0("t", 1:9)
model <- paste("level =~", paste0("1*", weeks, collapse = " + "), "\n",
               "slope =~", paste0(0:8, "*", weeks, collapse = " + "), "\n",
               "level ~ arm + scc + both \n slope ~ arm + scc + both \n level ~~ slope \n",
               paste0(weeks, " ~~ same*", weeks, collapse = "\n"))
measure("lavaan", "growth", limit, function() lavaan::growth(model, people, missing = "ml"))
