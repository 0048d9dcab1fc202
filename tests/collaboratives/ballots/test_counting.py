"""The rule that decides, on paper: quorum, threshold, plurality, ties."""

import pytest

from collaboratives.ballots.definition.counting import Terms, count
from collaboratives.ballots.enums import Outcome, Rule


HALF = Terms(rule=Rule.APPROVAL, quorum=50, threshold=50)
TWO_THIRDS = Terms(rule=Rule.APPROVAL, quorum=0, threshold=66)
OPTIONS = Terms(rule=Rule.PLURALITY, quorum=50, threshold=50)


@pytest.mark.parametrize(
    ("terms", "eligible", "votes", "outcome", "option"),
    [
        (HALF, 8, {"Approve": 4}, Outcome.NO_QUORUM, ""),  # exactly half is not more than half
        (HALF, 8, {"Approve": 4, "Abstain": 1}, Outcome.APPROVED, "Approve"),  # an abstention fills the quorum
        (HALF, 8, {"Approve": 3, "Reject": 3}, Outcome.REJECTED, "Reject"),  # half is not more than half here either
        (HALF, 8, {"Approve": 3, "Reject": 2}, Outcome.APPROVED, "Approve"),
        (HALF, 8, {"Abstain": 8}, Outcome.REJECTED, "Reject"),  # nobody approved
        (HALF, 0, {}, Outcome.NO_QUORUM, ""),
        (TWO_THIRDS, 9, {"Approve": 2, "Reject": 1}, Outcome.APPROVED, "Approve"),
        (TWO_THIRDS, 9, {"Approve": 33, "Reject": 17}, Outcome.REJECTED, "Reject"),
        (TWO_THIRDS, 9, {}, Outcome.NO_QUORUM, ""),  # without a single vote nothing is decided
        (OPTIONS, 5, {"Modify": 2, "Retire": 1}, Outcome.CHOSEN, "Modify"),
        (OPTIONS, 5, {"Modify": 2, "Retire": 2, "Abstain": 1}, Outcome.TIE, ""),
        (OPTIONS, 5, {"Modify": 1, "Abstain": 4}, Outcome.CHOSEN, "Modify"),
        (OPTIONS, 5, {"Abstain": 5}, Outcome.TIE, ""),
    ],
)
def test_votes_become_a_result(
    terms: Terms, eligible: int, votes: dict[str, int], outcome: Outcome, option: str
) -> None:
    decided = count(terms, eligible, votes)
    assert (decided.outcome, decided.option) == (outcome, option)
    assert (decided.eligible, decided.votes) == (eligible, sum(votes.values()))
