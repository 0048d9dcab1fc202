"""The pieces that files are made of, as JSON: each is one thing to read, in the order in which it is read."""

from collections.abc import Iterable, Sequence

from feedback.charts import Drawing
from feedback.reports.definition.figures import paper
from feedback.selectors.statements import Statement
from measures.definition.canonical import Json
from ui.parts import Fact


Block = dict[str, Json]
Row = Sequence[str]


def heading(text: str, level: int = 2) -> Block:
    return {"kind": "heading", "level": level, "text": text}


def lead(text: str) -> Block:
    """The sentence that says it all."""
    return {"kind": "lead", "text": text}


def words(text: str) -> Block:
    return {"kind": "words", "text": text}


def small(text: str) -> Block:
    return {"kind": "small", "text": text}


def bullets(items: Iterable[str]) -> Block:
    return {"kind": "bullets", "items": list(items)}


def rules(rows: Iterable[tuple[str, str]]) -> Block:
    """What a definition says, and the expression that says it to the machine."""
    return {"kind": "rules", "rows": [list(row) for row in rows]}


def table(head: Row, rows: Iterable[Row], *, numbers: Iterable[int] = (), wide: int = 0) -> Block:
    """Columns of `numbers` stand to the right; the column `wide` takes what room is left."""
    right = set(numbers)
    return {
        "kind": "table",
        "head": list(head),
        "rows": [list(row) for row in rows],
        "right": [at in right for at in range(len(head))],
        "wide": [at == wide for at in range(len(head))],
    }


def told(facts: Iterable[Fact]) -> Block:
    """Facts as the pages list them."""
    return table(("What", "Value", "Interval or note"), [(fact.label, fact.value, fact.note) for fact in facts], wide=2)


def stated(statement: Statement) -> Json:
    return {"whose": statement.whose, "text": statement.text}


def statement(said: Statement) -> Block:
    return {"kind": "statement", "said": stated(said)}


def chart(drawing: Drawing, aid: str = "", *, width: int = 100) -> list[Block]:
    """A picture, and what it shows in words. `width` is in per cent of the line."""
    picture: Block = {"kind": "chart", "picture": paper(drawing), "width": width}
    return [picture, small(aid)] if aid else [picture]


def words_below(drawing: Drawing) -> Block:
    """A picture whose words everybody should read, since they say what is seen but not written in it.

    They stand below it, and so need not be said twice to those who do not see it.
    """
    alt = f"Chart: {drawing.title}. The words below it say what it shows."
    return {**paper(drawing), "alt": alt, "said": drawing.description}


def spoken(drawing: Drawing, aid: str = "", *, width: int = 100) -> list[Block]:
    picture: Block = {"kind": "chart", "picture": words_below(drawing), "width": width}
    blocks = [picture, words(drawing.description)]
    return [*blocks, small(aid)] if aid else blocks
