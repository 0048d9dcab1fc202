source("common.R")
quantities("intervals.R")

x <- c(0, 1, 8, 15, 46, 47, 500, 9999)
n <- c(47, 47, 119, 148, 810, 47, 1000, 10000)
level <- c(0.95, 0.998)
put("x", x); put("n", n); put("level", level)
for (l in seq_along(level)) {
  a <- 1 - level[l]
  score <- sapply(seq_along(x), function(i) prop.test(x[i], n[i], conf.level = level[l], correct = FALSE)$conf.int)
  exact <- sapply(seq_along(x), function(i) binom.test(x[i], n[i], conf.level = level[l])$conf.int)
  put(sprintf("wilson_lo_%d", l), score[1, ]); put(sprintf("wilson_hi_%d", l), score[2, ])
  put(sprintf("clopper_lo_%d", l), exact[1, ]); put(sprintf("clopper_hi_%d", l), exact[2, ])
  put(sprintf("jeffreys_lo_%d", l), ifelse(x == 0, 0, qbeta(a / 2, x + 0.5, n - x + 0.5)))
  put(sprintf("jeffreys_hi_%d", l), ifelse(x == n, 1, qbeta(1 - a / 2, x + 0.5, n - x + 0.5)))
}

o <- c(0, 1, 2, 9, 10, 24, 347, 100000)
put("o", o)
midp <- function(o, tail, upper) {
  if (!upper && o == 0) return(0)
  f <- if (upper) function(m) ppois(o - 1, m) + dpois(o, m) / 2 - tail else
    function(m) ppois(o, m, lower.tail = FALSE) + dpois(o, m) / 2 - tail
  uniroot(f, c(max(1e-12, o - 10 * sqrt(o + 1)), o + 10 * sqrt(o + 1) + 20), tol = 1e-13)$root
}
for (l in seq_along(level)) {
  a <- 1 - level[l]
  exact <- sapply(o, function(k) poisson.test(k, conf.level = level[l])$conf.int)
  put(sprintf("garwood_lo_%d", l), exact[1, ]); put(sprintf("garwood_hi_%d", l), exact[2, ])
  put(sprintf("midp_lo_%d", l), sapply(o, midp, a / 2, FALSE)); put(sprintf("midp_hi_%d", l), sapply(o, midp, a / 2, TRUE))
  z <- qnorm(1 - a / 2)
  put(sprintf("byar_lo_%d", l), ifelse(o == 0, 0, o * (1 - 1 / (9 * o) - z / (3 * sqrt(o)))^3))
  put(sprintf("byar_hi_%d", l), (o + 1) * (1 - 1 / (9 * (o + 1)) + z / (3 * sqrt(o + 1)))^3)
}

# Number of events when each of 400 cases has its own chance: one case after the other.
set.seed(20240117)
p <- rbeta(400, 0.5, 10)
pmf <- 1
for (chance in p) pmf <- c(pmf * (1 - chance), 0) + c(0, pmf * chance)
put("chance", p); put("pmf", pmf[1:60])
