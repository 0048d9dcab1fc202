"""What a hospital and cycle come to, from the log to the lock: counted in one statement, from indexes alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from cases.enums import COUNTED, CaseStatus
from cases.log.enums import EntryState, FollowUpState
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative


@dataclass(frozen=True, kw_only=True)
class CycleFigures:
    """Counts of one hospital and cycle. Of the log: listed to captured. Of its cases: begun to not_reached.

    A hospital without a log has none listed, which says nothing of its capture: see `capture`.
    """

    participation_id: int
    cycle_id: int
    public_id: UUID
    name: str
    form_id: int
    first_day: date
    last_day: date
    locks_on: date  # of this hospital: its latest extension counts
    listed: int
    excluded: int
    eligible: int
    is_drawn: bool
    sampled: int
    captured: int  # sampled, and its case is begun
    begun: int
    completed: int  # complete or locked
    locked: int
    on_time: int  # completed before the lock
    follow_up_due: int  # begun, and their day 30 (or the rule's) is over
    follow_up_done: int  # of those: complete, or closed as reached or not reached
    not_reached: int

    @property
    def capture(self) -> float | None:
        """Case capture: sampled entries whose case is complete or begun. None: nothing was sampled."""
        return self.captured / self.sampled if self.sampled else None

    @property
    def achieved(self) -> float | None:
        """The achieved sampling fraction. None: not drawn, or nothing eligible."""
        return self.sampled / self.eligible if self.is_drawn and self.eligible else None

    @property
    def timeliness(self) -> float | None:
        """Of the cases that are begun, those completed before the lock. None: none is begun."""
        return self.on_time / self.begun if self.begun else None


_FIGURES = f"""
    WITH here AS (
      SELECT p.id AS participation_id, c.id AS cycle_id, c.public_id, c.name, c.form_id, c.first_day, c.last_day,
             COALESCE((SELECT x.locks_on FROM caselog_lockextension x
                        WHERE x.cycle_id = c.id AND x.participation_id = p.id ORDER BY x.id DESC LIMIT 1), c.locks_on) AS locks_on,
             ARRAY(SELECT v.id FROM measures_formversion v WHERE v.form_id = c.form_id) AS versions,
             COALESCE((SELECT r.follow_up_days FROM caselog_samplingrule r
                        WHERE r.form_id = c.form_id AND r.effective_from <= c.first_day ORDER BY r.number DESC LIMIT 1), 30) AS days
        FROM caselog_cycle c JOIN collaboratives_participation p ON p.collaborative_id = c.collaborative_id
       WHERE c.collaborative_id = %(collaborative)s
         AND (%(cycles)s::bigint[] IS NULL OR c.id = ANY (%(cycles)s))
         AND (%(hospitals)s::bigint[] IS NULL OR p.id = ANY (%(hospitals)s))
    )
    SELECT h.participation_id, h.cycle_id, h.public_id, h.name, h.form_id, h.first_day, h.last_day, h.locks_on,
           e.listed, e.excluded, e.listed - e.excluded,
           EXISTS (SELECT FROM caselog_draw d WHERE d.participation_id = h.participation_id AND d.cycle_id = h.cycle_id),
           e.sampled, e.captured, k.begun, k.completed, k.locked, k.on_time, k.due, k.due_completed + f.closed, f.not_reached
      FROM here h
      CROSS JOIN LATERAL (
        SELECT count(*) AS listed, count(*) FILTER (WHERE state = '{EntryState.EXCLUDED}') AS excluded,
               count(*) FILTER (WHERE state = '{EntryState.SAMPLED}') AS sampled,
               count(*) FILTER (WHERE state = '{EntryState.SAMPLED}' AND case_id IS NOT NULL) AS captured
          FROM caselog_caselogentry WHERE cycle_id = h.cycle_id AND participation_id = h.participation_id) AS e
      CROSS JOIN LATERAL (
        SELECT count(*) AS begun, count(*) FILTER (WHERE status = ANY (%(counted)s)) AS completed,
               count(*) FILTER (WHERE status = '{CaseStatus.LOCKED}') AS locked,
               count(*) FILTER (WHERE completed_at < (h.locks_on + 1)::timestamp AT TIME ZONE %(zone)s) AS on_time,
               count(*) FILTER (WHERE event_date + h.days <= %(today)s) AS due,
               count(*) FILTER (WHERE event_date + h.days <= %(today)s AND status = ANY (%(counted)s)) AS due_completed
          FROM cases_case
         WHERE participation_id = h.participation_id AND status = ANY (%(states)s)
           AND event_date BETWEEN h.first_day AND h.last_day AND form_version_id = ANY (h.versions)) AS k
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE c.status <> ALL (%(counted)s)) AS closed,
               count(*) FILTER (WHERE f.state = '{FollowUpState.NOT_REACHED}') AS not_reached
          FROM caselog_followup f JOIN cases_case c ON c.id = f.case_id AND c.participation_id = f.participation_id
         WHERE f.participation_id = h.participation_id AND f.state <> '{FollowUpState.OPEN}'
           AND f.due_on BETWEEN h.first_day + h.days AND h.last_day + h.days AND f.due_on <= %(today)s
           AND c.form_version_id = ANY (h.versions)) AS f
     ORDER BY h.first_day, h.cycle_id, h.participation_id
"""  # noqa: S608 -- names of our own states


def cycle_figures(
    collaborative: Collaborative, *, cycles: Sequence[int] | None = None, hospitals: Sequence[int] | None = None
) -> tuple[CycleFigures, ...]:
    """Figures of every hospital and cycle, or of some, by their keys. The wall says whose there are."""
    wanted = {
        "collaborative": collaborative.pk,
        "cycles": None if cycles is None else list(cycles),
        "hospitals": None if hospitals is None else list(hospitals),
        "counted": [each.value for each in COUNTED],
        "states": [each.value for each in CaseStatus],
        "zone": collaborative.time_zone,
        "today": today_of(collaborative),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, wanted)
        names = CycleFigures.__dataclass_fields__
        return tuple(CycleFigures(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())
