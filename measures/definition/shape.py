"""Checks the shape of a definition file against schema.json, and says it for people."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from measures.definition.errors import did_you_mean, one_of
from measures.definition.yaml_source import Data, Path, Source


KINDS = {
    "object": "a list of `key: value`",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@cache
def schema() -> dict[str, Data]:
    file = resources.files("measures.definition").joinpath("schema.json")
    return cast("dict[str, Data]", json.loads(file.read_text(encoding="utf-8")))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One place where a file does not follow the schema."""

    path: Path
    rule: str
    limit: Data
    found: Data
    properties: dict[str, dict[str, Data]]


def check_shape(source: Source) -> None:
    """Add an error to `source` for everything that schema.json does not allow."""
    for error in _validator().iter_errors(source.data):
        for path, message, remedy in _say(_breach(error)):
            source.add(path, message, remedy)


def _breach(error: ValidationError) -> Breach:
    known = cast("dict[str, dict[str, dict[str, Data]]]", error.schema)
    of_a_key = "propertyNames" in error.absolute_schema_path
    return Breach(
        path=(*error.absolute_path, cast("str", error.instance)) if of_a_key else tuple(error.absolute_path),
        rule=str(error.validator),
        limit=cast("Data", error.validator_value),
        found=cast("Data", error.instance),
        properties=known.get("properties", {}),
    )


def _say(breach: Breach) -> Iterator[tuple[Path, str, str]]:
    if isinstance(breach.found, dict) and breach.rule == "additionalProperties":
        yield from _unknown_keys(breach, breach.found)
    elif isinstance(breach.found, dict) and breach.rule == "required":
        yield from _missing_keys(breach, breach.found)
    else:
        yield breach.path, *MESSAGES[breach.rule](breach)


def _unknown_keys(breach: Breach, found: dict[str, Data]) -> Iterator[tuple[Path, str, str]]:
    known = sorted(breach.properties)
    for key in found:
        if key not in known:
            remedy = did_you_mean(key, known, otherwise=f"Known here: {', '.join(known)}.")
            yield (*breach.path, key), f'"{key}" is not a key that is read here.', remedy


def _missing_keys(breach: Breach, found: dict[str, Data]) -> Iterator[tuple[Path, str, str]]:
    for key in _words(breach.limit):
        if key not in found:
            about = breach.properties[key].get("description", "")
            yield breach.path, f'"{key}" is missing.', f"Add `{key}:`. {about}".strip()


def _words(limit: Data) -> list[str]:
    return [str(word) for word in limit] if isinstance(limit, list) else [str(limit)]


def _bad_type(breach: Breach) -> tuple[str, str]:
    kinds = _words(breach.limit)
    wanted = one_of([KINDS[kind] for kind in kinds])
    could_be_quoted = kinds == ["string"] and not isinstance(breach.found, dict | list | None)
    return f"{_shown(breach)} is not {wanted}.", "Put it in quotes." if could_be_quoted else f"Give {wanted}."


def _bad_word(breach: Breach) -> tuple[str, str]:
    return f"{_shown(breach)} is not known here.", did_you_mean(str(breach.found), _words(breach.limit))


def _bad_pattern(breach: Breach) -> tuple[str, str]:
    return f"{_shown(breach)} is not written as it must be.", _PATTERNS[str(breach.limit)]


def _bad_constant(breach: Breach) -> tuple[str, str]:
    return f"{_shown(breach)} is not known here.", f"Write {breach.limit}."


def _too_small(breach: Breach) -> tuple[str, str]:
    least = "more than" if breach.rule == "exclusiveMinimum" else "at least"
    return f"{_shown(breach)} is too small.", f"Give {least} {breach.limit}."


def _too_large(breach: Breach) -> tuple[str, str]:
    return f"{_shown(breach)} is too large.", f"Give at most {breach.limit}."


def _too_few(breach: Breach) -> tuple[str, str]:
    return "This is empty or too short.", f"Give at least {breach.limit}, or leave the key out."


def _too_long(breach: Breach) -> tuple[str, str]:
    return f"This has {len(str(breach.found)):,} characters.", f"Give at most {breach.limit}."


def _repeated(breach: Breach) -> tuple[str, str]:
    return f"{_shown(breach)} names something twice.", "Remove one of them."


def _shown(breach: Breach) -> str:
    found = breach.found
    text = "nothing" if found is None else json.dumps(found, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


MESSAGES: dict[str, Callable[[Breach], tuple[str, str]]] = {
    "type": _bad_type,
    "enum": _bad_word,
    "const": _bad_constant,
    "pattern": _bad_pattern,
    "minimum": _too_small,
    "exclusiveMinimum": _too_small,
    "maximum": _too_large,
    "minItems": _too_few,
    "minLength": _too_few,
    "minProperties": _too_few,
    "maxLength": _too_long,
    "uniqueItems": _repeated,
}
_PATTERNS = {
    "^[a-z][a-z0-9_]{0,62}$": "Use small letters, digits and _, starting with a letter, at most 63.",
    "^[a-z][a-z0-9_-]{0,62}$": "Use small letters, digits, _ and -, starting with a letter, at most 63.",
    "^[a-z][a-z0-9-]{0,62}$": "Use small letters, digits and -, starting with a letter, at most 63.",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "Write dates as year-month-day, such as 2026-01-05.",
    "^[A-Za-z0-9_.+-]{1,32}$": "A code has letters, digits, _ . + or -, at most 32.",
}
