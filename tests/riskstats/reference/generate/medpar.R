# The random-intercept model of the Medicare stays (R package COUNT), for tests/feedback/test_medpar_release.py.
# Rscript medpar.R path/to/medpar.csv
suppressMessages(library(lme4))
stays <- read.csv(commandArgs(TRUE)[1])
stays$type <- factor(stays$type)
fit <- glmer(died ~ age80 + type + white + hmo + (1 | provnum), data = stays, family = binomial, nAGQ = 1,
             control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
options(digits = 10)
print(fixef(fit))
print(attr(VarCorr(fit)$provnum, "stddev"))
print(-2 * as.numeric(logLik(fit)))
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "\n")
