"""Tail probabilities of the rules, exact and in plain Python: small enough to be read, so that nothing is imported for them."""

from math import comb, erfc, exp, lgamma, log, log1p, pi, sqrt


def binomial_at_most(count: int, trials: int, chance: float) -> float:
    """P(X <= count) where X is binomial."""
    if not 0 <= chance <= 1 or not 0 <= count <= trials:
        raise ValueError(f"expected 0 <= count <= trials and a chance, but got {count!r}, {trials!r}, {chance!r}")
    if chance in {0.0, 1.0}:
        return float(chance == 0.0 or count == trials)
    steps = (
        exp(_log_choices(trials, each) + each * log(chance) + (trials - each) * log1p(-chance))
        for each in range(count + 1)
    )
    return min(1.0, sum(steps))


def hypergeometric_at_least(count: int, drawn: int, marked: int, total: int) -> float:
    """P(X >= count) of the marked ones among those drawn without replacement: Fisher's exact test, one-sided."""
    if not (0 <= count <= min(drawn, marked) and max(drawn, marked) <= total):
        raise ValueError(f"expected a two-by-two table, but got {count!r}, {drawn!r}, {marked!r}, {total!r}")
    everything = _log_choices(total, drawn)
    steps = (
        exp(_log_choices(marked, each) + _log_choices(total - marked, drawn - each) - everything)
        for each in range(count, min(drawn, marked) + 1)
        if drawn - each <= total - marked
    )
    return min(1.0, sum(steps))


def chi_square_above(value: float, freedom: int) -> float:
    """P(X > value) of chi-square with an odd number of degrees of freedom, which has a closed form.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 1972, 26.4.4.
    """
    if freedom < 1 or freedom % 2 == 0 or value < 0:
        raise ValueError(f"expected an odd number of degrees of freedom and 0 or more, but got {freedom!r}, {value!r}")
    term, found = sqrt(2 * value / pi) * exp(-value / 2), erfc(sqrt(value / 2))
    for each in range(1, freedom - 1, 2):
        found += term
        term *= value / (each + 2)
    return min(1.0, found)


def _log_choices(total: int, chosen: int) -> float:
    if total < 200:
        return log(comb(total, chosen))
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
