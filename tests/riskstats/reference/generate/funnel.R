source("common.R")
quantities("funnel.R")

n <- c(1, 2, 10, 47, 143, 581, 5000, 1000000)
target <- c(0.02, 0.11961, 0.5, 0.97)
tail <- c(0.001, 0.025)
put("n", n); put("target", target); put("tail", tail)
limit <- function(p, n, t) {
  r <- qbinom(p, n, t)
  r - (pbinom(r, n, t) - p) / dbinom(r, n, t)
}
for (i in seq_along(target)) for (j in seq_along(tail)) {
  put(sprintf("binomial_lo_%d_%d", i, j), pmax(0, limit(tail[j], n, target[i]) / n))
  put(sprintf("binomial_hi_%d_%d", i, j), pmin(1, (limit(1 - tail[j], n, target[i]) + 1) / n))
}
e <- c(0.1, 1, 5.5, 20, 300)
put("e", e)
for (j in seq_along(tail)) {
  put(sprintf("poisson_lo_%d", j), qchisq(tail[j], 2 * e) / (2 * e))
  put(sprintf("poisson_hi_%d", j), qchisq(1 - tail[j], 2 * (e + 1)) / (2 * e))
}

# The formula of the UK Health Security Agency's technical guidance, as the root of its quadratic.
for (i in seq_along(target)) {
  z2 <- qnorm(0.999)^2; t <- target[i]; size <- n[3:7]
  a <- 1 / z2 + 1 / size; b <- -2 * t * (size / z2 + 1); free <- size * (t * (t * (size / z2 + 2) - 1)) + z2 * t * (t - 1)
  root <- sqrt(pmax(0, b^2 - 4 * a * free))
  put(sprintf("fingertips_lo_%d", i), (-b - root) / (2 * a) / size); put(sprintf("fingertips_hi_%d", i), (-b + root) / (2 * a) / size)
}

set.seed(20240120)
I <- 25
den <- round(runif(I, 20, 400)); spread <- exp(rnorm(I, 0, 0.3))
num <- rpois(I, den * spread); cases <- rbinom(I, den, plogis(-1.5 + rnorm(I, 0, 0.4)))
put("den", den); put("num", num); put("cases", cases)
dispersion <- function(name, Y, goal, s, truncate) {
  z <- (Y - goal) / s
  put(paste0(name, "_z"), z)
  if (truncate) {
    group <- floor(rank(z) * 10 / (I + 1)); keep <- group > 0 & group < 9
    z <- z[keep]; s <- s[keep]
  } else {
    q <- quantile(z, c(0.1, 0.9), type = 7); z <- pmax(q[1], pmin(q[2], z))
  }
  k <- length(z); phi <- mean(z^2); w <- 1 / s^2
  put(paste0(name, "_phi"), phi); put(paste0(name, "_tau2"), max(0, (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w))))
}
for (truncate in c(FALSE, TRUE)) {
  way <- if (truncate) "truncate" else "winsorise"
  dispersion(paste0("oe_sqrt_", way), sqrt(num / den), 1, 1 / (2 * sqrt(den)), truncate)
  dispersion(paste0("oe_log_", way), log(num / den), 0, 1 / sqrt(den), truncate)
  dispersion(paste0("proportion_arcsine_", way), asin(sqrt(cases / den)), asin(sqrt(sum(cases) / sum(den))), 1 / (2 * sqrt(den)), truncate)
  dispersion(paste0("ratio_of_counts_log_", way), log((num + 0.5) / (den + 0.5)), log(sum(num) / sum(den)),
    sqrt(num / (num + 0.5)^2 + den / (den + 0.5)^2), truncate)
}
