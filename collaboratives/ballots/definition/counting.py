"""How votes become a result.

The rule follows the practice of MPOG (DOMAIN 1.5): one vote a hospital, a quorum of the hospitals, more than half of
those who say yes or no; plurality where there are several options.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collaboratives.ballots.enums import ABSTAIN, APPROVE, REJECT, Outcome, Rule


PER_CENT = 100


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the members were told before they voted. Shares are in per cent, and are passed by more than they say."""

    rule: Rule
    quorum: int
    threshold: int


@dataclass(frozen=True, kw_only=True)
class Count:
    """The result: how many hospitals could vote and did, what each option got, and what follows."""

    eligible: int
    votes: int
    outcome: Outcome
    option: str = ""


def count(terms: Terms, eligible: int, votes: Mapping[str, int]) -> Count:
    """Decide a ballot of `eligible` hospitals; `votes` has the number of votes of every option that got any."""
    given = sum(votes.values())
    if given * PER_CENT <= terms.quorum * eligible:
        return Count(eligible=eligible, votes=given, outcome=Outcome.NO_QUORUM)
    outcome, option = _approval(terms, votes) if terms.rule is Rule.APPROVAL else _plurality(votes)
    return Count(eligible=eligible, votes=given, outcome=outcome, option=option)


def _approval(terms: Terms, votes: Mapping[str, int]) -> tuple[Outcome, str]:
    said = votes.get(APPROVE, 0) + votes.get(REJECT, 0)
    if votes.get(APPROVE, 0) * PER_CENT > terms.threshold * said:
        return Outcome.APPROVED, APPROVE
    return Outcome.REJECTED, REJECT


def _plurality(votes: Mapping[str, int]) -> tuple[Outcome, str]:
    said = {option: number for option, number in votes.items() if option != ABSTAIN and number}
    leading = [option for option, number in said.items() if number == max(said.values())]
    return (Outcome.CHOSEN, leading[0]) if len(leading) == 1 else (Outcome.TIE, "")
