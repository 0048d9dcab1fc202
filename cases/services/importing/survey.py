"""What is in a file before any row of it is checked: samples, the texts of coded columns, the order of its dates."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from cases.services.columns import Choices
from cases.services.importing.cells import said_of
from cases.services.importing.table import Row, Table, readable
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder, FormSpec, MissingKind, VariableSpec, VariableType
from measures.definition.values import parse_value


CODED = (VariableType.ONE_OF, VariableType.MANY_OF, VariableType.YES_NO)
DATED = (VariableType.DATE, VariableType.DATETIME)
MOST_TEXTS, MOST_COUNTED, SAMPLED, LONGEST_SAMPLE, LONGEST_TEXT = 60, 5_000, 200, 30, 100
NUMERIC = re.compile(r"\s*([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})(?:[ T].*)?")
LAST_MONTH = 12


class Survey:
    """Looks at batches of rows while they go by."""

    def __init__(self, table: Table, spec: FormSpec, matched: Mapping[str, str], choices: Choices) -> None:
        self.table, self.spec, self.matched, self.choices = table, spec, matched, choices
        asked = [(place, spec.by_name.get(target)) for place, target in enumerate(matched.values())]
        self.coded = {
            place: (variable, Counter[str]()) for place, variable in asked if variable and variable.type in CODED
        }
        self.dated = {
            place: (variable, Counter[str]()) for place, variable in asked if variable and variable.type in DATED
        }
        self.samples: list[list[str]] = []
        self.rows = 0

    def look(self, rows: Sequence[Row]) -> None:
        width = len(self.table.header)
        columns = list(zip(*(row.cells[:width] for row in rows if len(row.cells) >= width), strict=True))
        self.rows += len(rows)
        if not columns:
            return
        if not self.samples:
            self.samples = [_samples(column) for column in columns]
        for place, (_, counts) in (*self.coded.items(), *self.dated.items()):
            if len(counts) < MOST_COUNTED:
                counts.update(columns[place])

    def columns(self) -> list[dict[str, object]]:
        """Each column with what it seems to hold and some of its values."""
        samples = self.samples or [[] for _ in self.table.header]
        return [
            {"name": name, "target": target, "samples": samples[place]}
            for place, (name, target) in enumerate(self.matched.items())
        ]

    def codes(self) -> list[dict[str, object]]:
        """The texts of every coded column with their counts, those that mean nothing yet first."""
        found = []
        for place, (variable, counts) in self.coded.items():
            given = self.choices.codes.get(variable.name, {})
            texts = Counter[str]()
            for text, count in counts.items():
                if text.strip():
                    texts[readable(" ".join(text.split()))[:LONGEST_TEXT]] += count
            values = [
                {"text": text, "count": count, "means": said_of(variable, text, given) or _meaning(variable, text)}
                for text, count in texts.most_common()
            ]
            values.sort(key=lambda each: bool(each["means"]))
            found.append(
                {
                    "variable": variable.name,
                    "column": self.table.header[place],
                    "values": values[:MOST_TEXTS],
                    "more": max(0, len(values) - MOST_TEXTS),
                    "unknown": sum(1 for each in values if not each["means"]),
                }
            )
        return found

    def orders(self, usual: DateOrder) -> dict[str, dict[str, str]]:
        """Columns of dates that contradict the programme's order of day and month, and never bear it out."""
        found = {}
        for place, (_, counts) in self.dated.items():
            name = self.table.header[place]
            order, example = _order(counts, usual)
            if order and name not in self.choices.orders:
                found[name] = {"order": order.value, "example": example}
        return found


def _samples(column: Sequence[str]) -> list[str]:
    values = (readable(text.strip()) for text in column[:SAMPLED])
    return [text[:LONGEST_SAMPLE] for text in islice(dict.fromkeys(text for text in values if text), 3)]


def _meaning(variable: VariableSpec, text: str) -> str:
    """What the form understands by the text: a code, a missing kind, or nothing."""
    try:
        answer = parse_value(variable, text)
    except ValueProblem:
        return ""
    if isinstance(answer, MissingKind):
        return answer.value
    if isinstance(answer, bool):
        return "1" if answer else "0"
    return ";".join(answer) if isinstance(answer, tuple) else str(answer or "")


def _order(counts: Counter[str], usual: DateOrder) -> tuple[DateOrder | None, str]:
    other = DateOrder.DAY_FIRST if usual is DateOrder.MONTH_FIRST else DateOrder.MONTH_FIRST
    contradicted = ""
    for text, first, second in _pairs(counts):
        month, day = (first, second) if usual is not DateOrder.DAY_FIRST else (second, first)
        if day > LAST_MONTH >= month:
            return None, ""
        if month > LAST_MONTH >= day:
            contradicted = contradicted or text
    return (other, contradicted) if contradicted else (None, "")


def _pairs(counts: Counter[str]) -> Iterator[tuple[str, int, int]]:
    for text in counts:
        if found := NUMERIC.fullmatch(text):
            yield text.strip()[:LONGEST_SAMPLE], int(found[1]), int(found[2])
