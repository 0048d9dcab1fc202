"""Frozen inputs come back as they were."""

import json
import math
import zlib
from array import array
from dataclasses import replace

import pytest

from feedback.enums import Outcome
from feedback.selectors.slices import Codes, Slice, SliceRow, digest_of, pack, unpack


COLUMNS = Slice(
    cases=array("q", (7, 9, 12)),
    days=array("i", (20_454, 20_545, 20_546)),
    outcomes="mxc",
    reasons=("", "emergency"),
    reason=array("H", (0, 1, 0)),
    gaps=((), ("asa", "ssi")),
    gap=array("H", (0, 0, 1)),
    covariates={"age": array("d", (61, 70.5, 0.1)), "asa": Codes(("2", "3"), array("h", (0, 1, -1)))},
    history=((8100, 3, 40), (8101, 2, 38)),
)


def test_slice_comes_back_as_it_was() -> None:
    assert unpack(pack(COLUMNS).payload) == COLUMNS


def test_rows_carry_reason_and_missing_variables() -> None:
    assert [COLUMNS.row(at) for at in COLUMNS.places()] == [
        SliceRow(case_id=7, outcome=Outcome.MET, reason="", missing=()),
        SliceRow(case_id=9, outcome=Outcome.EXCLUDED, reason="emergency", missing=()),
        SliceRow(case_id=12, outcome=Outcome.CANNOT_TELL, reason="", missing=("asa", "ssi")),
    ]


def test_equal_columns_have_one_digest_and_others_another() -> None:
    same, other = pack(replace(COLUMNS)), pack(replace(COLUMNS, outcomes="nxc"))

    assert (pack(COLUMNS).digest == same.digest, pack(COLUMNS).digest == other.digest) == (True, False)


def test_digest_of_a_snapshot_depends_on_whose_slice_it_is_and_not_on_the_order() -> None:
    one, two = (1, 5, "a"), (2, 5, "b")

    assert digest_of([one, two]) == digest_of([two, one])
    assert digest_of([one, two]) != digest_of([(2, 5, "a"), (1, 5, "b")])


def test_places_are_those_of_the_outcomes_asked_for() -> None:
    assert COLUMNS.places([Outcome.EXCLUDED, Outcome.CANNOT_TELL]) == [1, 2]


def test_an_empty_slice_is_one_too() -> None:
    assert unpack(pack(Slice()).payload) == Slice()


def test_missing_numbers_come_back_as_missing() -> None:
    back = unpack(pack(replace(COLUMNS, covariates={"age": array("d", (61, math.nan, 70.5))})).payload)

    assert [math.isnan(value) for value in back.covariates["age"]] == [False, True, False]


def test_payload_of_another_format_is_refused() -> None:
    head, _, columns = zlib.decompress(pack(COLUMNS).payload).partition(b"\n")
    other = json.dumps(json.loads(head) | {"format": 1}).encode()

    with pytest.raises(ValueError, match="expected a slice of format"):
        unpack(zlib.compress(other + b"\n" + columns))
