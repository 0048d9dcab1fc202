suppressPackageStartupMessages(library(lme4))
source("common.R")
quantities("providers.R", "lme4")

set.seed(20240124)
H <- 9
n <- c(60, 15, 200, 90, 41, 10, 130, 75, 55)
group <- rep(seq_len(H), n)
x <- round(rnorm(sum(n)), 2); urgent <- rbinom(sum(n), 1, 0.4)
gamma <- rnorm(H, -1, 0.6)
y <- rbinom(sum(n), 1, plogis(gamma[group] + 0.5 * x + 0.4 * urgent))
put("fixed_group", group - 1); put("fixed_x", x); put("fixed_urgent", urgent); put("fixed_y", y)
fit <- glm(y ~ 0 + factor(group) + x + urgent, binomial, control = glm.control(epsilon = 1e-14, maxit = 50))
g <- coef(fit)[1:H]; b <- coef(fit)[-(1:H)]
put("fixed_gamma", g); put("fixed_se_gamma", sqrt(diag(vcov(fit)))[1:H]); put("fixed_beta", b); put("fixed_cov_beta", vcov(fit)[-(1:H), -(1:H)])
xb <- drop(cbind(x, urgent) %*% b)
for (null in c("median", "mean")) {
  g0 <- if (null == "median") median(g) else sum(n * g) / sum(n)
  p <- plogis(g0 + xb)
  O <- tapply(y, group, sum); E <- tapply(p, group, sum); V <- tapply(p * (1 - p), group, sum)
  mid <- sapply(seq_len(H), function(i) {
    pmf <- 1
    for (chance in p[group == i]) pmf <- c(pmf * (1 - chance), 0) + c(0, pmf * chance)
    k <- seq_along(pmf) - 1
    min(1, 2 * min(sum(pmf[k > O[i]]) + pmf[O[i] + 1] / 2, sum(pmf[k < O[i]]) + pmf[O[i] + 1] / 2))
  })
  put(paste0("fixed_null_", null), g0); put(paste0("fixed_E_", null), E); put(paste0("fixed_z_", null), (O - E) / sqrt(V)); put(paste0("fixed_p_", null), mid)
}
put("fixed_direct", sapply(g, function(each) sum(plogis(each + xb))) / sum(y))

days <- data.frame(group = sample(12, 500, TRUE, prob = rgamma(12, 2)), age = round(rnorm(500, 65, 10), 1), urgent = rbinom(500, 1, 0.4))
days$y <- round(1.5 + 0.01 * days$age + 0.2 * days$urgent + rnorm(12, 0, 0.15)[days$group] + rnorm(500, 0, 0.5), 3)
put("days_group", days$group - 1); put("days_age", days$age); put("days_urgent", days$urgent); put("days_y", days$y)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE)
for (reml in c(TRUE, FALSE)) {
  model <- lmer(y ~ age + urgent + (1 | group), days, REML = reml, control = tight)
  name <- if (reml) "reml" else "ml"; r <- ranef(model, condVar = TRUE)$group
  put(paste0(name, "_sigmas"), c(sqrt(VarCorr(model)$group[1]), sigma(model))); put(paste0(name, "_beta"), fixef(model))
  put(paste0(name, "_cov"), as.matrix(vcov(model))); put(paste0(name, "_u"), r[, 1]); put(paste0(name, "_cond_sd"), sqrt(attr(r, "postVar")[1, 1, ]))
  put(paste0(name, "_criterion"), if (reml) REMLcrit(model) else -2 * logLik(model))
}
