"""Frozen dataclasses as JSON and back, and their digest: how a published version is kept.

Fields that hold their default are left out, so that a field added to a class later changes
neither the stored JSON nor the digest of versions published before it.
"""

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints


Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Spec = TypeVar("Spec")
# Values that JSON lacks carry their type's name: {"date": "2026-01-05"}.
_TAGGED: tuple[tuple[str, type[date] | type[time] | type[Decimal]], ...] = (
    ("datetime", datetime),  # before date, whose subclass it is
    ("date", date),
    ("time", time),
    ("decimal", Decimal),
)


def digest_of(spec: object) -> str:
    text = json.dumps(to_json(spec), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def to_json(spec: object) -> Json:
    """Any spec, or a value inside one, as JSON."""
    if spec is None or isinstance(spec, bool | int):
        return spec
    if isinstance(spec, str):
        return str(spec)
    if isinstance(spec, tuple):
        return [to_json(item) for item in spec]
    if isinstance(spec, Mapping):
        return {str(key): to_json(value) for key, value in spec.items()}
    if is_dataclass(spec) and not isinstance(spec, type):
        kept = (item for item in fields(spec) if getattr(spec, item.name) != _default(item))
        return {item.name: to_json(getattr(spec, item.name)) for item in kept}
    return _tagged(spec)


def _default(item: "Field[object]") -> object:
    return item.default_factory() if item.default_factory is not MISSING else item.default


def _tagged(value: object) -> Json:
    for tag, kind in _TAGGED:
        if isinstance(value, kind):
            return {tag: format(value, "f") if isinstance(value, Decimal) else str(value)}
    raise TypeError(f"expected a value of a definition, but got {value!r}")


def from_json(kind: type[Spec], data: Json) -> Spec:
    """The spec of class `kind` that `to_json` wrote as `data`."""
    return cast("Spec", _decode(kind, data))


def _decode(kind: object, data: Json) -> object:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(arguments, data)
    if origin is tuple and isinstance(data, list):
        return tuple(_decode(arguments[0], item) for item in data)
    if origin is Mapping and isinstance(data, dict):
        return {key: _decode(arguments[1], value) for key, value in data.items()}
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(data, dict):
        hints = get_type_hints(kind)
        return kind(**{name: _decode(hints[name], value) for name, value in data.items()})
    return _decode_plain(kind, data)


def _decode_union(members: tuple[object, ...], data: Json) -> object:
    real = [member for member in members if member is not types.NoneType]
    if data is None or len(real) > 1:
        return tuple(data) if isinstance(data, list) else _untagged(data)
    return _decode(real[0], data)


def _decode_plain(kind: object, data: Json) -> object:
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(data, str):
        return kind(data)
    value = _untagged(data)
    if type(value) is kind:
        return value
    raise TypeError(f"expected {kind}, but got {data!r}")


def _untagged(data: Json) -> object:
    if not isinstance(data, dict):
        return data
    [(tag, text)] = data.items()
    return _PARSERS[tag](cast("str", text))


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
}
