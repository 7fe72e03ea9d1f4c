# strucchange on the sampled series of a scan: seconds of each dyad's work alone, dates, p-values.
#   Rscript strucchange_scan.R FOLDER/sample.csv MIN_LEVEL OUT.csv
# Columns of OUT: dyad, what, wall, cpu, draws, p, breaks (first periods of new levels from 0, joined by ;).
#   test    Fstats and the supF test with its asymptotic p-value
#   dates   breakpoints with levels as short as strucchange allows (two periods), the number by BIC, and confint
#   orders  Fstats of a few orders of the series, for the time of one
suppressPackageStartupMessages(library(strucchange))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1], check.names = FALSE)
least <- as.integer(arguments[2])
orders <- 5
most_breaks <- 10
n <- nrow(data)

timed <- function(work) {
  time <- system.time(result <- work(), gcFirst = FALSE)
  list(result = result, wall = time[["elapsed"]], cpu = time[["user.self"]] + time[["sys.self"]])
}
rows <- list()
add <- function(dyad, what, run, draws = 0, p = NA, breaks = integer(0)) {
  rows[[length(rows) + 1]] <<- data.frame(
    dyad = dyad, what = what, wall = run$wall, cpu = run$cpu, draws = draws, p = p,
    breaks = paste(breaks, collapse = ";")
  )
}
set.seed(1)
for (dyad in names(data)) {
  series <- data.frame(y = data[[dyad]])
  run <- timed(function() sctest(Fstats(y ~ 1, data = series, from = least), type = "supF"))
  add(dyad, "test", run, p = run$result$p.value)
  run <- timed(function() {
    fit <- breakpoints(y ~ 1, data = series, h = 2, breaks = most_breaks)
    dates <- fit$breakpoints
    # Where levels are a few periods long or don't vary, it warns or stops for want of an interval.
    if (!all(is.na(dates))) suppressWarnings(try(confint(fit), silent = TRUE))
    dates
  })
  # R's break is the last period of the old level, from 1: the first of the new one, from 0.
  dates <- run$result
  add(dyad, "dates", run, breaks = dates[!is.na(dates)])
  moved <- lapply(seq_len(orders), function(i) data.frame(y = sample(series$y)))
  run <- timed(function() for (one in moved) sctest(Fstats(y ~ 1, data = one, from = least), type = "supF"))
  add(dyad, "orders", run, draws = orders)
}
write.csv(do.call(rbind, rows), arguments[3], row.names = FALSE)
cat("strucchange", format(packageVersion("strucchange")), "on", R.version.string, "\n")
