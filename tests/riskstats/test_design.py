from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from riskstats.riskmodel import Coded, Column, Design, Term
from tests.riskstats.reference.tables import reference


R = reference("riskmodel")


def one(column, values):
    """Learn a design of one covariate and give back its matrix."""
    return Design.learn([column], {"x": values}).matrix({"x": values})


@pytest.mark.parametrize(
    ("column", "values", "names", "rows"),
    [
        (
            Column(name="x", kind="yes_no"),
            [True, 0, None, False],
            ("x", "x=missing"),
            [[1, 0], [0, 0], [0, 1], [0, 0]],
        ),
        (
            Column(name="x", kind="category"),
            ["b", "a", "b", None],
            ("x=a", "x=other/missing"),
            [[0, 0], [1, 0], [0, 0], [0, 1]],
        ),
        (
            Column(name="x", kind="category", reference="1", missing="fill"),
            np.array([1, 2, 3]),
            ("x=2", "x=3"),
            [[0, 0], [1, 0], [0, 1]],
        ),
        (
            Column(name="x", kind="linear", centre=10, scale=5),
            [10, Decimal("12.5"), None, 20],
            ("x", "x=missing"),
            [[0, 0], [0.5, 0], [0.5, 1], [2, 0]],
        ),
        (
            Column(name="x", kind="linear", missing="fill", fill=3),
            [1, None],
            ("x",),
            [[1], [3]],
        ),
        (
            Column(name="x", kind="square", centre=1, missing="refuse"),
            np.array([0.0, 1.0, 4.0]),
            ("x", "x^2"),
            [[-1, 1], [0, 0], [3, 9]],
        ),
    ],
)
def test_each_kind_gives_its_columns(column, values, names, rows):
    matrix, found_names = one(column, values)

    assert found_names == names
    assert_array_equal(matrix, rows)


def test_spline_agrees_with_harrells_formula():
    knots = (50.0, 60.0, 70.0, 80.0)

    # reference/generate/riskmodel.R
    plain = one(Column(name="x", kind="spline", knots=knots, missing="fill"), R["age"])
    scaled = one(Column(name="x", kind="spline", knots=knots, centre=65, scale=10, missing="fill"), R["age"])

    assert plain.names == ("x", "x'", "x''")
    assert_allclose(plain.values, np.column_stack([R["age"], R["spline_1"], R["spline_2"]]), rtol=1e-12, atol=1e-13)
    assert_allclose(scaled.values[:, 1:] * 10, plain.values[:, 1:], atol=1e-12)


def test_spline_is_straight_beyond_the_outer_knots():
    values = [0, 1, 2, 10, 11, 12]

    matrix = one(Column(name="x", kind="spline", knots=(3, 5, 7), missing="fill"), values).values

    assert_allclose(matrix[:3, 1], 0)
    assert np.diff(matrix[3:, 1], 2) == pytest.approx(0, abs=1e-12)


def test_spline_learns_five_knots_at_harrells_quantiles():
    design = Design.learn([Column(name="x", kind="spline")], {"x": list(range(1001))})

    assert design.columns[0].knots == (50, 275, 500, 725, 950)
    assert [term.name for term in design.terms] == ["x", "x'", "x''", "x'''", "x=missing"]


def test_category_learns_sorted_levels_and_the_most_frequent_reference():
    column = Design.learn([Column(name="x", kind="category")], {"x": [3.0, 1, "2", 3, 2.5, True, None]}).columns[0]

    assert (column.levels, column.reference) == (("1", "2", "2.5", "3", "True"), "3")


def test_numbers_learn_their_median_and_no_scale():
    column = Design.learn([Column(name="x", kind="linear")], {"x": [1, 2, None, 9]}).columns[0]

    assert (column.fill, column.centre, column.scale) == (2, 0, 1)


def test_unseen_levels_share_a_column_with_missing_ones_and_are_counted():
    design = Design.learn([Column(name="x", kind="category")], {"x": ["a", "a", "b"]})

    later = design.matrix({"x": ["b", "c", None, "d", "c", "a"]})

    assert later.names == ("x=b", "x=other/missing")
    assert_array_equal(later.values, [[1, 0], [0, 1], [0, 1], [0, 1], [0, 1], [0, 0]])
    assert (later.unseen, later.missing) == ({"x": 3}, {"x": 1})
    assert later.warnings == (
        "x: 1 of 6 cases without a value",
        "x: 3 of 6 cases with a level the model does not know",
    )


def test_unseen_levels_count_as_the_reference_when_only_filled():
    design = Design.learn([Column(name="x", kind="category", missing="fill")], {"x": ["a", "a", "b"]})

    later = design.matrix({"x": ["c", "b"]})

    assert_array_equal(later.values, [[0], [1]])
    assert later.unseen == {"x": 1}


def test_terms_tell_the_variable_and_the_part():
    design = Design.learn(
        [Column(name="age", kind="square"), Column(name="type", kind="category")],
        {"age": [1, 2, 3], "type": ["a", "b", "b"]},
    )

    assert design.terms == (
        Term("age", "age"),
        Term("age^2", "age", "squared"),
        Term("age=missing", "age", "missing"),
        Term("type=a", "type", "a"),
        Term("type=other/missing", "type", "other/missing"),
    )


def test_settled_columns_are_left_as_they_are():
    columns = (
        Column(name="x", kind="category", levels=("a", "b"), reference="a"),
        Column(name="z", kind="linear", fill=1, centre=2, scale=3),
    )

    assert Design.learn(columns, {"x": ["c"], "z": [None]}).columns == columns


numbers = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-1000, 1000))


@given(
    st.lists(
        st.tuples(numbers, st.sampled_from(["a", "b", "c", None]), st.sampled_from([True, False, None])), min_size=1
    )
)
def test_design_read_from_json_gives_the_same_matrix(rows):
    records = {name: [row[place] for row in rows] for place, name in enumerate(("age", "type", "white"))}
    records = {
        name: [*values, fallback] for (name, values), fallback in zip(records.items(), (1, "a", True), strict=True)
    }
    design = Design.learn(
        [
            Column(name="age", kind="square"),
            Column(name="type", kind="category"),
            Column(name="white", kind="yes_no"),
        ],
        records,
    )

    again = Design.from_json(design.to_json())

    assert again == design
    assert_array_equal(again.matrix(records).values, design.matrix(records).values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Column(name="x", kind="cubic"), "expected the kind of x to be one of .* but got 'cubic'"),
        (
            lambda: Column(name="x", kind="linear", missing="drop"),
            "expected the missing rule of x to be one of .* got 'drop'",
        ),
        (
            lambda: Column(name="x", kind="category", levels=("a",), reference="b"),
            "expected the reference of x among .* got 'b'",
        ),
        (lambda: Column(name="x", kind="linear", scale=0), "expected the scale of x to be above 0, but got 0"),
        (lambda: Column(name="x", kind="spline", knots=(1, 2)), "expected at least three rising knots for x"),
        (lambda: Column(name="x", kind="spline", knots=(1, 3, 2)), "expected at least three rising knots for x"),
        (lambda: Design((Column(name="x", kind="linear"),)), "something to learn in x: use Design.learn"),
        (lambda: Design((Column(name="x", kind="spline", fill=0, centre=0, scale=1),)), "something to learn in x"),
        (
            lambda: Design.learn([Column(name="x", kind="linear"), Column(name="x", kind="square")], {"x": [1]}),
            "expected each covariate once, but got x more than once; square and spline already hold the linear term",
        ),
        (lambda: Design.learn([], {"x": [1]}), "expected at least one covariate, but got none"),
        (lambda: one(Column(name="x", kind="linear"), []), "expected records of at least one case, but got none"),
        (
            lambda: one(Column(name="x", kind="linear"), [1, np.nan]),
            "x to be finite, or None where missing, but got nan at position 1",
        ),
        (
            lambda: one(Column(name="x", kind="linear"), [None, None]),
            "at least one value of x, but got only missing ones",
        ),
        (lambda: one(Column(name="x", kind="category"), [None]), "at least one value of x, but got only missing ones"),
        (
            lambda: one(Column(name="x", kind="category"), [1.0, np.nan]),
            "x to hold codes, or None where missing, but got NaN",
        ),
        (lambda: one(Column(name="x", kind="linear"), ["old"]), "expected numbers, or None where missing, in x"),
        (lambda: one(Column(name="x", kind="yes_no"), [0, 2]), "expected x to be yes or no, but got 2"),
        (lambda: one(Column(name="x", kind="spline"), [1] * 9 + [2]), "expected x to vary enough for three knots"),
        (
            lambda: one(Column(name="x", kind="linear", missing="refuse"), [1, None, None]),
            "a value of x in every case, but got 2 without",
        ),
        (
            lambda: Design.learn([Column(name="z", kind="linear")], {"x": [1]}),
            "expected records with z, but got only x",
        ),
        (lambda: Design.learn([Column(name="z", kind="linear")], {}), "expected records with z, but got only nothing"),
        (
            lambda: Design.learn(
                [Column(name="x", kind="linear"), Column(name="z", kind="linear")], {"x": [1], "z": [1, 2]}
            ),
            "columns of the same length, but got x 1, z 2",
        ),
        (lambda: Design.from_json('{"format": 2}'), "expected a design of format 1, but got"),
        (lambda: Design.from_json("[]"), "expected a design of format 1, but got"),
    ],
)
def test_nonsense_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


MIXED = [
    Column(name="type", kind="category", levels=("1", "2", "3"), reference="1"),
    Column(name="age", kind="square", centre=60, scale=10, fill=60),
    Column(name="unit", kind="category", levels=("a", "b"), reference="a"),
    Column(name="bmi", kind="spline", knots=(20, 25, 30), fill=25, missing="fill"),
]


def test_columns_of_several_covariates_stand_side_by_side():
    records = {"type": [2, 9, None], "age": [70, 50, None], "unit": ["b", "a", "z"], "bmi": [22, None, 26]}

    found = Design.learn(MIXED, records).matrix(records)

    assert found.names == (
        *("type=2", "type=3", "type=other/missing"),
        *("age", "age^2", "age=missing"),
        *("unit=b", "unit=other/missing"),
        *("bmi", "bmi'"),
    )
    alone = Design.learn([MIXED[3]], records).matrix(records).values
    assert_array_equal(found.values[:, :3], [[1, 0, 0], [0, 0, 1], [0, 0, 1]])
    assert_array_equal(found.values[:, 3:6], [[1, 1, 0], [-1, 1, 0], [0, 0, 1]])
    assert_array_equal(found.values[:, 6:8], [[1, 0], [0, 0], [0, 1]])
    assert_array_equal(found.values[:, 8:], alone)
    assert (found.missing, found.unseen) == ({"type": 1, "age": 1, "bmi": 1}, {"type": 1, "unit": 1})


def test_complete_records_leave_nothing_to_say():
    records = {"type": [2, 1], "age": [70, 50], "unit": ["b", "a"], "bmi": [22, 23]}

    found = Design.learn(MIXED, records).matrix(records)

    assert (found.missing, found.unseen, found.warnings) == ({}, {}, ())


def test_terms_name_their_variable_and_what_they_are_of_it():
    spline = Design.learn([MIXED[3]], {"bmi": [22]}).terms

    assert spline == (Term("bmi", "bmi"), Term("bmi'", "bmi", "spline 1"))


def test_missing_yes_or_no_is_no_even_where_most_say_yes():
    filled = one(Column(name="x", kind="yes_no", missing="fill"), [1, 1, 1, None])

    assert_array_equal(filled.values[:, 0], [1, 1, 1, 0])


def test_three_different_knots_are_enough():
    column = Design.learn([Column(name="x", kind="spline")], {"x": [1.0] * 5 + [2.0] * 5 + [3.0] * 5}).columns[0]

    assert column.knots == (1, 2, 3)


def test_names_are_listed_in_words():
    twice = [Column(name=name, kind="linear") for name in ("a", "a", "b", "b")]
    with pytest.raises(ValueError, match="expected each covariate once, but got a, b more than once"):
        Design.learn(twice, {"a": [1], "b": [1]})
    with pytest.raises(ValueError, match=r"but got something to learn in a, b: use Design\.learn"):
        Design((twice[0], twice[2]))
    with pytest.raises(ValueError, match=r"expected records with a, b, but got only x, y$"):
        Design.learn([twice[0], twice[2]], {"x": [1], "y": [1]})


SIX = {
    "age": [61, 70.5, None, 55, 80, 67],
    "type": ["1", "2", "1", None, "9", "2"],
    "white": [True, False, True, None, True, False],
}
SIX_COLUMNS = [
    Column(name="age", kind="linear", centre=60, scale=10),
    Column(name="type", kind="category", levels=("1", "2", "3")),
    Column(name="white", kind="yes_no"),
]


def packed(records):
    """The same columns as arrays: numbers masked, codes as places in another order than they were seen."""
    numbers = {
        name: np.ma.masked_invalid([np.nan if value is None else float(value) for value in records[name]])
        for name in ("age", "white")
    }
    values = ("9", "3", "2", "1")
    places = [-1 if value is None else values.index(value) for value in records["type"]]
    return {**numbers, "type": Coded(values, np.array(places, dtype=np.int16))}


def test_masked_numbers_and_codes_are_what_lists_are():
    listed, arrays = Design.learn(SIX_COLUMNS, SIX), Design.learn(SIX_COLUMNS, packed(SIX))
    assert listed == arrays
    one, other = listed.matrix(SIX), arrays.matrix(packed(SIX))
    assert_array_equal(one.values, other.values)
    assert (one.missing, one.unseen, one.warnings) == (other.missing, other.unseen, other.warnings)
    assert other.unseen == {"type": 1}


def test_levels_that_occur_are_learned_from_codes():
    column = Design.learn([Column(name="type", kind="category")], packed(SIX)).columns[0]
    assert (column.levels, column.reference) == (("1", "2", "9"), "1")


def test_codes_are_no_numbers_and_lie_in_their_list():
    with pytest.raises(ValueError, match="expected numbers in type, but got codes"):
        Design.learn([Column(name="type", kind="linear")], packed(SIX))
    with pytest.raises(ValueError, match="expected places below 1, but got 3"):
        Coded(("1",), np.array([0, 3]))
