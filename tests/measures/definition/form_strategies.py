"""Forms that nobody thought of: the variables of the vectors' form described anew, and more that hang on them."""

from dataclasses import replace

from hypothesis import strategies as st

from measures.definition.compiled import find_cycle
from measures.definition.expression.nodes import names
from measures.definition.expression.resolve import condition
from measures.definition.form_semantics import RANGED
from measures.definition.spec import (
    CaseNumberSource,
    FormSpec,
    IdentifierClass,
    ImportDefaults,
    MissingKind,
    Range,
    Rule,
    Section,
    Severity,
    VariableSpec,
    VariableType,
)
from tests.measures.definition.strategies import CONDITION_TEXTS, NUMBER_TEXTS, values


# All that files, tables and templates treat apart.
WORDS = st.sampled_from(
    [
        "Age",
        "Blood loss",
        "it's",
        'so-called "stage"',
        "a | b",
        "5 < 6",
        "<b>bold</b>",
        "100 %s",
        "é\u00a0ü",
        "x, y; z",
        "{age}",
        "${age}",
        "ä→ö",
        "two\nlines",
        "@COLLOQUY='{}'",
        "=1+1",
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
_TEXTS = st.one_of(st.just(""), LINES)
_MISSING = st.sets(st.sampled_from(list(MissingKind))).map(
    lambda chosen: tuple(kind for kind in MissingKind if kind in chosen)
)
_NUMBERS = (VariableType.INTEGER, VariableType.DECIMAL)
_UNITS = st.sampled_from(["", "", "kg", "mL", "%", "10^9/L"])
_CONDITIONS = st.one_of(st.none(), CONDITION_TEXTS)
_SECTIONS = (
    Section(name="all", label="All"),
    Section(name="first", label="First"),
    Section(name="also_first", label="First"),
    Section(name="marked", label="5 < 6 > 4"),
)
_SECTION_NAMES = st.sampled_from([section.name for section in _SECTIONS])
_FORMULAS = {
    VariableType.INTEGER: NUMBER_TEXTS,
    VariableType.DECIMAL: NUMBER_TEXTS,
    VariableType.YES_NO: CONDITION_TEXTS,
    VariableType.TEXT: st.sampled_from(['if([died], "x", "it\'s")', "[note]", 'if([smoker], [note], "")']),
    VariableType.DATE: st.sampled_from(["min([day], [later])", 'max([day], "2026-01-01")', "[later]"]),
    VariableType.TIME: st.sampled_from(["max([start], [stop])"]),
    VariableType.DATETIME: st.sampled_from(["min([in_at], [out_at])", "if([died], [in_at], [out_at])"]),
}


@st.composite
def _range(draw, variable: VariableSpec) -> Range:
    if variable.type not in RANGED:
        return Range()
    low, least, most, high = sorted(draw(st.lists(values(variable), min_size=4, max_size=4)))
    bounds = {"hard_min": low, "soft_min": least, "soft_max": most, "hard_max": high}
    return Range(**{name: bound for name, bound in bounds.items() if draw(st.booleans())})


@st.composite
def _described(draw, variable: VariableSpec) -> VariableSpec:
    return replace(
        variable,
        label=draw(LINES),
        section=draw(_SECTION_NAMES),
        units=draw(_UNITS) if variable.type in _NUMBERS else "",
        codes=tuple(replace(code, label=draw(LINES)) for code in variable.codes),
        range=draw(_range(variable)),
        definition=draw(_TEXTS),
        scenarios=tuple(draw(st.lists(LINES, max_size=2))),
        identifier=draw(st.sampled_from(list(IdentifierClass))),
        tier=draw(st.integers(1, 3)),
        aliases=tuple(draw(st.lists(WORDS, max_size=2, unique=True))),
    )


@st.composite
def _asked(draw, variable: VariableSpec) -> VariableSpec:
    required = draw(st.booleans())
    return replace(
        draw(_described(variable)),
        required=required,
        required_if=None if required else draw(_CONDITIONS),
        show_if=draw(_CONDITIONS),
        missing=draw(_MISSING),
    )


@st.composite
def _calculated(draw, name: str) -> VariableSpec:
    kind = draw(st.sampled_from(list(_FORMULAS)))
    bare = VariableSpec(name=name, label=name, type=kind, section="all")
    return replace(draw(_described(bare)), calculation=draw(_FORMULAS[kind]), show_if=draw(_CONDITIONS))


@st.composite
def _rule(draw, name: str, known: list[str]) -> Rule:
    shown = draw(st.lists(st.sampled_from(known), max_size=2))
    return Rule(
        name=name,
        when=draw(CONDITION_TEXTS),
        severity=draw(st.sampled_from(list(Severity))),
        message=" ".join([draw(LINES), *(f"{{{name}}}" for name in shown)]),
        remedy=draw(LINES),
        variables=tuple(draw(st.lists(st.sampled_from(known), max_size=2, unique=True))),
    )


_IMPORTS = st.builds(
    ImportDefaults,
    constants=st.sampled_from([{}, {"age": 65, "died": True}]),
    case_number=st.sampled_from(list(CaseNumberSource)),
    case_number_aliases=st.sampled_from([(), ("No.", "Case ID")]),
    hospital_aliases=st.sampled_from([(), ("Site",)]),
)


@st.composite
def forms(draw, base: FormSpec) -> FormSpec:
    asked = [draw(_asked(variable)) for variable in base.variables]
    event = next(place for place, variable in enumerate(asked) if variable.name == base.event_date)
    asked[event] = replace(asked[event], required=True, required_if=None, show_if=None)
    calculated = [draw(_calculated(f"calculated_{number}")) for number in range(draw(st.integers(0, 4)))]
    chained = replace(
        draw(_described(VariableSpec(name="chained", label="Chained", type=VariableType.INTEGER, section="all"))),
        show_if='[linked] >= 1 or is_missing([age]) or [later] > "2026-01-01"',
    )
    linked = VariableSpec(
        name="linked", label="Linked", type=VariableType.DECIMAL, section="all", calculation="sum([doubled], [asa], 1)"
    )
    doubled = replace(linked, name="doubled", label="Doubled", calculation=f"({draw(NUMBER_TEXTS)}) * 2")
    variables = [*_without_cycles(base, asked), *calculated, chained, linked, doubled]
    known = [variable.name for variable in variables]
    rules = [draw(_rule(f"rule_{number}", known)) for number in range(draw(st.integers(0, 4)))]
    return FormSpec(
        slug="a-form",
        name=draw(LINES),
        case_noun="stay",
        case_noun_plural=draw(LINES),
        event_date=base.event_date,
        sections=_SECTIONS,
        variables=tuple(variables),
        rules=tuple(rules),
        imports=draw(_IMPORTS),
    )


def _without_cycles(base: FormSpec, variables: list[VariableSpec]) -> list[VariableSpec]:
    kept = list(variables)
    while ring := find_cycle({item.name: names(condition(item.show_if, base)) for item in kept if item.show_if}):
        kept = [replace(item, show_if=None) if item.name == ring[0] else item for item in kept]
    return kept
