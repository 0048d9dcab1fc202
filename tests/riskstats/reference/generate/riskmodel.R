source("common.R")
quantities("riskmodel.R")

set.seed(20240118)
n <- 600
age <- round(rnorm(n, 65, 12), 1)
white <- rbinom(n, 1, 0.8)
type <- sample(1:3, n, TRUE, c(0.6, 0.25, 0.15))
offset <- rnorm(n, 0, 0.3)
trials <- sample(1:4, n, TRUE)
eta <- -2.2 + 0.03 * (age - 65) + 0.3 * white + 0.4 * (type == 2) + 0.8 * (type == 3) + offset
y <- rbinom(n, 1, plogis(eta))
events <- rbinom(n, trials, plogis(eta))
for (name in c("age", "white", "type", "offset", "trials", "y", "events")) put(name, get(name))

tight <- glm.control(epsilon = 1e-14, maxit = 50)
write_fit <- function(name, fit) {
  put(paste0(name, "_coef"), coef(fit)); put(paste0(name, "_cov"), vcov(fit))
}
kind <- factor(type)
plain <- glm(y ~ age + kind + white, binomial, control = tight)
write_fit("plain", plain); put("plain_loglik", logLik(plain))
write_fit("offset", glm(y ~ age + kind + white, binomial, offset = offset, control = tight))
write_fit("grouped", glm(cbind(events, trials - events) ~ age + kind + white, binomial, control = tight))
write_fit("square", glm(y ~ I((age - 65) / 10) + I(((age - 65) / 10)^2), binomial, control = tight))

# Restricted cubic spline by Harrell's formula (2.25), normalised by the squared range of the knots.
knots <- c(50, 60, 70, 80)
cubed <- function(u) pmax(u, 0)^3
curve <- function(j) (cubed(age - knots[j]) - cubed(age - knots[3]) * (knots[4] - knots[j]) / (knots[4] - knots[3]) +
  cubed(age - knots[4]) * (knots[3] - knots[j]) / (knots[4] - knots[3])) / (knots[4] - knots[1])^2
put("spline_1", curve(1)); put("spline_2", curve(2))
write_fit("spline", glm(y ~ age + curve(1) + curve(2), binomial, control = tight))

# Quality of a model that is a little wrong.
p <- round(plogis(0.2 + 0.8 * predict(plain)), 3)
put("p", p)
logit <- qlogis(p)
put("cil", coef(glm(y ~ 1, binomial, offset = logit, control = tight)))
write_fit("recalibrated", glm(y ~ logit, binomial, control = tight))
put("brier", mean((y - p)^2)); put("scaled_brier", 1 - mean((y - p)^2) / (mean(y) * (1 - mean(y))))
pairs <- outer(p[y == 1], p[y == 0], function(a, b) (a > b) + 0.5 * (a == b))
area <- mean(pairs)
se <- sqrt(var(rowMeans(pairs)) / sum(y) + var(colMeans(pairs)) / sum(1 - y))
put("c", c(area, area - qnorm(0.975) * se, area + qnorm(0.975) * se))
group <- cut(p, unique(quantile(p, seq(0, 1, 0.1))), include.lowest = TRUE)
observed <- tapply(y, group, sum); expected <- tapply(p, group, sum); size <- tapply(p, group, length)
put("decile_n", size); put("decile_observed", observed); put("decile_expected", expected)
chi2 <- sum((observed - expected)^2 / expected + (observed - expected)^2 / (size - expected))
put("hl", c(chi2, length(size) - 2, pchisq(chi2, length(size) - 2, lower.tail = FALSE)))
