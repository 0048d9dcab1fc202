"""What can be subtracted from what was published before, against a reader who holds every case."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privacy.ledger import GivenAway, Leak, Month, Published, Tally, ledger_check


MONTHS = [Month(2025, 11), Month(2025, 12), *(Month(2026, number) for number in range(1, 11))]
TEN = "abcdefghij"


def publish(hospitals=TEN, months=slice(0, 6), n=20, o=0, *, measure="ssi", filters=frozenset(), but=()):
    """A count with n cases and o events for each hospital and month, but for some."""
    period = MONTHS[months]
    parts = {(hospital, month): Tally(n, o) for hospital in hospitals for month in period} | dict(but)
    return Published(
        measure=measure,
        hospitals=frozenset(hospitals),
        filters=filters,
        first=period[0],
        last=period[-1],
        parts=parts,
    )


def test_nothing_gives_nothing_away():
    empty = publish(n=0)

    assert ledger_check(empty, []) is None
    assert ledger_check(empty, [empty]) is None
    assert ledger_check(publish(), [publish()]) is None
    assert (empty.n, empty.o) == (0, 0)


def test_a_count_is_the_sum_of_its_parts():
    count = publish("ab", slice(0, 3), n=7, o=2)

    assert (count.n, count.o) == (42, 12)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"hospitals": frozenset(), "parts": {}}, "expected at least one hospital, but got none"),
        (
            {"first": Month(2026, 8)},
            r"expected a period that ends after it starts, but got Month\(year=2026, month=8\)",
        ),
        ({"parts": {("z", MONTHS[0]): Tally(20, 0)}}, r"expected parts of the hospitals and the period, but got \('z'"),
        ({"parts": {("a", MONTHS[7]): Tally(20, 0)}}, r"expected parts of the hospitals and the period, but got \('a'"),
        ({"parts": {("a", MONTHS[0]): Tally(3, 4)}}, r"expected 0 <= o <= n, but got Tally\(n=3, o=4\)"),
        ({"parts": {("a", MONTHS[0]): Tally(3, -1)}}, r"expected 0 <= o <= n, but got Tally\(n=3, o=-1\)"),
    ],
)
def test_what_is_no_count_is_refused(wrong, expected):
    fields = {"measure": "ssi", "hospitals": frozenset(TEN), "first": MONTHS[0], "last": MONTHS[5], "parts": {}}

    with pytest.raises(ValueError, match=expected):
        Published(**fields | wrong)


@pytest.mark.parametrize("number", [0, 13])
def test_a_year_has_twelve_months(number):
    with pytest.raises(ValueError, match=f"expected a month from 1 to 12, but got {number}"):
        Month(2026, number)


def test_a_weaker_ledger_is_refused():
    with pytest.raises(ValueError, match="expected delta to be at least 11, but got 10"):
        ledger_check(publish(), [], delta=10)


@given(st.integers(0, 400), st.data())
def test_a_hospital_that_joins_or_leaves_is_caught(cases, data):
    """BA-04: the sum with it less the sum without it is the hospital, however many cases it has."""
    events = data.draw(st.integers(0, cases))
    newcomer = {("k", month): Tally(0, 0) for month in MONTHS[:6]} | {("k", MONTHS[2]): Tally(cases, events)}
    joined = publish(TEN + "k", but=newcomer)
    without = publish()

    for new, earlier in ((joined, without), (without, joined)):
        found = ledger_check(new, [earlier])
        assert (found is not None) == (cases > 0)
        assert found is None or (found.new, found.earlier) == (new, earlier)


@given(st.sampled_from(TEN))
def test_all_but_one_is_caught(one):
    """BA-03: everybody, and everybody but one."""
    found = ledger_check(publish(TEN.replace(one, "")), [publish()])

    assert found == GivenAway(new=publish(TEN.replace(one, "")), earlier=publish(), leak=Leak.FEW_HOSPITALS)


@pytest.mark.parametrize(("group", "leak"), [("abcdef", Leak.FEW_HOSPITALS), ("abcde", None), ("fghij", None)])
def test_a_group_leaves_five_hospitals_over(group, leak):
    found = ledger_check(publish(group), [publish()])

    assert (found and found.leak) == leak


@pytest.mark.parametrize(("newcomers", "leak"), [("k", Leak.FEW_HOSPITALS), ("kl", Leak.FEW_HOSPITALS), ("klm", None)])
def test_three_hospitals_may_join_with_the_next_release(newcomers, leak):
    found = ledger_check(publish(TEN + newcomers, slice(3, 9)), [publish()])

    assert (found and found.leak) == leak


def test_one_that_joins_while_another_leaves_is_caught():
    found = ledger_check(publish("bcdefghijk", slice(3, 9)), [publish()])

    assert found is not None
    assert found.leak is Leak.FEW_HOSPITALS


@given(st.integers(0, 15), st.integers(0, 15))
def test_a_moved_window_tells_of_the_months_that_enter_and_leave(leaving, entering):
    earlier = publish("a", slice(0, 6), but={("a", MONTHS[0]): Tally(leaving, 0)})
    new = publish("a", slice(1, 7), but={("a", MONTHS[6]): Tally(entering, 0)})
    found = ledger_check(new, [earlier])

    expected = None
    if 0 < leaving < 11:
        expected = Leak.FEW_LEAVING
    if 0 < entering < 11:
        expected = Leak.FEW_ENTERING
    assert (found and found.leak) == expected


def test_windows_that_do_not_overlap_tell_nothing():
    assert ledger_check(publish("a", slice(6, 12), n=1), [publish("a", slice(0, 6), n=1)]) is None
    assert ledger_check(publish("a", slice(0, 6), n=1), [publish("a", slice(6, 12), n=1)]) is None


@pytest.mark.parametrize(
    ("men", "leak"),
    [
        (Tally(0, 0), None),
        (Tally(10, 0), Leak.FEW_CASES),
        (Tally(11, 0), None),
        (Tally(40, 3), Leak.FEW_CASES),
        (Tally(40, 11), None),
        (Tally(40, 37), Leak.FEW_CASES),  # three without the event
        (Tally(40, 40), None),
    ],
)
def test_all_less_women_is_men(men, leak):
    women = publish("a", slice(0, 1), n=100, o=30, filters=frozenset({"sex = f"}))
    everybody = publish("a", slice(0, 1), but={("a", MONTHS[0]): Tally(100, 30) + men})

    for new, earlier in ((women, everybody), (everybody, women)):
        found = ledger_check(new, [earlier])
        assert (found and found.leak) == leak


def test_a_moved_window_of_a_finer_filter_counts_what_the_filter_leaves_out():
    """Earlier: all of January to June. New: women of February to July. Leaving: January, and the men since."""
    all_six = publish("a", slice(0, 6), n=20)
    women = publish("a", slice(1, 7), n=20, filters=frozenset({"sex = f"}), but={("a", MONTHS[3]): Tally(15, 0)})

    assert ledger_check(women, [all_six]) is None  # 20 of January and 5 men
    quiet_january = publish("a", slice(0, 6), n=20, but={("a", MONTHS[0]): Tally(0, 0)})
    for new, earlier, leak in ((women, quiet_january, Leak.FEW_LEAVING), (quiet_january, women, Leak.FEW_ENTERING)):
        found = ledger_check(new, [earlier])
        assert found is not None
        assert found.leak is leak


def test_totals_that_happen_to_be_close_tell_nothing():
    """Women of three months, everybody of the first two: neither contains the other, and 40 enter while 45 leave."""
    women = publish("a", slice(0, 3), filters=frozenset({"sex = f"}), but={("a", MONTHS[2]): Tally(45, 0)})
    everybody = publish("a", slice(0, 2), n=40)

    assert (women.n, everybody.n) == (85, 80)
    assert ledger_check(everybody, [women]) is None
    assert ledger_check(women, [everybody]) is None


def test_a_correction_of_few_cases_waits():
    corrected = publish("a", but={("a", MONTHS[0]): Tally(21, 0)})
    found = ledger_check(corrected, [publish("a")])

    assert found is not None
    assert found.leak is Leak.FEW_CASES


def test_other_measures_hospitals_and_crossing_filters_are_not_compared():
    here = publish("a", filters=frozenset({"sex = f"}))

    assert ledger_check(publish("a", n=21, measure="los", filters=here.filters), [here]) is None
    assert ledger_check(publish("b", n=21), [here]) is None
    assert ledger_check(publish("a", n=1, filters=frozenset({"age = 80+"})), [here]) is None


def test_the_first_pair_that_gives_something_away_is_told():
    safe, unsafe = publish("a", slice(6, 12)), publish("a", slice(0, 5), n=1)
    found = ledger_check(publish("a", slice(0, 6), n=1), [safe, unsafe, unsafe])

    assert found is not None
    assert found.earlier is unsafe


CASES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3), st.sampled_from("fm"), st.booleans()), max_size=120
)
COUNTS = st.tuples(
    st.frozensets(st.sampled_from("abcdefgh"), min_size=1),
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted),
    st.sampled_from([frozenset(), frozenset({"sex = f"}), frozenset({"sex = m"})]),
)


def covered(cases, count):
    hospitals, (first, last), filters = count
    return {
        row
        for row, (hospital, month, sex, _) in enumerate(cases)
        if hospital in hospitals and first <= month <= last and filters <= {f"sex = {sex}"}
    }


def published(cases, count):
    hospitals, (first, last), filters = count
    parts = {}
    for row in covered(cases, count):
        hospital, month, _, event = cases[row]
        where = (hospital, MONTHS[month])
        parts[where] = parts.get(where, Tally(0, 0)) + Tally(1, int(event))
    return Published(
        measure="ssi", hospitals=hospitals, filters=filters, first=MONTHS[first], last=MONTHS[last], parts=parts
    )


EVERYBODY = (frozenset("abcdefgh"), [0, 3], frozenset())


@given(CASES, COUNTS, COUNTS)
@example([("a", 0, "f", False)] * 30 + [("a", 1, "m", True)] * 30, EVERYBODY, (frozenset("a"), [0, 0], frozenset()))
def test_what_passes_cannot_be_subtracted_case_by_case(cases, first, second):
    """Of what passed, the cases in one count only are none or at least 11, and so are those with and without the event."""
    new, earlier = published(cases, first), published(cases, second)
    if ledger_check(new, [earlier]) is not None or not new.meets(earlier):
        return

    for alone in (covered(cases, first) - covered(cases, second), covered(cases, second) - covered(cases, first)):
        events = sum(cases[row][3] for row in alone)
        assert all(not 0 < number < 11 for number in (len(alone), events, len(alone) - events))
        others = (first[0] ^ second[0]) & {cases[row][0] for row in alone}
        assert len(others) != 1


@given(CASES, COUNTS, COUNTS)
def test_a_pair_gives_the_same_away_in_either_order(cases, first, second):
    new, earlier = published(cases, first), published(cases, second)

    assert (ledger_check(new, [earlier]) is None) == (ledger_check(earlier, [new]) is None)
