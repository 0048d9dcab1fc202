"""How hospitals stand with their agreements today, and what a hospital that lacks one is told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import OuterRef

from collaboratives.agreements.definition.standing import Found, Stands, Term, standing_of
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementNeed
from collaboratives.agreements.selectors.needs import USUAL, Need, needs_of
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.listed import Found as Listed
from collaboratives.selectors.listed import listed


Purpose = Literal["entry", "comparison"]
LASTING = {Stands.ACTIVE, Stands.EXPIRING}
TERM = ("starts_on", "ends_on", "ended_on")
SIGNED = {name: name for name in ("kind", *TERM)}
DECIDED = {name: name for name in ("kind", "for_entry", "for_comparison")}
BY_HOSPITAL = Mapping[AgreementKind, Found]


@dataclass(frozen=True)
class Lacking:
    """One agreement without which the hospital may not."""

    kind: AgreementKind
    found: Found

    @property
    def words(self) -> str:
        """Beginning with «your hospital's», so that a sentence can go on with it."""
        name, term = f"your hospital's {self.kind.in_words}", self.found.term
        if self.found.stands is Stands.EXPIRED and term and term.ends_on:
            return f"{name} expired on {term.ends_on:%-d %B %Y}"
        if self.found.stands is Stands.ENDED and term and term.ended_on:
            return f"{name} was ended on {term.ended_on:%-d %B %Y}"
        if self.found.stands is Stands.LATER and term:
            return f"{name} begins on {term.starts_on:%-d %B %Y}"
        return f"{name} is not signed yet"


def standings_of(collaborative: Collaborative, participations: Iterable[int]) -> dict[int, BY_HOSPITAL]:
    """Of these hospitals with every kind, in one statement."""
    today, terms = today_of(collaborative), defaultdict[tuple[int, str], list[Term]](list)
    keys = list(participations)
    rows = Agreement.objects.filter(collaborative=collaborative, participation__in=keys)
    for participation, kind, starts, ends, ended in rows.values_list("participation_id", "kind", *TERM):
        terms[participation, kind].append(Term(starts_on=starts, ends_on=ends, ended_on=ended))
    return {key: {kind: standing_of(terms[key, kind], today) for kind in AgreementKind} for key in keys}


def lacking(collaborative_id: int, participation_id: int, purpose: Purpose) -> list[Lacking]:
    """What this hospital would need for the purpose and has not, in one statement: services ask with every case."""
    signed = Agreement.objects.filter(collaborative=OuterRef("pk"), participation_id=participation_id)
    decided = AgreementNeed.objects.filter(collaborative=OuterRef("pk"))
    collaborative = Collaborative.objects.annotate(
        signed=listed(signed, **SIGNED), decided=listed(decided, **DECIDED)
    ).get(pk=collaborative_id)
    needs = needs_in(collaborative.decided)
    found = found_in(collaborative.signed, today_of(collaborative))
    wanted = [kind for kind in AgreementKind if _is_needed(needs[kind], purpose)]
    return [Lacking(kind, found[kind]) for kind in wanted if found[kind].stands not in LASTING]


def found_in(signed: Iterable[Listed], today: date) -> dict[AgreementKind, Found]:
    """How a hospital stands, from what it has signed as a list of plain values (`SIGNED`)."""
    terms = defaultdict[str, list[Term]](list)
    for row in signed:
        days = {name: _day(row[name]) for name in ("ends_on", "ended_on")}
        terms[row["kind"]].append(Term(starts_on=_day(row["starts_on"]) or today, **days))
    return {kind: standing_of(terms[kind], today) for kind in AgreementKind}


def needs_in(decided: Iterable[Listed]) -> dict[AgreementKind, Need]:
    """What each kind is needed for, from decisions as a list of plain values (`DECIDED`)."""
    needs = {AgreementKind(row["kind"]): Need(row["for_entry"], row["for_comparison"]) for row in decided}
    return dict(USUAL) | needs


def lacking_for_entry(collaborative: Collaborative, participations: Iterable[int]) -> dict[int, str]:
    """Of these hospitals those whose cases are not entered today, and why."""
    needs = needs_of(collaborative.pk)
    found = {
        key: [
            Lacking(kind, each).words
            for kind, each in kinds.items()
            if needs[kind].for_entry and each.stands not in LASTING
        ]
        for key, kinds in standings_of(collaborative, participations).items()
    }
    return {key: _and(words).replace("your hospital's", "its") for key, words in found.items() if words}


def _is_needed(need: Need, purpose: Purpose) -> bool:
    return need.for_entry if purpose == "entry" else need.for_comparison


def _day(text: str | None) -> date | None:
    """JSON has days as texts."""
    return date.fromisoformat(text) if text else None


def entry_refusal_words(collaborative_id: int, participation_id: int) -> str:
    """Why no cases of this hospital are entered today, and what to do; nothing where they may be."""
    found = lacking(collaborative_id, participation_id, "entry")
    if not found:
        return ""
    why = _and([each.words for each in found])
    return (
        f"{why[0].upper()}{why[1:]}, and without {'it' if len(found) == 1 else 'them'} no cases are entered. "
        "Nothing was saved. Your hospital's administrator signs under Agreements; what you have entered stays, and you can "
        "still read and download it."
    )


def comparison_stopped(collaborative_id: int, participation_id: int | None) -> str:
    """Why this hospital sees no peers today, and what to do; nothing where it may."""
    found = lacking(collaborative_id, participation_id, "comparison") if participation_id else []
    if not found:
        return ""
    why = _and([each.words for each in found])
    return (
        f"Your peers are not shown: {why}. Your own results and downloads of your own data remain. "
        "Your hospital's administrator signs under Agreements, and the comparison is back at once."
    )


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
