"""What matters most: ordered by patients, honest about chance, and a hospital that could teach is told so."""

from feedback.enums import Reading
from feedback.selectors.home import MeasureRow, priorities
from feedback.selectors.statements import Statement
from feedback.selectors.wording import Finding, reading_text
from measures.definition.spec import Direction, Domain, MeasureKind, MeasureSpec


def row(
    slug: str, *, gap: int | None, reading: Reading = Reading.AS_EXPECTED, leading: bool = False, higher: bool = False
) -> MeasureRow:
    spec = MeasureSpec(
        slug=slug,
        name=slug,
        short_name=slug,
        kind=MeasureKind.PROPORTION,
        domain=Domain.OUTCOME,
        direction=Direction.HIGHER if higher else Direction.LOWER,
        form="operation",
        unit_noun="infections",
    )
    finding = Finding(
        hospital="Northgate",
        unit_noun="infections",
        case_noun="operations",
        higher_is_better=higher,
        minimum=11,
        denominator=200,
        observed=30,
        reading=reading,
        rate=0.15,
        collaborative=0.1,
        benchmark=None if gap is None else 0.05,
        gap=gap,
    )
    return MeasureRow(
        spec=spec,
        url=f"/{slug}/",
        finding=finding,
        value="15.0%",
        collaborative="10%",
        benchmark="5%",
        note="",
        leading=leading,
        strip=None,
        spark=None,
        reading=reading_text(finding),
        reading_kind="",
        statement=Statement(parts=("Completeness 98 %",)),
    )


def test_largest_gap_comes_first_and_only_three_are_shown() -> None:
    cards = priorities(tuple(row(f"m{gap}", gap=gap) for gap in (3, 20, 0, 9, 14)))

    assert [(card.eyebrow, card.headline) for card in cards] == [
        ("Largest gap", "20 fewer infections"),
        ("Room to improve", "14 fewer infections"),
        ("Room to improve", "9 fewer infections"),
    ]


def test_hospital_among_the_best_could_teach() -> None:
    best = row("best", gap=2, reading=Reading.BETTER, leading=True)
    cards = priorities((row("a", gap=20), row("b", gap=14), row("c", gap=9), best))

    assert [(card.eyebrow, card.title) for card in cards] == [
        ("Largest gap", "a"),
        ("Room to improve", "b"),
        ("You could teach this", "best"),
    ]


def test_leading_by_chance_is_not_called_teaching() -> None:
    assert [card.eyebrow for card in priorities((row("a", gap=0, leading=True),))] == []


def test_chance_is_told_beside_a_gap() -> None:
    (card,) = priorities((row("a", gap=20),))

    assert card.text.endswith("Chance alone could explain your difference to the collaborative.")


def test_without_a_benchmark_what_chance_does_not_explain_is_still_told() -> None:
    (card,) = priorities((row("a", gap=None, reading=Reading.WORSE), row("b", gap=None)))

    assert (card.eyebrow, card.text) == (
        "Watch",
        "You are higher than the collaborative, more than chance alone would explain. The collaborative is at 10%.",
    )


def test_cases_to_look_at_are_those_that_count_against_the_hospital() -> None:
    (lower,) = priorities((row("a", gap=20),))
    (higher,) = priorities((row("a", gap=20, higher=True),))

    assert [card.links[1].label for card in (lower, higher)] == ["See the 30 cases", "See the 170 cases"]
    assert [card.links[1].url for card in (lower, higher)] == [
        "/a/?view=cases&outcome=met",
        "/a/?view=cases&outcome=not_met",
    ]
