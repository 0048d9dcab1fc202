source("common.R")
quantities("observed.R")

set.seed(20240119)
group <- sample(rep(0:5, c(3, 20, 60, 90, 120, 207)))
p <- round(rbeta(500, 1, 9), 3)
y <- rbinom(500, 1, pmin(1, p * ifelse(group == 4, 2, 1)))
put("y", y); put("p", p); put("group", group)

O <- tapply(y, group, sum); E <- tapply(p, group, sum); V <- tapply(p * (1 - p), group, sum)
limits <- sapply(seq_along(O), function(i) poisson.test(O[i])$conf.int / E[i])
mid <- function(i) {
  pmf <- 1
  for (chance in p[group == i - 1]) pmf <- c(pmf * (1 - chance), 0) + c(0, pmf * chance)
  k <- seq_along(pmf) - 1
  min(1, 2 * min(sum(pmf[k > O[i]]) + pmf[O[i] + 1] / 2, sum(pmf[k < O[i]]) + pmf[O[i] + 1] / 2))
}
put("n", table(group)); put("O", O); put("E", E); put("V", V); put("z", (O - E) / sqrt(V))
put("lo", limits[1, ]); put("hi", limits[2, ]); put("p_mid", sapply(seq_along(O), mid))
