"""Frozen inputs come back as they were."""

import json
import zlib
from dataclasses import replace

import pytest

from feedback.enums import Outcome
from feedback.selectors.slices import Slice, SliceRow, digest_of, pack, unpack


COLUMNS = Slice(
    cases=(7, 9, 12),
    quarters=(8104, 8105, 8105),
    outcomes="mxc",
    reasons=("", "emergency"),
    reason=(0, 1, 0),
    gaps=((), ("asa", "ssi")),
    gap=(0, 0, 1),
    covariates={"age": (61, 70.5, None), "asa": ("2", "3", None), "smoker": (True, False, None)},
    history=((8100, 3, 40), (8101, 2, 38)),
)


def test_slice_comes_back_as_it_was() -> None:
    assert unpack(pack(COLUMNS).payload) == COLUMNS


def test_rows_carry_reason_and_missing_variables() -> None:
    assert list(COLUMNS.rows) == [
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


def test_payload_of_another_format_is_refused() -> None:
    stored = json.loads(zlib.decompress(pack(COLUMNS).payload)) | {"format": 2}

    with pytest.raises(ValueError, match="format 1"):
        unpack(zlib.compress(json.dumps(stored).encode()))
