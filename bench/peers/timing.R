# Sourced by the peers' scripts. Every script takes, after its data, the seconds after which a task is not repeated
# any more (below 20: a quick run), and prints a line "name seconds" for each task.

# The median of up to five runs.
seconds <- function(work, limit) {
  times <- c()
  while (length(times) == 0 || (length(times) < 5 && sum(times) < limit)) {
    times <- c(times, system.time(suppressWarnings(suppressMessages(work())))[["elapsed"]])
  }
  median(times)
}

# `times`: how many such pieces of work the task consists of; fewer than 1 where `work` does the task several times.
# `slow`: left out of a quick run.
measure <- function(packages, name, limit, work, times = 1, slow = FALSE) {
  missing <- Filter(function(package) !requireNamespace(package, quietly = TRUE), packages)
  if (length(missing) > 0) {
    cat(name, "no", missing, "\n")
  } else if (slow && limit < 20) {
    cat(name, "slow\n")
  } else {
    cat(name, times * seconds(work, limit), "\n")
  }
}
