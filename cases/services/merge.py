"""Two people at one case: what each of them changed is put together, question by question."""

from cases.errors import CaseChangedError
from cases.models import Case
from cases.services.changes import Answer, Changes
from measures.definition.answers import Answers
from measures.definition.spec import FormSpec


def merged_answers(case: Case, changes: Changes, *, seen: FormSpec) -> Answers:
    """The case's answers with those of `changes`; `case` is locked, `seen` the form that the person answered.

    Raises
    ------
    CaseChangedError
        Somebody else answered a question differently since `changes.base`, or the base is not known.
    """
    theirs, known = case.values, case.form_version.definition.by_name
    mine = {
        name: answer
        for name, answer in changes.answers.items()
        if name in known and name in seen.by_name and known[name].type is seen.by_name[name].type
    }
    stale = changes.revision != case.revision
    if stale and changes.base is not None:
        mine = {name: answer for name, answer in mine.items() if answer != changes.base.answer(name)}
    if stale and (clashing := _clashing(theirs, mine, changes.base)):
        raise clash(case, _with(theirs, mine), base=changes.base or theirs, clashing=clashing)
    return _with(theirs, mine)


def _clashing(theirs: Answers, mine: dict[str, Answer], base: Answers | None) -> tuple[str, ...]:
    """Questions that both changed, to different answers. Without a base nobody can tell, so all that differ."""
    return tuple(
        name
        for name, answer in mine.items()
        if theirs.answer(name) != answer and (base is None or theirs.answer(name) != base.answer(name))
    )


def _with(answers: Answers, changed: dict[str, Answer]) -> Answers:
    for name, answer in changed.items():
        answers = answers.with_answer(name, answer)
    return answers


def clash(case: Case, mine: Answers, *, base: Answers, clashing: tuple[str, ...] = ()) -> CaseChangedError:
    editor = case.updated_by
    return CaseChangedError(
        base=base,
        mine=mine,
        theirs=case.values,
        changed_by=editor.full_name if editor else "Somebody else",
        changed_at=case.updated_at,
        clashing=clashing,
    )
