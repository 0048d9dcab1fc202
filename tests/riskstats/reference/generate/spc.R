source("common.R")
quantities("spc.R")

# Every line from its textbook formula, written out; no chart package is used.
set.seed(20240122)
k <- 24
y <- round(rnorm(k, 50, 6), 1); y[18] <- 90
put("y", y)
mr <- abs(diff(y)); mbar <- mean(mr); screened <- mean(mr[mr <= 3.267 * mbar])
put("xmr", c(mean(y), mean(y) - 2.66 * mbar, mean(y) + 2.66 * mbar, mean(y) - 2.66 * screened, mean(y) + 2.66 * screened))
put("xmr_first_12", c(mean(y[1:12]), mean(y[1:12]) + 2.66 * mean(mr[1:11])))
put("mr", c(mbar, 3.267 * mbar))

n <- round(runif(k, 60, 220)); events <- rbinom(k, n, plogis(rnorm(k, -2, 0.5)))
put("n", n); put("events", events)
pbar <- sum(events) / sum(n); sd <- sqrt(pbar * (1 - pbar) / n); ubar <- pbar; su <- sqrt(ubar / n); rate <- events / n
put("p_lcl", pmax(0, pbar - 3 * sd)); put("p_ucl", pbar + 3 * sd); put("p_ucl2", pbar + 2 * sd)
put("u_lcl", pmax(0, ubar - 3 * su)); put("u_ucl", ubar + 3 * su)
sigma <- function(z) mean(abs(diff(z))) / 1.128
put("p_prime_lcl", pmax(0, pbar - 3 * sd * sigma((rate - pbar) / sd))); put("p_prime_ucl", pbar + 3 * sd * sigma((rate - pbar) / sd))
put("u_prime_lcl", pmax(0, ubar - 3 * su * sigma((rate - ubar) / su))); put("u_prime_ucl", ubar + 3 * su * sigma((rate - ubar) / su))
s <- sqrt(pi / 2) * abs(diff(rate)) / sqrt(1 / n[-1] + 1 / n[-k])
put("i_prime_lcl", pbar - 3 * mean(s) / sqrt(n)); put("i_prime_ucl", pbar + 3 * mean(s) / sqrt(n))
put("c", c(mean(events), mean(events) - 3 * sqrt(mean(events)), mean(events) + 3 * sqrt(mean(events))))

size <- sample(4:9, k, TRUE)
groups <- lapply(size, function(m) rnorm(m, 20, 3))
means <- sapply(groups, mean); sds <- sapply(groups, sd)
put("size", size); put("means", means); put("sds", sds)
c4 <- sqrt(2 / (size - 1)) * gamma(size / 2) / gamma((size - 1) / 2)
sbar <- sqrt(sum((size - 1) * sds^2) / sum(size - 1)); centre <- sum(size * means) / sum(size)
put("xbar_cl", centre); put("xbar_lcl", centre - 3 * sbar / (c4 * sqrt(size))); put("xbar_ucl", centre + 3 * sbar / (c4 * sqrt(size)))
put("s_cl", sbar); put("s_lcl", pmax(0, 1 - 3 * sqrt(1 - c4^2) / c4) * sbar); put("s_ucl", (1 + 3 * sqrt(1 - c4^2) / c4) * sbar)

gap <- rgeom(k, 0.03); time <- round(rexp(k, 1 / 40), 1) + 0.1
put("gap", gap); put("time", time)
put("g", c(median(gap), max(0, mean(gap) - 3 * sqrt(mean(gap) * (mean(gap) + 1))), mean(gap) + 3 * sqrt(mean(gap) * (mean(gap) + 1))))
w <- time^(1 / 3.6)
put("t", c(mean(w), pmax(0, mean(w) - 2.66 * mean(abs(diff(w)))), mean(w) + 2.66 * mean(abs(diff(w))))^3.6)

useful <- 10:100
put("longest_max", round(log2(useful)) + 3); put("crossings_min", qbinom(0.05, useful - 1, 0.5))
