source("common.R")
quantities("monitoring.R")

# Two abstractors: the formulas of Cohen 1960, Fleiss, Cohen & Everitt 1969, and Gwet 2008, written out.
table <- matrix(c(118, 5, 3, 7, 31, 4, 2, 6, 24), 3, byrow = TRUE)
put("table", t(table))
n <- sum(table); p <- table / n; q <- 3
po <- sum(diag(p)); r <- rowSums(p); c <- colSums(p); pe <- sum(r * c); kappa <- (po - pe) / (1 - pe)
first <- sum(diag(p) * (1 - (r + c) * (1 - kappa))^2)
second <- (1 - kappa)^2 * (sum(p * outer(c, r, "+")^2) - sum(diag(p) * (c + r)^2))
put("kappa", base::c(kappa, sqrt((first + second - (kappa - pe * (1 - kappa))^2) / n) / (1 - pe)))
use <- (r + c) / 2; pg <- sum(use * (1 - use)) / (q - 1)
put("ac1", (po - pg) / (1 - pg)); put("pabak", (q * po - 1) / (q - 1)); put("specific", 2 * diag(p) / (r + c))
ps <- sum(use^2); put("alpha", 1 - (1 - 1 / (2 * n)) * (1 - po) / (1 - ps))

# Run length of a CUSUM with two possible steps, +2 and -1 units, and limit 6 units: states 0 to 5, solved exactly.
up <- 0.3
move <- matrix(0, 6, 6)
for (s in 0:5) {
  down <- max(0, s - 1); move[s + 1, down + 1] <- move[s + 1, down + 1] + 1 - up
  if (s + 2 < 6) move[s + 1, s + 3] <- up
}
put("lattice_arl", solve(diag(6) - move, rep(1, 6))[1])

# Ranks: probabilities that one normal effect is lower than another, and 400,000 seeded draws.
set.seed(20240125)
mean <- c(-0.6, -0.3, -0.1, 0, 0.05, 0.4, 0.9); sd <- c(0.3, 0.1, 0.4, 0.05, 0.2, 0.2, 0.5)
put("mean", mean); put("sd", sd)
draws <- matrix(rnorm(7 * 4e5, mean, sd), 7)
ranks <- apply(draws, 2, rank)
put("rank", 1 + sapply(1:7, function(i) sum(pnorm((mean[i] - mean[-i]) / sqrt(sd[i]^2 + sd[-i]^2)))))
for (k in c(1, 2, 5)) put(sprintf("p_top_%d", k), rowMeans(ranks <= k))
