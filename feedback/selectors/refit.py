"""A fit as files for R: coefficients as CSV, and a script that builds the same columns and fits both models again."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import Http404

from feedback.selectors.export import File, harmless
from feedback.selectors.fit_parts import AnyFit


COLUMNS = ("term", "name", "label", "estimate", "standard_error", "low", "high", "mixed_estimate")
HEAD = """\
# {title}
# {formula}
#
# Beside this script:
#   cases.csv         one row a case: hospital (a code), outcome (1 yes, 0 no), and
#                     {variables};
#                     empty where a value is missing; yes is 1, no is 0; codes as in the dictionary.
#   {coefficients}    what Colloquy published.
# install.packages("lme4")  # for the second model

file <- read.csv("cases.csv", colClasses = "character", na.strings = "")
number <- function(x) as.numeric(x)
filled <- function(x, fill) ifelse(is.na(x), fill, x)
# Restricted cubic spline, the k - 2 curved columns in units of the squared range of the knots (Harrell 2015, 2.4.5).
curve_of <- function(x, knots, which) {{
  k <- length(knots)
  cube <- function(at) pmax(x - at, 0)^3
  high <- cube(knots[k - 1]) * (knots[k] - knots[which]) / (knots[k] - knots[k - 1])
  highest <- cube(knots[k]) * (knots[k - 1] - knots[which]) / (knots[k] - knots[k - 1])
  (cube(knots[which]) - high + highest) / (knots[k] - knots[1])^2
}}

cases <- data.frame(outcome = number(file$outcome), hospital = factor(file$hospital))
"""
TAIL = """\

published <- read.csv("{coefficients}")
pooled <- {glm}
print(summary(pooled))
cat("Largest difference of a coefficient, pooled:",
    max(abs(unname(coef(pooled)) - published$estimate)), "\\n")
"""
MIXED = """\

mixed <- {glmer}
print(summary(mixed))
cat("Largest difference of a coefficient, with hospitals:",
    max(abs(unname(lme4::fixef(mixed)) - published$mixed_estimate)), "\\n")
cat("Standard deviation between hospitals: published {sigma}, here", sqrt(unlist(lme4::VarCorr(mixed))), "\\n")
"""


def coefficients_file(fit: AnyFit, name: str) -> File:
    """Every digit of the pooled model, and beside it the coefficients of the model with hospitals."""
    mixed: Sequence[float | str] = fit.between.get("terms") or [""] * len(fit.terms)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for term, column, other in zip(fit.terms, _columns(fit), mixed, strict=True):
        numbers = (term["coefficient"], term["se"], term["low"], term["high"], other)
        labels = (column["term"], term["name"], harmless(str(term["label"])))
        writer.writerow([*labels, *(each if each == "" else repr(float(each)) for each in numbers)])
    return File(f"{name}-coefficients.csv", out.getvalue())


def script_file(fit: AnyFit, name: str, title: str) -> File:
    """R reads it as it is; the columns are those of the design, missing answers as it fills them."""
    terms = {column["name"]: column["term"] for column in _columns(fit)}
    coefficients, variables = f"{name}-coefficients.csv", ", ".join(each["name"] for each in fit.design["columns"])
    calls = fit.details["r"]
    lines = [line for column in fit.design["columns"] for line in _design_lines(column, terms)]
    head = HEAD.format(
        title=_comment(title), formula=_comment(calls["glm"]), variables=variables, coefficients=coefficients
    )
    tail = TAIL.format(coefficients=coefficients, glm=calls["glm"])
    if fit.between:
        tail += MIXED.format(glmer=calls["glmer"], sigma=repr(float(fit.between["sigma"])))
    return File(f"{name}-refit.R", f"{head}{chr(10).join(lines)}\n{tail}")


def _columns(fit: AnyFit) -> list[Mapping[str, str]]:
    """Names in R, intercept first; fits from before they were kept have none."""
    if "r" not in fit.details:
        raise Http404("This fit is older than its export. Its coefficients are on the page.")
    found: list[Mapping[str, str]] = fit.details["r"]["columns"]
    return found


def _comment(text: str) -> str:
    return " ".join(text.split())


def _design_lines(column: Mapping[str, Any], terms: Mapping[str, str]) -> Iterator[str]:
    """One assignment for each term of the covariate that the fit kept."""
    for name, expression in _expressions(column):
        if name in terms:
            yield f"cases${terms[name]} <- {expression}"


def _expressions(column: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, raw = column["name"], f"file${column['name']}"
    if column["kind"] == "category":
        levels = ", ".join(json.dumps(level) for level in column["levels"])
        for level in column["levels"]:
            if level != column["reference"]:
                yield f"{name}={level}", f"number(!is.na({raw}) & {raw} == {json.dumps(level)})"
        yield f"{name}=other/missing", f"number(is.na({raw}) | !({raw} %in% c({levels})))"
        return
    x = f"(filled(number({raw}), {column['fill']!r}) - {column['centre']!r}) / {column['scale']!r}"
    yield name, x
    if column["kind"] == "square":
        yield f"{name}^2", f"({x})^2"
    knots = [(knot - column["centre"]) / column["scale"] for knot in column["knots"]]
    for curve in range(1, len(knots) - 1):
        listed = ", ".join(repr(knot) for knot in knots)
        yield name + "'" * curve, f"curve_of({x}, c({listed}), {curve})"
    yield f"{name}=missing", f"number(is.na({raw}))"
