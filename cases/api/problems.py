"""What the services refuse, in the words they refuse it with."""

from collections.abc import Callable, Mapping
from typing import cast

from django.db import OperationalError

from cases.errors import (
    CaseCompletedError,
    CaseDateError,
    CaseNumberError,
    CaseNumberTakenError,
    CaseProblemsError,
    CaseRevisionError,
    EntryRefusedError,
    KeyFormatError,
    KeyReusedError,
    ReasonMissingError,
)
from collaboratives.api.problems import Kind, ProblemError, Wrong
from measures.definition.answers import json_value
from measures.definition.spec import MissingKind, Value
from measures.errors import NoVersionInForceError


def problem_of(error: Exception) -> ProblemError | None:
    """The problem that the error is to a program; None for what should not have happened."""
    if isinstance(error, ProblemError):
        return error
    make = next((make for kind, make in REFUSALS.items() if isinstance(error, kind)), None)
    return make(error) if make else None


def conflict_of(error: CaseRevisionError, mine: Mapping[str, object]) -> ProblemError:
    """Both sides of every answer that was sent and stands otherwise, so that a program or its person can decide."""
    theirs = error.current.values
    stand = {name: theirs.values.get(name, theirs.missing.get(name)) for name in mine}
    conflicts = [
        {"field": f"answers.{name}", "yours": _plain(mine[name]), "theirs": _plain(stand[name])}
        for name in mine
        if mine[name] != stand[name]
    ]
    return ProblemError(
        Kind.STALE,
        str(error),
        revision=error.current.revision,
        changed_at=error.current.updated_at.isoformat(),
        changed_by=error.changed_by,
        conflicts=conflicts,
    )


def _plain(answer: object) -> object:
    if answer is None or isinstance(answer, MissingKind):
        return {"missing": answer.value} if answer else None
    return json_value(cast("Value", answer))


def _beside(kind: Kind, field: str, remedy: str = "") -> Callable[[Exception], ProblemError]:
    return lambda error: ProblemError(kind, str(error), [Wrong(field, str(error), remedy)])


def _taken(error: Exception) -> ProblemError:
    taken = cast("CaseNumberTakenError", error)
    return ProblemError(
        Kind.CONFLICT,
        str(error),
        [Wrong("case_number", str(error), "Change that case instead.")],
        existing=taken.public_id,
    )


def _findings(error: Exception) -> ProblemError:
    findings = cast("CaseProblemsError", error).findings
    wrong = [
        Wrong(f"answers.{each.variable}" if each.variable else "answers", each.message, each.remedy)
        for each in findings
    ]
    return ProblemError(Kind.REFUSED, str(error), wrong)


def _waited(error: Exception) -> ProblemError:
    """Somebody else holds the row longer than `lock_timeout`. Anything else the database says is a fault of ours."""
    if getattr(error.__cause__, "sqlstate", "") != "55P03":
        raise error
    return ProblemError(Kind.CONFLICT, "Another request works on this case. Send yours again in a moment.")


REFUSALS: Mapping[type[Exception], Callable[[Exception], ProblemError]] = {
    CaseNumberTakenError: _taken,
    CaseNumberError: _beside(Kind.REFUSED, "case_number"),
    EntryRefusedError: _beside(Kind.NOT_ALLOWED, "form"),
    CaseDateError: _beside(Kind.REFUSED, "event_date"),
    NoVersionInForceError: _beside(Kind.REFUSED, "event_date"),
    CaseCompletedError: _beside(Kind.CONFLICT, "status"),
    ReasonMissingError: _beside(Kind.REFUSED, "reason"),
    CaseProblemsError: _findings,
    KeyReusedError: _beside(Kind.REFUSED, "Idempotency-Key"),
    KeyFormatError: _beside(Kind.MALFORMED, "Idempotency-Key"),
    CaseRevisionError: lambda error: ProblemError(Kind.STALE, str(error)),
    OperationalError: _waited,
}
