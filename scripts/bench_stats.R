# Fits one simulated collaborative with lme4; called by bench_stats.py with folder, cases, columns, quadrature points.
suppressPackageStartupMessages(library(lme4))
args <- commandArgs(TRUE)
folder <- args[1]; n <- as.integer(args[2]); p <- as.integer(args[3]); k <- as.integer(args[4])
read <- function(name, count) readBin(file.path(folder, name), "double", count, endian = "little")
cases <- as.data.frame(matrix(read("X", n * p), n, byrow = TRUE))
cases$y <- read("y", n); cases$group <- factor(read("group", n))
formula <- reformulate(c(names(cases)[seq_len(p)], "(1 | group)"), "y")
seconds <- system.time(fit <- glmer(formula, cases, binomial, nAGQ = k, control = glmerControl("bobyqa", calc.derivs = FALSE)))[["elapsed"]]
# lme4 stops a little early; a second start from there, which is not timed, gives its optimum to compare with.
tight <- if (k == 1) {
  glmerControl("nloptwrap", tolPwrss = 1e-12, optCtrl = list(xtol_abs = 1e-9, ftol_abs = 1e-10, maxeval = 20000), calc.derivs = FALSE)
} else {
  glmerControl("bobyqa", tolPwrss = 1e-10, optCtrl = list(rhobeg = 1e-3, rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
}
fit <- update(fit, control = tight, start = getME(fit, c("theta", "fixef")))
memory <- sum(gc()[, 6])
cat(sprintf("%s,%.17g\n", c("seconds", "mb", "sigma", "minus2loglik"), c(seconds, memory, sqrt(VarCorr(fit)$group[1]), -2 * logLik(fit))), sep = "")
cat(sprintf("beta,%.17g\n", fixef(fit)), sep = "")
cat(sprintf("u,%.17g\n", ranef(fit)$group[, 1]), sep = "")
cat(sprintf("version,%s\n", packageVersion("lme4")))
