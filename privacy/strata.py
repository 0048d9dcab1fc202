"""Which parts of a published whole may be shown too: strata of its cases, groups of its hospitals.

SECURITY 4.3.1, STATISTICS 6.3 R8 and R9: only parts declared in advance, each with enough contributors besides the
viewer, and so has what is left when any of them are taken away from the whole.
"""

from collections.abc import Mapping

from privacy.disclosure import DisclosureRules, Withheld, withheld
from privacy.ledger import Month, Published, Tally, ledger_check


Part = Mapping[str, Tally]  # hospital → its cases and events in this part
WHENEVER = Month(1, 1)  # parts and whole are of the same months: which ones does not matter


def shown_parts(whole: Part, parts: Mapping[str, Part], rules: DisclosureRules) -> dict[str, Withheld | None]:
    """Say for each part of a partition why it is withheld, or None where it may be shown beside the whole.

    Parts do not overlap; what none of them holds (an answer that is missing, a hospital in no group) is left over.
    Parts are withheld, smallest first, until what is left over together is empty or could be shown itself. Then every
    union of shown parts leaves a rest that could be shown: it holds the left-over or another shown part.

    Parameters
    ----------
    whole
        The counts of everything that is published.
    parts
        The counts of each part by its name. Hospitals without cases in a part do not contribute to it.
    rules
        Of the collaborative.

    Returns
    -------
    dict of str to Withheld or None
        In the order of the parts.
    """
    contributing = {name: _contributing(part) for name, part in parts.items()}
    found = {name: _reason(whole, part, rules) for name, part in contributing.items()}
    shown = sorted((name for name, reason in found.items() if reason is None), key=lambda name: _cases(parts[name]))
    while shown and _rest_tells(whole, [contributing[name] for name in shown], rules):
        found[shown.pop(0)] = Withheld.TOO_FEW_HOSPITALS
    return found


def _contributing(part: Part) -> Part:
    return {hospital: tally for hospital, tally in part.items() if tally.n}


def _cases(part: Part) -> int:
    return sum(tally.n for tally in part.values())


def _reason(whole: Part, part: Part, rules: DisclosureRules) -> Withheld | None:
    reason = withheld([tally.n for tally in part.values()], rules)
    if reason:
        return reason
    new, published = _published(part, frozenset({"part"})), _published(_contributing(whole), frozenset())
    # The whole is told in rounded values, but a count that could be subtracted from it stays untold all the same.
    return Withheld.TOO_FEW_HOSPITALS if ledger_check(new, [published], delta=rules.minimum_cases) else None


def _published(part: Part, filters: frozenset[str]) -> Published:
    return Published(
        measure="",
        hospitals=frozenset(part),
        first=WHENEVER,
        last=WHENEVER,
        parts={(hospital, WHENEVER): tally for hospital, tally in part.items()},
        filters=filters,
    )


def _rest_tells(whole: Part, shown: list[Part], rules: DisclosureRules) -> bool:
    """Whether taking all shown parts away leaves some cases, but of too few hospitals, or few of them."""
    rest = _contributing({hospital: _less(hospital, tally, shown) for hospital, tally in whole.items()})
    if not rest:
        return False
    total = sum(rest.values(), Tally(0, 0))
    return withheld([tally.n for tally in rest.values()], rules) is not None or total.few(rules.minimum_cases)


def _less(hospital: str, tally: Tally, shown: list[Part]) -> Tally:
    for part in shown:
        tally -= part.get(hospital, Tally(0, 0))
    return tally
