"""One line of a REDCap data dictionary, and the variable that it is."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar, cast

from measures.definition.canonical import Json, from_json, to_json
from measures.definition.display import input_text
from measures.definition.errors import ValueProblem
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.redcap import formula_to_redcap, from_redcap, to_redcap
from measures.definition.spec import Code, IdentifierClass, MissingKind, Range, Value, VariableSpec, VariableType
from measures.definition.values import parse_value


NAME = "Variable / Field Name"
FORM = "Form Name"
SECTION = "Section Header"
TYPE = "Field Type"
LABEL = "Field Label"
CHOICES = "Choices, Calculations, OR Slider Labels"
NOTE = "Field Note"
VALIDATION = "Text Validation Type OR Show Slider Number"
MINIMUM = "Text Validation Min"
MAXIMUM = "Text Validation Max"
IDENTIFIER = "Identifier?"
BRANCHING = "Branching Logic (Show field only if...)"
REQUIRED = "Required Field?"
ALIGNMENT = "Custom Alignment"
QUESTION = "Question Number (surveys only)"
MATRIX = "Matrix Group Name"
RANKING = "Matrix Ranking?"
ANNOTATION = "Field Annotation"
COLUMNS = (
    NAME, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, MINIMUM, MAXIMUM, IDENTIFIER, BRANCHING, REQUIRED,
    ALIGNMENT, QUESTION, MATRIX, RANKING, ANNOTATION,
)  # fmt: skip
Say = Callable[[str, str, str], None]
Spec = TypeVar("Spec")

_NAME = re.compile("[a-z][a-z0-9_]{0,62}")
_CODE = re.compile(r"[A-Za-z0-9_.+-]{1,32}")
_MARKUP = re.compile(r"<[^<>]*>")
# What REDCap has no column for travels in its annotation, as JSON without apostrophes.
# Under _WAS, for each thing kept there: a mark of what the cells said of it.
_WAS = "was"
_OURS = re.compile(r"@COLLOQUY='([^']*)'")
_PLAIN_TYPES = {
    "notes": VariableType.TEXT,
    "radio": VariableType.ONE_OF,
    "dropdown": VariableType.ONE_OF,
    "checkbox": VariableType.MANY_OF,
    "yesno": VariableType.YES_NO,
    "truefalse": VariableType.YES_NO,
    "calc": VariableType.DECIMAL,
    "slider": VariableType.INTEGER,
}
_VALIDATIONS = {
    "": VariableType.TEXT,
    "alpha_only": VariableType.TEXT,
    "integer": VariableType.INTEGER,
    **dict.fromkeys(("number", *(f"number_{places}dp" for places in range(1, 5))), VariableType.DECIMAL),
    **dict.fromkeys(("date_ymd", "date_mdy", "date_dmy"), VariableType.DATE),
    **dict.fromkeys(
        [f"{kind}_{order}" for kind in ("datetime", "datetime_seconds") for order in ("ymd", "mdy", "dmy")],
        VariableType.DATETIME,
    ),
    **dict.fromkeys(("time", "time_hh_mm_ss"), VariableType.TIME),
}
_DIRECT_IDENTIFIERS = (
    "email",
    "phone",
    "phone_australia",
    "ssn",
    "mrn_10d",
    "mrn_generic",
    "vmrn",
    "zipcode",
    "postalcode",
)
_WRITTEN = {
    VariableType.INTEGER: ("text", "integer"),
    VariableType.DECIMAL: ("text", "number"),
    VariableType.TEXT: ("text", ""),
    VariableType.DATE: ("text", "date_ymd"),
    VariableType.TIME: ("text", "time"),
    VariableType.DATETIME: ("text", "datetime_ymd"),
    VariableType.YES_NO: ("yesno", ""),
    VariableType.ONE_OF: ("radio", ""),
    VariableType.MANY_OF: ("checkbox", ""),
}


def plain_text(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", text).split())


@dataclass(frozen=True)
class Row:
    line: int
    cells: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def plain(self, column: str) -> str:
        """The text of a cell without HTML, which REDCap shows and we do not."""
        return plain_text(self[column])

    def ours(self, say: Say) -> dict[str, Json]:
        """What `annotation` wrote."""
        found = _OURS.search(self[ANNOTATION])
        try:
            data = json.loads(found[1]) if found else {}
        except json.JSONDecodeError:
            data = None
        if isinstance(data, dict):
            return data
        say(ANNOTATION, "What follows @COLLOQUY= was damaged.", "Remove it, or export the form again.")
        return {}


def read_variable(row: Row, section: str, say: Say, note: Say) -> VariableSpec | None:
    """The variable of a row; what is wrong goes to `say` as column, message, remedy, what was decided to `note`."""
    kind = _read_type(row, say)
    if not _NAME.fullmatch(row[NAME]):
        say(NAME, f'"{row[NAME]}" cannot be the name of a variable.', "Use small letters, digits and _, at most 63.")
        return None
    if kind is None:
        return None
    bare = VariableSpec(name=row[NAME], label=row.plain(LABEL) or row[NAME], type=kind, section=section)
    data = _with_ours(_as_json(_full(bare, row, say)), row.ours(say), note)
    return read_spec(VariableSpec, {**data, "name": row[NAME]}, say)


def _with_ours(cells: dict[str, Json], ours: dict[str, Json], note: Say) -> dict[str, Json]:
    """What the cells say, with what the annotation adds; a cell that was changed in REDCap since counts for more."""
    was = ours.get(_WAS)
    data = dict(cells)
    for name, value in ours.items():
        if name == _WAS:
            continue
        changed = isinstance(was, dict) and was.get(name) != _mark(cells, name)
        data[name] = _changed(name, cells.get(name), value, note) if changed else value
    return data


def _changed(name: str, cell: Json, ours: Json, note: Say) -> Json:
    note(ANNOTATION, f"The {name.replace('_', ' ')} was changed in REDCap, and is taken from there.", "Nothing to do.")
    if name == "range" and isinstance(ours, dict):
        soft = {key: bound for key, bound in ours.items() if key.startswith("soft")}
        return {**soft, **cast("dict[str, Json]", cell or {})}
    return cell


def _mark(cells: dict[str, Json], name: str) -> str | None:
    """Tells whether what REDCap's cells say of `name` is still what it was; None where they say nothing."""
    if cells.get(name) is None:
        return None
    text = json.dumps(cells[name], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_spec(kind: type[Spec], data: dict[str, Json], say: Say) -> Spec | None:
    try:
        return from_json(kind, {name: value for name, value in data.items() if value is not None})
    except (KeyError, TypeError, ValueError):
        say(ANNOTATION, "What follows @COLLOQUY= does not fit.", "Remove it, or export the form again.")
        return None


def _as_json(variable: VariableSpec) -> dict[str, Json]:
    return cast("dict[str, Json]", to_json(variable))


def _full(bare: VariableSpec, row: Row, say: Say) -> VariableSpec:
    is_date = bare.type in (VariableType.DATE, VariableType.DATETIME)
    identifier = IdentifierClass.DATE if is_date else IdentifierClass.LOCAL_REFERENCE
    return VariableSpec(
        name=bare.name,
        label=bare.label,
        type=bare.type,
        section=bare.section,
        codes=tuple(_read_codes(row, say)) if bare.type in (VariableType.ONE_OF, VariableType.MANY_OF) else (),
        range=_read_range(bare, row, say),
        required=_is_yes(row[REQUIRED]) and row[TYPE] != "calc",
        show_if=_read_logic(row, BRANCHING, say),
        calculation=_read_logic(row, CHOICES, say) if row[TYPE] == "calc" else None,
        definition=row.plain(NOTE),
        identifier=identifier if _is_yes(row[IDENTIFIER]) else IdentifierClass.NONE,
    )


def _is_yes(cell: str) -> bool:
    return cell.casefold() in ("y", "yes", "1", "true")


def _read_type(row: Row, say: Say) -> VariableType | None:
    if row[TYPE] in _PLAIN_TYPES:
        return _PLAIN_TYPES[row[TYPE]]
    if row[TYPE] != "text":
        say(TYPE, f'Fields of type "{row[TYPE]}" are not kept here.', "Remove the row, or make it a text field.")
        return None
    if row[VALIDATION] in _DIRECT_IDENTIFIERS:
        say(VALIDATION, f'"{row[VALIDATION]}" names a person directly.', "Keep it in the hospital, and remove the row.")
    elif row[VALIDATION] not in _VALIDATIONS:
        say(
            VALIDATION,
            f'The validation "{row[VALIDATION]}" is not known here.',
            f"Use {', '.join(filter(None, _VALIDATIONS))}.",
        )
    return _VALIDATIONS.get(row[VALIDATION])


def _read_codes(row: Row, say: Say) -> Iterator[Code]:
    seen: set[str] = set()
    for choice in filter(None, (part.strip() for part in row[CHOICES].split("|"))):
        value, comma, label = choice.partition(",")
        code = value.strip()
        if not comma or not _CODE.fullmatch(code) or code in seen:
            say(CHOICES, f'"{choice}" is not a code and its label.', 'Write "1, Elective | 2, Urgent", each code once.')
        else:
            seen.add(code)
            yield Code(value=code, label=plain_text(label) or code)
    if not row[CHOICES]:
        say(CHOICES, "The field has no choices.", 'Write "1, Elective | 2, Urgent".')


def _read_range(bare: VariableSpec, row: Row, say: Say) -> Range:
    if row[TYPE] == "slider":
        return Range(hard_min=_bound(bare, row, MINIMUM, say) or 0, hard_max=_bound(bare, row, MAXIMUM, say) or 100)
    return Range(hard_min=_bound(bare, row, MINIMUM, say), hard_max=_bound(bare, row, MAXIMUM, say))


def _bound(bare: VariableSpec, row: Row, column: str, say: Say) -> Value | None:
    try:
        value = parse_value(bare, row[column])
    except ValueProblem as problem:
        say(column, problem.message, "Write a fixed value; make a rule of a limit that depends on other fields.")
        return None
    return None if isinstance(value, MissingKind) else value


def _read_logic(row: Row, column: str, say: Say) -> str | None:
    try:
        return from_redcap(row[column]) if row[column] else None
    except ExpressionError as error:
        say(column, f"{error.message[:-1]} (character {error.position}).", error.remedy)
        return None


@dataclass(frozen=True)
class Place:
    """Where a row stands: the header that begins its section there, and the section that it will be read into."""

    form: str
    header: str
    section: str


def write_row(variable: VariableSpec, place: Place, say: Say) -> Row:
    """The row of a variable; what REDCap has no word for goes to `say`, and into the annotation."""
    kind, validation = _WRITTEN[variable.type]
    choices = " | ".join(f"{code.value}, {code.label.replace('|', '/')}" for code in variable.codes)
    if variable.calculation:
        kind, validation = "calc", ""
        choices = _write_logic(formula_to_redcap, variable.calculation, CHOICES, say)
    least, most = variable.range.hard_min, variable.range.hard_max
    cells = {
        NAME: variable.name,
        FORM: place.form,
        SECTION: place.header,
        TYPE: kind,
        LABEL: variable.label,
        CHOICES: choices,
        NOTE: variable.definition,
        VALIDATION: validation,
        MINIMUM: "" if least is None or not validation else input_text(least),
        MAXIMUM: "" if most is None or not validation else input_text(most),
        IDENTIFIER: "" if variable.identifier is IdentifierClass.NONE else "y",
        BRANCHING: _write_logic(to_redcap, variable.show_if, BRANCHING, say),
        REQUIRED: "y" if variable.required else "",
    }
    return Row(0, {**cells, ANNOTATION: _write_ours(Row(0, cells), variable, place.section)})


def _write_logic(translate: Callable[[str], str], text: str | None, column: str, say: Say) -> str:
    try:
        return translate(text) if text else ""
    except ExpressionError as error:
        say(column, error.message, "It is kept in the annotation; REDCap will not follow it.")
        return ""


def _write_ours(row: Row, variable: VariableSpec, section: str) -> str:
    """The annotation that makes `read_variable` give the same variable again."""
    read = read_variable(row, section, _nothing, _nothing)
    data, cells = _as_json(variable), _as_json(read) if read else {}
    lost = [item.name for item in fields(variable) if cells.get(item.name) != data.get(item.name)]
    was: dict[str, Json] = {name: mark for name in lost if (mark := _mark(cells, name))}
    return annotation({**{name: data.get(name) for name in lost}, _WAS: was}) if lost else ""


def _nothing(*_words: str) -> None:
    """For reading back what was just written: its problems were said when it was written."""


def annotation(data: Json) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return "@COLLOQUY='" + text.replace("'", "\\u0027") + "'"
