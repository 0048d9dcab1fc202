"""value_vectors.json: what people type, for Python and the browser."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from measures.definition.canonical import from_json
from measures.definition.spec import DateOrder, VariableSpec


DATA = json.loads(Path(__file__).with_name("value_vectors.json").read_text(encoding="utf-8"), parse_float=Decimal)
TODAY = date.fromisoformat(DATA["today"])
VARIABLES = {name: from_json(VariableSpec, spec) for name, spec in DATA["variables"].items()}


@dataclass(frozen=True, kw_only=True)
class ValueVector:
    """A text, and its value as stored, a missing kind, or a problem's words under one of these names; or nothing."""

    name: str
    text: str
    order: DateOrder
    today: date | None
    expected: dict[str, object]

    @property
    def variable(self) -> VariableSpec:
        return VARIABLES[self.name]

    def __str__(self) -> str:
        return f"{self.name}-{ascii(self.text)[:30]}-{self.order}{'-form' if self.today else ''}"


def _vectors() -> Iterator[ValueVector]:
    for vector in DATA["vectors"]:
        yield ValueVector(
            name=vector["variable"],
            text=vector["text"] * vector.get("times", 1),
            order=DateOrder(vector["order"]),
            today=TODAY if vector.get("today") else None,
            expected={key: vector[key] for key in ("value", "missing", "problem") if key in vector},
        )


VALUE_VECTORS = tuple(_vectors())
