suppressPackageStartupMessages(library(lme4))
source("common.R")
quantities("random_intercept.R", "lme4")

tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhobeg = 1e-3, rhoend = 1e-10, maxfun = 1e5),
  check.conv.grad = "ignore", check.conv.hess = "ignore", calc.derivs = FALSE)
fit <- function(name, formula, data, quadratures) {
  for (k in quadratures) {
    first <- glmer(formula, data, binomial, nAGQ = k, control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, calc.derivs = FALSE))
    model <- update(first, control = tight, start = getME(first, c("theta", "fixef")))
    r <- ranef(model, condVar = TRUE)$group
    put(sprintf("%s_%d", name, k), c(sqrt(VarCorr(model)$group[1]), -2 * logLik(model)))
    put(sprintf("%s_%d_beta", name, k), fixef(model))
    put(sprintf("%s_%d_cov", name, k), as.matrix(vcov(model, use.hessian = FALSE)))
    put(sprintf("%s_%d_u", name, k), r[, 1])
    if (k == 1) put(sprintf("%s_%d_cond_sd", name, k), sqrt(attr(r, "postVar")[1, 1, ]))
  }
}

set.seed(20240123)
H <- 15; n <- 1200
group <- sample(H, n, TRUE, prob = rgamma(H, 2))
cases <- data.frame(group = group, age = round(rnorm(n), 2), urgent = rbinom(n, 1, 0.3), asa = sample(1:3, n, TRUE), offset = round(rnorm(n, 0, 0.4), 2))
cases$y <- rbinom(n, 1, plogis(-2 + 0.5 * cases$age + 0.6 * cases$urgent + 0.4 * (cases$asa == 3) + cases$offset + rnorm(H, 0, 0.6)[group]))
cases$high <- as.numeric(cases$asa == 3)
for (name in c("group", "age", "urgent", "high", "offset", "y")) put(paste0("cases_", name), if (name == "group") cases$group - 1 else cases[[name]])
fit("cases", y ~ age + urgent + high + (1 | group), cases, c(1, 7))
fit("offset", y ~ age + offset(offset) + (1 | group), cases, c(1, 7))

herds <- data.frame(group = rep(1:12, each = 4), period = rep(0:3, 12), m = sample(1:30, 48, TRUE))
herds$y <- rbinom(48, herds$m, plogis(-1.4 - 0.3 * herds$period + rnorm(12, 0, 0.8)[herds$group]))
for (name in c("group", "period", "m", "y")) put(paste0("herds_", name), if (name == "group") herds$group - 1 else herds[[name]])
fit("herds", cbind(y, m - y) ~ period + (1 | group), herds, c(1, 9, 25))

# Groups of one to five rows, some without or with only events.
tiny <- data.frame(group = rep(1:60, times = sample(1:5, 60, TRUE)))
tiny$x <- round(rnorm(nrow(tiny)), 2)
tiny$y <- rbinom(nrow(tiny), 1, plogis(0.2 + 0.7 * tiny$x + rnorm(60, 0, 1.3)[tiny$group]))
for (name in c("group", "x", "y")) put(paste0("tiny_", name), if (name == "group") tiny$group - 1 else tiny[[name]])
fit("tiny", y ~ x + (1 | group), tiny, c(1, 7, 25))
