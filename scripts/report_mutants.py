# ruff: noqa: INP001 - a script, not a package
"""Writes docs/methods/mutants.md from what mutmut left in mutants/: counts by module, and every survivor with why it survives.

Usage: python scripts/report_mutants.py [--ran-in FOLDER] [--draw SHARE]. `make mutants` runs mutmut first. Where time is short,
`mutmut run $(python scripts/report_mutants.py --draw 0.3)` runs a random share of the mutants that have not been run.
"""

import argparse
import json
import os
import platform
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant


ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methods" / "mutants.md"
PACKAGES = ("riskstats", "privacy")
LEAST_KILLED = 85
CONTEXT = 24  # characters of the line shown before and after a change
SEED = 20261122
FEWEST_DRAWN = 20
KILLED, SURVIVED, TIMEOUT, NOT_RUN = "killed", "survived", "timeout", "not run"
BY_EXIT_CODE = {
    None: NOT_RUN,
    1: KILLED,
    3: KILLED,
    0: SURVIVED,
    33: SURVIVED,
    -24: TIMEOUT,
    24: TIMEOUT,
    36: TIMEOUT,
    152: TIMEOUT,
}
HEAD = """# Mutation testing

Written by `scripts/report_mutants.py` (`make mutants`) on {date}: mutmut {mutmut}, Python {python}, numpy {numpy}, scipy {scipy}.

mutmut changes one operator, number, text, argument or branch of a function at a time. A mutant is killed when a test fails; one that hangs is a timeout and counts as killed; it survives when every test passes.
{scope} The tests are those of `tests/riskstats` and `tests/privacy` without the slow ones (coverage simulation, long run lengths) and without the examples of
docstrings; properties are checked on 50 examples, the same for every mutant. The whole suite notices more. Results are kept between runs: when tests were added, only
survivors were run again. Configuration: `[tool.mutmut]` in `pyproject.toml` and `tests/mutants.ini`.

{totals}

| module | mutants | run | killed | timeouts | survived | killed of those run, % |
| --- | --- | --- | --- | --- | --- | --- |
"""
LIST = """
## Survivors

By the reason they survive, which `RULES` in the script reads off the change. Each is shown under its number in mutmut with the changed part of its line: `cases ⟦> → >=⟧ 0`. `mutmut show` prints it whole.
"""
# Checks whose first argument is the name for their message.
CHECKS = "vector|numbers|floats|points|counts|codes|matrix|at_least|above|between|probabilities|binary|not_negative|counts_of"
SEARCHES = r"\._(?:maximise|newton|climb|minimise|bisect|grid|fit_beta_binomial|step|damped_bfgs|start|find_mode|scaled)$|limit_for_arl|Posterior\.quantile|p_top$"
COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}

# Read one by one: what is left of these functions after the rules changes nothing.
EQUAL = {
    "privacy.disclosure.rounded": "2 has as many decimals as 1",
    "privacy.disclosure.withheld": "the second and the third as viewers decide; a fourth never does",
    "riskstats._linalg.inverse": "a copy of floats, or the floats",
    "riskstats._linalg.solve": "a copy of floats, or the floats",
    "riskstats.cusum._run_length": "begins in the neighbouring one of 600 states",
    "riskstats.flags.classify": "adjusted values do not depend on the rate",
    "riskstats.funnel.dispersion._trimmed": "without a unit nothing is clipped",
    "riskstats.funnel.dispersion.overdispersed_limits": "the target is given",
    "riskstats.funnel.limits.classify_ratio": "95 % is the default of byar",
    "riskstats.providers._likelihood._quadrature": "what is taken out of the exponent is put back",
    "riskstats.providers.effects._own_density": "nodes are symmetric, and shares add up to 1 afterwards",
    "riskstats.providers.effects.Slice.draw": "normal draws are symmetric",
    "riskstats.providers.effects.posterior": "names of columns, for messages",
    "riskstats.providers.fixed._report": "the place of an intercept, which nobody reads",
    "riskstats.ranking.ranks_from_draws": "the last axis is the second",
    "riskstats.riskmodel.columns.Column.__post_init__": "a list inside a message",
    "riskstats.riskmodel.design._listed": "an array lists as its values do",
    "riskstats.riskmodel.design._terms": "the first terms of an empty list",
    "riskstats.riskmodel.design._write_category": "any number below 0 means no column; of what is not there, 0 are counted",
    "riskstats.riskmodel.logistic.fit_logistic": "the binomial constant of single cases is 0",
    "riskstats.riskmodel.performance._concordance": "1 + x varies as 1 - x does",
    "riskstats.riskmodel.performance._midranks": "a shift of all ranks cancels",
    "riskstats.spc._patterns.trend": "marks are made once",
    "riskstats.spc._patterns.windows": "a window marks points by themselves",
    "riskstats.spc._series.Phases.of": "None is false; beyond the end there is nothing",
    "riskstats.spc.individuals.mr_chart": "None becomes NaN among floats",
    "riskstats.spc.nhs._two_of_three": "a window marks points by themselves",
    "riskstats.spc.rules._alternating": "signs divide as they multiply",
    "riskstats.spc.rules._either_side": "a gap is beyond nothing",
    "riskstats.spc.run.run_chart": "None becomes NaN among floats",
    "riskstats.spc.subgroups.xbar_chart": "sd and n were compared before",
}


@dataclass(frozen=True)
class Mutant:
    """One survivor: its function, its number there, and the changed line in three parts."""

    function: str
    number: str
    left: str
    old: str
    new: str
    right: str

    @property
    def line(self) -> str:
        """The line before the change."""
        return self.left + self.old + self.right

    def __str__(self) -> str:
        return f"{self.number} `{self.left[-CONTEXT:]}⟦{self.old} → {self.new}⟧{self.right[:CONTEXT]}`"


@dataclass(frozen=True)
class Rule:
    """A reason to survive, and how to see it."""

    title: str
    why: str
    holds: Callable[[Mutant], object]


RULES = (
    Rule(
        "Words",
        "Part of a text inside an error or a note, or the name of an argument that only a message repeats. Tests ask for the part that says what was expected and what came.",
        lambda it: (
            "XX" in it.new
            or (it.old[:1] in {'"', "'"} and it.old.lower() == it.new.lower())
            or re.match(r'raise |f"|"|note', it.line)
            or (it.new in {"None", ""} and re.search(rf"\b(?:{CHECKS})\($", it.left))
        ),
    ),
    Rule(
        "The same by default",
        "An option left out or set to None is what numpy or Python does anyway: the type of an array of floats, the order of sorting without ties, lengths that are equal by construction.",
        lambda it: re.search(
            r"dtype|kind=|strict=|ddof|keepdims|closed=|dependence=|copy=|np\.(float64|bool_|int64)|rounding=|\"stable\"|astype",
            it.left[-12:] + it.old,
        ),
    ),
    Rule(
        "Default of an optional argument",
        "The callers of this code base, and the tests, pass it.",
        lambda it: re.match(r"(?:async )?def |\w+: [^=]+ = [^=]+,", it.line),
    ),
    Rule(
        "On the edge",
        "A comparison that differs for values exactly on the bound only: rounding keeps values off it, or both answers are the same there.",
        lambda it: it.old in COMPARISONS and it.new in COMPARISONS,
    ),
    Rule(
        "Speed only",
        "Blocks, threads, caches and early exits: the same numbers, sooner or later.",
        lambda it: re.search(r"BLOCK|threads|one_blas_thread|ascontiguousarray", it.line),
    ),
    Rule(
        "Clipped for rounding",
        "A bound that only the last bits of a number can pass.",
        lambda it: (
            re.search(r"\b(?:clip|minimum|maximum|min|max)\((?:.*, )?$", it.left) and re.match(r"-?[\d.]+$", it.old)
        ),
    ),
    Rule(
        "Steps and tolerances",
        "In a search: where it begins, how far it steps, when it stops. What it finds is the same to more digits than are tested.",
        lambda it: re.search(SEARCHES, it.function) or "1e-9" in it.line,
    ),
    Rule(
        "Placeholders",
        "A value that is written over or masked before anybody reads it.",
        lambda it: re.search(r"np\.(?:where|zeros|ones|full|empty|divide)\(|_like|out=", it.line),
    ),
    Rule("Equal", "Each was read: the reason is in brackets.", lambda it: it.function in EQUAL),
    Rule(
        "Not noticed",
        "Changes a number, a note or a refusal, in a case that no test sets up or by less than a test allows. What to look at next.",
        lambda _: True,
    ),
)


def main() -> None:
    """Read the results, write the page, and fail below the least share."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ran-in", type=Path, default=ROOT, help="folder that holds mutants/")
    arguments.add_argument(
        "--draw", type=float, metavar="SHARE", help="print a random share of the mutants not run yet"
    )
    given = arguments.parse_args()
    os.chdir(given.ran_in)
    if given.draw:
        sys.stdout.write("\n".join(drawn(given.draw)) + "\n")
        return
    counts, survivors = results()
    PAGE.write_text(page(counts, survivors), encoding="utf-8")
    killed = share(together(counts, "riskstats"))
    sys.stdout.write(f"riskstats: {killed:.1f} % killed; docs/methods/mutants.md lists the survivors\n")
    sys.exit(killed < LEAST_KILLED)


def results() -> tuple[dict[str, Counter[str]], list[Mutant]]:
    """Give back how the mutants of each module ended, and those that survived."""
    counts: dict[str, Counter[str]] = {}
    survivors: list[Mutant] = []
    for module, codes in exit_codes().items():
        without = [name for name, code in codes.items() if code not in BY_EXIT_CODE]
        if without:
            sys.exit(f"{len(without)} mutants of {module} have no result, such as {without[0]}: run mutmut to the end")
        if codes:
            counts[module] = Counter(BY_EXIT_CODE[code] for code in codes.values())
        survivors += [survivor(name, module) for name, code in codes.items() if BY_EXIT_CODE[code] == SURVIVED]
    return counts, survivors


def exit_codes() -> dict[str, dict[str, int | None]]:
    """Give back what became of each mutant, by module."""
    return {
        file.relative_to("mutants").as_posix().removesuffix(".meta"): json.loads(file.read_text(encoding="utf-8"))[
            "exit_code_by_key"
        ]
        for file in sorted(Path("mutants").rglob("*.py.meta"))
    }


def drawn(of_each: float) -> list[str]:
    """Draw a share of the mutants not run yet from each module."""
    chance = random.Random(SEED)  # noqa: S311 - nobody guesses
    names: list[str] = []
    for codes in exit_codes().values():
        left = sorted(name for name, code in codes.items() if code is None)
        names += chance.sample(left, min(len(left), max(FEWEST_DRAWN, round(of_each * len(left)))))
    return names


def survivor(name: str, path: str) -> Mutant:
    """Read what a mutant changes."""
    function, number = name.rsplit("__mutmut_", 1)
    function = re.sub(r"\.xǁ(\w+)ǁ", r".\1.", function).replace(".x_", ".")
    lines = [line for line in get_diff_for_mutant(name, path=path).split("\n")[3:] if line[:1] in {"-", "+"}]
    before, after = (
        renamed(" ".join(line[1:].strip() for line in lines if line.startswith(sign))) for sign in ("-", "+")
    )
    return Mutant(function, number, *apart(before, after))


def renamed(line: str) -> str:
    """Without the names mutmut gives to its copies."""
    return re.sub(r"def x(?:_|ǁ\w+ǁ)(\w+?)__mutmut_(?:orig|\d+)", r"def \1", line)


def apart(before: str, after: str) -> tuple[str, str, str, str]:
    """What both lines begin with, what differs in either, and what both end with; whole words differ."""
    old, new = (re.findall(r"[\w.]+|\"[^\"]*\"|'[^']*'|[<>=!*/+-]+|.", line) for line in (before, after))
    first = same(old, new)
    last = same(old[first:][::-1], new[first:][::-1])
    left, right = "".join(old[:first]), "".join(old[len(old) - last :])
    return left, "".join(old[first : len(old) - last]).strip(), "".join(new[first : len(new) - last]).strip(), right


def same(one: list[str], other: list[str]) -> int:
    """How many items two lists have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def page(counts: dict[str, Counter[str]], survivors: list[Mutant]) -> str:
    """Put the page together."""
    totals = [
        f"**{package}: {found.total():,} mutants, {ran(found):,} run, {found[KILLED]:,} killed, {found[TIMEOUT]} timeouts, {found[SURVIVED]:,} survived: {share(found):.1f} % killed.**"
        for package in PACKAGES
        for found in [together(counts, package)]
    ]
    head = HEAD.format(
        date=time.strftime("%Y-%m-%d"),
        mutmut=version("mutmut"),
        python=platform.python_version(),
        numpy=version("numpy"),
        scipy=version("scipy"),
        totals="  \n".join(totals),
        scope=scope(counts),
    )
    rows = [
        f"| {module} | {each.total()} | {ran(each)} | {each[KILLED]} | {each[TIMEOUT]} | {each[SURVIVED]} | {share(each):.1f} |\n"
        for module, each in counts.items()
    ]
    return head + "".join(rows) + LIST + "".join(listed(survivors))


def together(counts: dict[str, Counter[str]], package: str) -> Counter[str]:
    """Add the modules of a package up."""
    return sum((each for name, each in counts.items() if name.startswith(f"{package}/")), Counter())


def ran(counts: Counter[str]) -> int:
    """How many were run."""
    return counts.total() - counts[NOT_RUN]


def share(counts: Counter[str]) -> float:
    """Percent killed of those run, timeouts among them."""
    return 100 * (counts[KILLED] + counts[TIMEOUT]) / max(ran(counts), 1)


def scope(counts: dict[str, Counter[str]]) -> str:
    """Say which mutants were run."""
    partly = [module for module, each in counts.items() if each[NOT_RUN]]
    if not partly:
        return "Every mutant of both packages was run, none sampled."
    found = together(counts, "riskstats")
    least = 100 * (found[KILLED] + found[TIMEOUT]) / found.total()
    return (
        f"**{sum(each[NOT_RUN] for each in counts.values()):,} mutants were not run** for want of time, in {', '.join(partly)}: of those left there when time grew short, "
        f"a share of each module was drawn at random (`--draw`, seed {SEED}). If every mutant of riskstats that was not run survived, {least:.1f} % would be killed."
    )


def listed(survivors: list[Mutant]) -> Iterator[str]:
    """Give back each reason with its survivors, by function."""
    by_rule: dict[Rule, list[Mutant]] = {rule: [] for rule in RULES}
    for mutant in survivors:
        by_rule[next(rule for rule in RULES if rule.holds(mutant))].append(mutant)
    for rule, mutants in by_rule.items():
        if mutants:
            yield f"\n### {rule.title} ({len(mutants)})\n\n{rule.why}\n\n"
            for function in dict.fromkeys(mutant.function for mutant in mutants):
                why = f" ({EQUAL[function]})" if rule.title == "Equal" else ""
                yield f"- {function}{why}: {'; '.join(str(each) for each in mutants if each.function == function)}\n"


if __name__ == "__main__":
    main()
