"""BA-03, BA-04: releases of rolling windows put together, two and three in a row, with hospitals that join and leave."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date

import pytest

from feedback.selectors.membership import FewChanged
from privacy.ledger import TOO_CLOSE
from tests.attacks import plain
from tests.attacks.plain import Counts, Released
from tests.attacks.programme import cell
from tests.attacks.successive import Successive


Window = tuple[date, date]
WINDOWS = (
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2025, 4, 1), date(2026, 3, 31)),
    (date(2025, 7, 1), date(2026, 6, 30)),
)
CORRECTED = (WINDOWS[0], WINDOWS[0], WINDOWS[1])  # the first one is withdrawn and made again
QUARTERS = range(4 * 2025, 4 * 2026 + 2)
STEP = 0.01
CLOSE = 1e-6


def counts(n: int, rate: float, seed: int, quarters: Sequence[int] = QUARTERS) -> Counts:
    """Cases of one hospital, spread over the quarters as chance has it."""
    chance = plain.dice(seed)
    cases = [(chance.choice(list(quarters)), chance.random() < rate) for _ in range(n)]
    return {
        quarter: (sum(at == quarter for at, _ in cases), sum(at == quarter and met for at, met in cases))
        for quarter in QUARTERS
    }


def rolling(
    worlds: Sequence[dict[int, Counts]], *, windows: Sequence[Window] = WINDOWS, ledger: bool = True
) -> list[Released]:
    """One release a quarter, each of the hospitals that are members then, each after those before it."""
    released: list[Released] = []
    for window, hospitals in zip(windows, worlds, strict=False):
        seen = {key: _until(each, window[1]) for key, each in hospitals.items()}
        released.append(plain.release(seen, window=window, before=released, ledger=ledger))
    return released


def _until(each: Counts, last: date) -> Counts:
    return {quarter: pair for quarter, pair in each.items() if quarter <= plain.quarter_of(last)}


def moving(seed: int, releases: int) -> list[dict[int, Counts]]:
    """Eight to eleven hospitals; between two releases up to three join, or one leaves."""
    chance = plain.dice(seed)
    everybody = {
        key: counts(chance.randint(60, 500), 0.1 + 0.3 * chance.random(), 100 * seed + key) for key in range(1, 18)
    }
    now, waiting = list(everybody)[: 8 + seed % 4], list(everybody)[8 + seed % 4 :]
    worlds = []
    for _ in range(releases):
        worlds.append({key: everybody[key] for key in now})
        joining = chance.randint(0, 3)
        now, waiting = [*now, *waiting[:joining]], waiting[joining:]
        if chance.random() < 0.4:
            now.pop(chance.randrange(len(now)))
    return worlds


def pooled_only(released: Sequence[Released]) -> list[Released]:
    """Without points and benchmark: whoever knows volumes does not know whose they are."""
    bare = []
    for each in released:
        peers = copy(each.peers)
        peers.values, peers.benchmark = [], None
        bare.append(replace(each, peers=peers))
    return bare


def narrowest_known(released: Sequence[Released]) -> float:
    """For whoever knows all volumes: somebody outside, and the two largest hospitals."""
    large = sorted(released[-1].sites, key=lambda key: -released[-1].sites[key].denominator)[:2]
    bare = pooled_only(released)
    return min(each.width for viewer in (None, *large) for _, each in Successive(bare, viewer).known_rates())


@pytest.mark.parametrize("releases", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_who_has_found_out_who_is_who_learns_no_more_than_the_points_of_each(seed: int, releases: int) -> None:
    released = rolling(moving(seed, releases))
    for viewer in (None, min(released[-1].sites)):
        together = Successive(released, viewer)
        program = together.program()
        told = [(attack, key) for attack in together.attacks for key in attack.others() if key != viewer]
        for (attack, key), (same, bound) in zip(told, together.rates(program), strict=True):
            assert key == same
            assert bound.width > min(STEP, cell(attack.point(key)).width) * (1 - CLOSE)


@pytest.mark.parametrize("releases", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_who_knows_all_volumes_subtracts_nobody(seed: int, releases: int) -> None:
    assert narrowest_known(rolling(moving(seed, releases))) > TOO_CLOSE


def large_newcomer() -> list[dict[int, Counts]]:
    before = {key: counts(75, 0.2, key) for key in range(1, 12)}
    after = before | {12: counts(420, 0.4, 12)}
    return [before, after, after]


def one_that_is_late() -> list[dict[int, Counts]]:
    """All stop sending after the first window but one: what enters the second is of that one alone."""
    early = {key: counts(100, 0.2, key, QUARTERS[1:4]) for key in range(1, 9)}
    late = counts(10, 0.3, 9, QUARTERS[1:4])
    return [early | {9: late}, early | {9: {**late, QUARTERS[4]: (320, 120)}}]


STORIES = [pytest.param(large_newcomer, CORRECTED, id="joins"), pytest.param(one_that_is_late, WINDOWS, id="late")]


@pytest.mark.parametrize(("story", "windows"), STORIES)
def test_without_the_ledger_one_hospital_would_be_known(
    story: Callable[[], list[dict[int, Counts]]], windows: Sequence[Window]
) -> None:
    """Why there is one: the same numbers, once without it and once with it."""
    worlds = story()

    assert narrowest_known(rolling(worlds, windows=windows, ledger=False)) < TOO_CLOSE
    assert narrowest_known(rolling(worlds, windows=windows)) > TOO_CLOSE


def test_the_statistician_reads_what_would_follow() -> None:
    one, two, three = rolling(large_newcomer(), windows=CORRECTED)

    assert one.changed == FewChanged()
    assert (two.changed.window, two.changed.why) == (True, ("1 hospital joined or left (release before)",))
    assert (one.peers.benchmark is not None, two.changed.benchmark) == (True, True)
    assert (two.all.rate, two.peers.benchmark) == (None, None)
    assert three.changed.window, "the first release still covers most of the third's window"


def test_cases_of_one_hospital_alone_are_told() -> None:
    _, two = rolling(one_that_is_late())

    assert "nearly all cases of one hospital" in two.changed.why[0]


def test_the_same_hospitals_are_told_the_same_as_before() -> None:
    hospitals = {key: counts(150, 0.2, key) for key in range(1, 11)}
    released = rolling([hospitals] * 3)

    assert [each.changed for each in released] == [FewChanged()] * 3
    assert all(each.all.rate is not None for each in released)
