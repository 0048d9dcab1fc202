"""Hands a fit to R: the formula and the coefficients, so that a statistician can repeat it there."""

import csv
import dataclasses
import io
import re
from collections.abc import Sequence

from riskstats.providers.random_intercept import RandomInterceptFit
from riskstats.riskmodel.logistic import LogisticFit


@dataclasses.dataclass(frozen=True)
class ForR:
    """What it takes to repeat a fit in R.

    Attributes
    ----------
    call : str
        A call of ``glm`` or ``lme4::glmer``.
    coefficients : str
        CSV text with columns ``term``, ``name``, ``estimate``, ``standard_error``; numbers keep every digit.
    warnings : tuple of str
        Columns that the fit left out.
    """

    call: str
    coefficients: str
    warnings: tuple[str, ...] = ()


def for_r(
    fit: LogisticFit | RandomInterceptFit,
    *,
    outcome: str = "y",
    hospital: str = "hospital",
    data: str = "cases",
    trials: str | None = None,
    offset: str | None = None,
) -> ForR:
    """Write the call and the coefficients of a fit.

    Parameters
    ----------
    fit : LogisticFit or RandomInterceptFit
        Fit with names of its columns.
    outcome, hospital, data : str
        Names in R of the outcome, the hospital and the data frame. The frame holds the design matrix, its columns
        renamed as in ``coefficients``.
    trials, offset : str, optional
        Names in R of trials and offset, if the fit had them.

    Returns
    -------
    ForR
        Call and CSV text.

    Raises
    ------
    ValueError
        A name that R would not read.

    Examples
    --------
    >>> from riskstats.riskmodel import fit_logistic
    >>> text = for_r(fit_logistic([[0], [1]], [10, 30], m=[100, 100], names=["type=2"]), outcome="died", trials="n")
    >>> print(text.call)
    glm(cbind(died, n - died) ~ type.2, family = binomial, data = cases)
    >>> print(text.coefficients.splitlines()[0])
    term,name,estimate,standard_error
    """
    for name in filter(None, (outcome, hospital, data, trials, offset)):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._]*", name):
            raise ValueError(f"expected a name that R reads, but got {name!r}")
    terms = _terms(fit.names)
    kept = [term for place, term in enumerate(terms) if place not in fit.dropped]
    left = outcome if trials is None else f"cbind({outcome}, {trials} - {outcome})"
    right = [*kept, *([f"offset({offset})"] if offset else [])]
    if isinstance(fit, LogisticFit):
        estimates = fit.coef
        call = f"glm({left} ~ {' + '.join(right) or '1'}, family = binomial, data = {data})"
    else:
        estimates = fit.beta
        right.append(f"(1 | {hospital})")
        call = f"lme4::glmer({left} ~ {' + '.join(right)}, family = binomial, data = {data}, nAGQ = {fit.n_quad})"
    rows = zip(("(Intercept)", *terms), ("", *fit.names), estimates, fit.se, strict=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["term", "name", "estimate", "standard_error"])
    writer.writerows(
        [term, name, repr(float(estimate)), repr(float(se))]
        for place, (term, name, estimate, se) in enumerate(rows)
        if place - 1 not in fit.dropped
    )
    notes = tuple(f"{fit.names[place]} was left out" for place in fit.dropped)
    return ForR(call, text.getvalue(), notes)


def _terms(names: Sequence[str]) -> list[str]:
    """Give back names that R reads, each once."""
    terms: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9]+", ".", name).strip(".") or "x"
        plain = plain if plain[0].isalpha() else f"x{plain}"
        term, times = plain, 1
        while term in terms:
            times += 1
            term = f"{plain}.{times}"
        terms.append(term)
    return terms
