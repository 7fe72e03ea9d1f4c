# R's side of one case: reads the case's CSV, times the work alone, prints one line of JSON.
#   Rscript peers.R ENGINE CASE DATA.csv
arguments <- commandArgs(TRUE)
engine <- arguments[1]
case <- arguments[2]
data <- read.csv(arguments[3])

timed <- function(work, at_least = 3, budget = 2, most = 30) {
  times <- c()
  repeat {
    gc(FALSE)
    times <- c(times, system.time(result <- work(), gcFirst = FALSE)[["elapsed"]])
    long <- sum(times) > budget
    if ((long && (length(times) >= at_least || times[1] > budget)) || length(times) >= most) break
  }
  # The clock ticks in milliseconds: what is below that is timed in bulk.
  if (median(times) < 0.02) {
    times <- system.time(for (i in 1:50) result <- work(), gcFirst = FALSE)[["elapsed"]] / 50
    return(list(result = result, seconds = times, n = 50))
  }
  list(result = result, seconds = median(times), n = length(times))
}
numbers <- function(values) paste0("[", paste(format(values, digits = 17, trim = TRUE), collapse = ","), "]")
say <- function(run, answer) {
  cat(sprintf('{"seconds": %.9g, "repetitions": %d, "answer": {%s}}\n', run$seconds, as.integer(run$n), answer))
}

work <- strsplit(case, "-")[[1]][1]
model <- if (ncol(data) == 1) y ~ 1 else reformulate(setdiff(names(data), "y"), "y")
if (work == "breakpoints") {
  suppressPackageStartupMessages(library(strucchange))
  run <- timed(function() breakpoints(model, data = data, h = 0.15, breaks = 5))
  table <- summary(run$result)$RSS
  dates <- breakpoints(run$result)$breakpoints
  dates <- if (length(dates) == 1 && is.na(dates)) c() else dates
  say(run, sprintf('"breaks": %s, "rss": %s, "bic": %s', numbers(dates),
                   numbers(unname(table["RSS", ])), numbers(unname(table["BIC", ]))))
} else if (work == "neweywest") {
  suppressPackageStartupMessages(library(sandwich))
  run <- timed(function() {
    fit <- lm(model, data = data)
    list(coef(fit), NeweyWest(fit, lag = 12, prewhite = FALSE, adjust = TRUE))
  })
  say(run, sprintf('"coefficients": %s, "se": %s', numbers(unname(run$result[[1]])),
                   numbers(unname(sqrt(diag(run$result[[2]]))))))
} else if (work == "negbin") {
  suppressPackageStartupMessages(library(MASS))
  run <- timed(function() glm.nb(model, data = data))
  say(run, sprintf('"coefficients": %s, "theta": %s, "loglik": %s', numbers(unname(coef(run$result))),
                   format(run$result$theta, digits = 17), format(as.numeric(logLik(run$result)), digits = 17)))
} else {
  stop("no such case: ", case)
}
