source("common.R")
quantities("profiling.R")

set.seed(20240121)
H <- 30
n <- c(0, 1, round(runif(H - 2, 10, 400)))
x <- rbinom(H, n, rbeta(H, 4, 30))
put("x", x); put("n", n)
loss <- function(t) { a <- exp(t[1]); b <- exp(t[2]); -sum(lbeta(x + a, n - x + b) - lbeta(a, b)) }
fit <- optim(c(1, 3), loss, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000))
fit <- optim(fit$par, loss, method = "BFGS", control = list(reltol = 1e-16))
put("beta_binomial", exp(fit$par))

p <- c(runif(20), runif(5) / 1000, 0.02, 0.02, 1)
put("p", p)
for (method in c("BH", "BY", "holm")) put(paste0("p_", method), p.adjust(p, method))
