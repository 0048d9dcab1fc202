"""The wall against a dozen lines of Python that say what it should do, over arbitrary histories.

A state machine gives and ends roles, moves them into the past and the future, switches people off, writes rows and
releases. After every step everybody, in every capacity, in every collaborative and hospital, is compared with the
oracle. Then the wall is sabotaged in one place after another, and the same machine has to notice.

COLLOQUY_HEAVY=1 runs many more and longer histories.
"""

import os
from dataclasses import dataclass, replace
from itertools import count, product
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from psycopg import Connection, errors

from privacy.roles import Capacity, Role, roles_of
from tenancy.context import Acting
from tests.tenancy.plain import enter, insert


HEAVY = bool(os.environ.get("COLLOQUY_HEAVY"))
PAST, NOW, FUTURE = -1, 0, 1
TIMES = {PAST: "now() - interval '1 day'", FUTURE: "now() + interval '1 day'"}
USERS, PLACES = 5, ((0, 0), (0, 1), (1, 2))  # collaborative and participation, by position; one hospital is in both
COLLABORATIVES = range(2)
PARTICIPATIONS = tuple(participation for _, participation in PLACES)


# The oracle -----------------------------------------------------------------------------------------------------------


@dataclass
class Grant:
    key: int
    user: int
    capacity: str
    collaborative: int
    participation: int | None
    starts: int
    ends: int | None


@dataclass(frozen=True)
class Row:
    key: int
    collaborative: int
    participation: int | None


@dataclass(frozen=True)
class Viewpoint:
    kind: str
    user: int
    collaborative: int
    participation: int | None = None


class Oracle:
    """What the wall should show, in as few words as possible."""

    def __init__(self) -> None:
        self.grants: list[Grant] = []
        self.active = [True] * USERS
        self.rows: dict[str, list[Row]] = {name: [] for name in ("cases_case", "events_event", "feedback_siteresult")}
        self.released = [False, False]

    def stands(self, who: Viewpoint) -> bool:
        """Whether somebody holds, today, a role on that side of the wall in that place."""
        return self.active[who.user] and any(
            (each.user, each.capacity, each.collaborative, each.participation)
            == (who.user, who.kind, who.collaborative, who.participation)
            and each.starts <= NOW
            and (each.ends is None or each.ends > NOW)
            for each in self.grants
        )

    def reaches(self, who: Viewpoint, row: Row) -> bool:
        mine = (
            row.participation == who.participation if who.kind == "hospital" else row.collaborative == who.collaborative
        )
        return mine and (who.kind == "compute" or self.stands(who))

    def shows(self, who: Viewpoint, table: str) -> set[int]:
        published = table != "feedback_siteresult" or who.kind != "hospital"
        return {
            row.key
            for row in self.rows[table]
            if self.reaches(who, row) and (published or self.released[row.collaborative])
        }


VIEWPOINTS = [
    *(
        Viewpoint("hospital", user, here, place)
        for user, here, place in product(range(USERS), COLLABORATIVES, PARTICIPATIONS)
    ),
    *(
        Viewpoint(kind, user, here)
        for kind, user, here in product(("centre", "observer"), range(USERS), COLLABORATIVES)
    ),
    *(Viewpoint("compute", 0, here) for here in COLLABORATIVES),
]
READABLE = {"hospital", "centre", "compute"}  # an observer has no privilege at all on these tables
WRITERS = {"cases_case": {"hospital", "compute"}, "events_event": {"hospital", "centre", "compute"}}


# The database ---------------------------------------------------------------------------------------------------------


class Wall:
    """The same world in the database, in one transaction that nobody else sees."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        self.numbers = count(1)
        self.collaboratives = [
            insert(
                connection,
                "collaboratives_collaborative",
                slug=f"model-{here}",
                minimum_peers=5,
                minimum_cases=11,
                largest_share=0.5,
                largest_two_share=0.8,
            )
            for here in COLLABORATIVES
        ]
        sites = [insert(connection, "sites_site", identifier=f"model-{each}") for each in range(2)]
        self.participations = [
            insert(
                connection,
                "collaboratives_participation",
                collaborative_id=self.collaboratives[here],
                site_id=sites[place % 2],
                stage="live",
            )
            for here, place in PLACES
        ]
        self.users = [
            insert(connection, "accounts_user", email=f"model-{each}@example.org", is_active=True)
            for each in range(USERS)
        ]
        self.forms = [self._form(each) for each in self.collaboratives]
        self.releases = [self._release(each) for each in self.collaboratives]
        self.measures = [self._measure(here) for here in COLLABORATIVES]

    def _form(self, collaborative: int) -> int:
        form = insert(self.connection, "measures_form", collaborative_id=collaborative, slug="model")
        return insert(
            self.connection, "measures_formversion", collaborative_id=collaborative, form_id=form, status="draft"
        )

    def _release(self, collaborative: int) -> int:
        snapshot = insert(self.connection, "feedback_snapshot", collaborative_id=collaborative)
        return insert(
            self.connection,
            "feedback_release",
            collaborative_id=collaborative,
            snapshot_id=snapshot,
            name="model",
            state="draft",
        )

    def _measure(self, here: int) -> int:
        collaborative = self.collaboratives[here]
        measure = insert(self.connection, "measures_measure", collaborative_id=collaborative, slug="model")
        (form,) = (
            self.connection.execute(
                "SELECT form_id FROM measures_formversion WHERE id = %s", [self.forms[here]]
            ).fetchone()
            or ()
        )
        return insert(
            self.connection,
            "measures_measureversion",
            collaborative_id=collaborative,
            measure_id=measure,
            form_id=form,
            status="draft",
        )

    def acting(self, who: Viewpoint) -> Acting:
        user = 0 if who.kind == "compute" else self.users[who.user]
        place = 0 if who.participation is None else self.participations[who.participation]
        return Acting(who.kind, user, self.collaboratives[who.collaborative], place)  # type: ignore[arg-type]

    def row(self, table: str, row: Row, *, returning: bool) -> int:
        """Insert as whoever acts. References are checked at once, as a commit would."""
        number = next(self.numbers)
        values: dict[str, object] = {
            "collaborative_id": self.collaboratives[row.collaborative],
            "participation_id": None if row.participation is None else self.participations[row.participation],
        }
        if table == "cases_case":
            values |= {
                "form_version_id": self.forms[row.collaborative],
                "case_number": str(number),
                "status": "in_progress",
                "public_id": f"M{number}",
            }
        elif table == "events_event":
            values |= {"subject_id": number, "kind": "model"}
        else:
            values |= {
                "release_id": self.releases[row.collaborative],
                "measure_version_id": self.measures[row.collaborative],
            }
        key = insert(self.connection, table, returning=returning, **values)
        self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return key


REFUSED = (errors.InsufficientPrivilege, errors.ForeignKeyViolation, errors.NotNullViolation)
WRITTEN = [*(Row(0, *place) for place in PLACES), Row(0, 0, 2), Row(0, 1, 0), Row(0, 0, None), Row(0, 1, None)]
places = st.sampled_from(PLACES)
moments = st.sampled_from([(PAST, None), (PAST, FUTURE), (PAST, PAST), (FUTURE, None)])
capacities = st.sampled_from([capacity.value for capacity in Capacity])


class WallMachine(RuleBasedStateMachine):
    wall: ClassVar[Wall]
    thorough: ClassVar[bool] = False  # everybody tries every write at once: finds sabotage sooner, costs a second

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle()
        self.wall.connection.execute("SAVEPOINT history")

    def teardown(self) -> None:
        self.wall.connection.execute("ROLLBACK TO SAVEPOINT history; RELEASE SAVEPOINT history")

    @initialize()
    def begin(self) -> None:
        """Something of everything, so that even a short history has what could leak."""
        for capacity, user in (("hospital", 0), ("centre", 1)):
            self.give(user, capacity, PLACES[0], (PAST, None))
            self.give(3, capacity, PLACES[0], (PAST, PAST))
            self.give(2, capacity, PLACES[2], (FUTURE, None))
            self.give(4, capacity, PLACES[1], (PAST, None))
        self.give(1, "hospital", PLACES[2], (PAST, FUTURE))
        self.switch_off_or_on(4)
        self.give(2, "observer", PLACES[0], (PAST, None))
        for table, (here, place) in product(self.oracle.rows, PLACES):
            row = Row(0, here, place)
            self.oracle.rows[table].append(replace(row, key=self.wall.row(table, row, returning=True)))

        if self.thorough:
            for table, row in product(sorted(WRITERS), WRITTEN):
                self.everybody_writes(table=table, row=row, returning=False)

    # What happens ---

    @rule(user=st.integers(0, USERS - 1), capacity=capacities, place=places, when=moments)
    def give(self, user: int, capacity: str, place: tuple[int, int], when: tuple[int, int | None]) -> None:
        here, participation = place
        where = participation if capacity == "hospital" else None
        same = [
            each
            for each in self.oracle.grants
            if (each.user, each.capacity, each.collaborative, each.participation) == (user, capacity, here, where)
        ]
        if any(each.ends is None for each in same) and when[1] is None:
            return  # once at a time
        key = insert(
            self.wall.connection,
            "collaboratives_grant",
            user_id=self.wall.users[user],
            capacity=capacity,
            role=roles_of(Capacity(capacity))[0].value,
            collaborative_id=self.wall.collaboratives[here],
            participation_id=None if where is None else self.wall.participations[where],
            ends_at="2000-01-01",  # until the times are written
        )
        grant = Grant(key, user, capacity, here, where, *when)
        self.oracle.grants.append(grant)
        self._write_times(grant)

    @rule(data=st.data(), when=moments)
    def move_in_time(self, data: st.DataObject, when: tuple[int, int | None]) -> None:
        grant = data.draw(st.sampled_from(self.oracle.grants))
        if when[1] is not None:
            grant.starts, grant.ends = when
            self._write_times(grant)

    def _write_times(self, grant: Grant) -> None:
        ends = "NULL" if grant.ends is None else TIMES[grant.ends]
        self.wall.connection.execute(
            f"UPDATE collaboratives_grant SET starts_at = {TIMES[grant.starts]}, ends_at = {ends} WHERE id = {grant.key}"  # type: ignore[arg-type]  # noqa: S608
        )

    @rule(user=st.integers(0, USERS - 1))
    def switch_off_or_on(self, user: int) -> None:
        self.oracle.active[user] = not self.oracle.active[user]
        self.wall.connection.execute(
            "UPDATE accounts_user SET is_active = %s WHERE id = %s", [self.oracle.active[user], self.wall.users[user]]
        )

    @rule(here=st.sampled_from(COLLABORATIVES))
    def release_or_discard(self, here: int) -> None:
        self.oracle.released[here] = not self.oracle.released[here]
        state, person = ("released", self.wall.users[:2]) if self.oracle.released[here] else ("draft", [None, None])
        self.wall.connection.execute(
            """UPDATE feedback_release SET state = %(state)s, approved_by_id = %(one)s, released_by_id = %(two)s,
                      approved_at = CASE WHEN %(one)s::bigint IS NULL THEN NULL ELSE now() END,
                      released_at = CASE WHEN %(two)s::bigint IS NULL THEN NULL ELSE now() END WHERE id = %(release)s""",
            {"state": state, "one": person[0], "two": person[1], "release": self.wall.releases[here]},
        )

    @rule(table=st.sampled_from(sorted(WRITERS)), row=st.sampled_from(WRITTEN), returning=st.booleans())
    def everybody_writes(self, table: str, row: Row, returning: bool) -> None:  # noqa: FBT001
        """With and without RETURNING: the first is also checked by USING, and would hide a hole in WITH CHECK."""
        here, place = row.collaborative, row.participation
        possible = (here, place) in PLACES or (place is None and table == "events_event")
        for who in VIEWPOINTS:
            allowed = who.kind in WRITERS[table] and self.oracle.reaches(who, row) and possible
            assert self.writes(who, table, row, returning=returning) == allowed, f"{who} writes {row} into {table}"

    def writes(self, who: Viewpoint, table: str, row: Row, *, returning: bool) -> bool:
        """Whether the row went in; it is taken out again."""
        connection = self.wall.connection
        connection.execute("SAVEPOINT attempt")
        try:
            enter(connection, self.wall.acting(who))
            self.wall.row(table, row, returning=returning)
        except REFUSED:
            return False
        else:
            return True
        finally:
            connection.execute("ROLLBACK TO SAVEPOINT attempt")

    @rule(
        who=st.sampled_from([each for each in VIEWPOINTS if each.kind in READABLE]),
        place=st.sampled_from(PARTICIPATIONS),
    )
    def change_and_move(self, who: Viewpoint, place: int) -> None:
        """UPDATE without WHERE reaches what is seen; moving a case to another hospital reaches nothing."""
        seen = self.oracle.shows(who, "cases_case")
        changed = self.attempt(who, "UPDATE cases_case SET revision = revision + 1")
        moved = self.attempt(who, f"UPDATE cases_case SET participation_id = {self.wall.participations[place]}")  # noqa: S608
        if who.kind == "centre":
            assert (changed, moved) == (None, None)
            return
        fits = all(row.participation == place for row in self.oracle.rows["cases_case"] if row.key in seen)
        assert changed == len(seen)
        assert moved == (len(seen) if fits else None) or (
            who.kind == "compute" and (who.collaborative, place) in PLACES
        )

    def attempt(self, who: Viewpoint, statement: str) -> int | None:
        """Rows that a statement reaches, None if it is refused; undone in any case."""
        connection = self.wall.connection
        connection.execute("SAVEPOINT attempt")
        try:
            enter(connection, self.wall.acting(who))
            reached = connection.execute(statement).rowcount  # type: ignore[arg-type]
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except REFUSED:
            reached = None
        connection.execute("ROLLBACK TO SAVEPOINT attempt")
        return reached

    # What must be so after every step ---

    @invariant()
    def everybody_sees_what_the_oracle_says(self) -> None:
        connection, tables = self.wall.connection, sorted(self.oracle.rows)
        columns = ", ".join(f"coalesce((SELECT array_agg(id) FROM {table}), '{{}}')" for table in tables)  # noqa: S608
        connection.execute("SAVEPOINT look")
        for who in VIEWPOINTS:
            if who.kind in READABLE:
                enter(connection, self.wall.acting(who))
                found = connection.execute(f"SELECT {columns}").fetchone() or ()  # type: ignore[arg-type]
                assert [set(each) for each in found] == [self.oracle.shows(who, table) for table in tables], who
        connection.execute("ROLLBACK TO SAVEPOINT look")

    @invariant()
    def refusals_are_errors(self) -> None:
        """No privilege, no deletion, no observer, no forged, foreign or old token: an error each, never an empty answer."""
        hospital = Viewpoint("hospital", 0, 0, 0)
        assert self.attempt(Viewpoint("observer", 2, 0), "SELECT 1 FROM cases_case") is None
        assert self.attempt(hospital, "DELETE FROM cases_case") is None
        assert self.attempt(hospital, "SELECT 1 FROM feedback_measureresult") is None
        who = self.wall.acting(hospital)
        for role, token in (
            (who.role, who.token()[:-1] + ("0" if who.token()[-1] != "0" else "1")),
            (who.role, replace(who, kind="centre").token()),
            (who.role, _aged(who)),
            (who.role, "9" + who.token()),
            (who.role, "1:2"),
            (who.role, ""),
        ):
            assert self.answer(role, token) is None, token

    def answer(self, role: str, token: str) -> int | None:
        connection = self.wall.connection
        connection.execute("SAVEPOINT attempt")
        try:
            connection.execute("SELECT set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, token])
            answer = connection.execute("SELECT count(*) FROM cases_case").fetchone()
        except errors.InsufficientPrivilege:
            answer = None
        connection.execute("ROLLBACK TO SAVEPOINT attempt")
        return None if answer is None else answer[0]


def _aged(who: Acting) -> str:
    """A token of yesterday, signed with the right key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenancy.context.TOKEN_LIFE", -1)
        return who.token()


def run(connection: Connection[Any], *, examples: int, steps: int, phases: tuple[Phase, ...]) -> None:
    WallMachine.wall = Wall(connection)
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases,
        derandomize=not HEAVY,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(WallMachine, settings=profile)


def test_the_wall_agrees_with_the_oracle(admin: Connection[Any]) -> None:
    examples, steps = (500, 50) if HEAVY else (15, 10)

    run(admin, examples=examples, steps=steps, phases=(Phase.generate, Phase.shrink))


# Sabotage -------------------------------------------------------------------------------------------------------------


def without(function: str, text: str, instead: str = "") -> tuple[str, str, str]:
    return function, text, instead


LIVE = "AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())"
MUTANTS: dict[str, str | tuple[str, str, str]] = {
    "hospital: expiry ignored": without("app.ctx_participations", LIVE, "AND g.starts_at <= clock_timestamp()"),
    "hospital: beginning ignored": without(
        "app.ctx_participations", LIVE, "AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())"
    ),
    "hospital: collaborative ignored": without(
        "app.ctx_participations", "g.collaborative_id = x.collaborative_id AND "
    ),
    "hospital: participation ignored": without(
        "app.ctx_participations", " AND g.participation_id = x.participation_id"
    ),
    "hospital: user ignored": without("app.ctx_participations", "g.user_id = x.user_id AND "),
    "hospital: inactive user ignored": without("app.ctx_participations", "u.is_active AND "),
    "centre: expiry ignored": without("app.ctx_collaboratives", LIVE, "AND g.starts_at <= clock_timestamp()"),
    "centre: beginning ignored": without(
        "app.ctx_collaboratives", LIVE, "AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())"
    ),
    "centre: collaborative ignored": without(
        "app.ctx_collaboratives", "g.collaborative_id = x.collaborative_id", "true"
    ),
    "centre: user ignored": without("app.ctx_collaboratives", "g.user_id = x.user_id AND "),
    "centre: inactive user ignored": without("app.ctx_collaboratives", " AND u.is_active"),
    "centre: the role's side ignored": without("app.ctx_collaboratives", "'colloquy_' || g.capacity = x.role", "true"),
    "release: state ignored": without("app.ctx_releases", " AND f.state IN ('released', 'superseded')"),
    "token: signature not checked": without("app_private.ctx", "<> p[7]", "IS NULL"),
    "token: role not checked": without("app_private.ctx", "OR p[2] <> current_setting('role')"),
    "token: age not checked": without("app_private.ctx", "OR p[6]::bigint < extract(epoch FROM clock_timestamp())"),
    "token: absence not checked": without(
        "app_private.ctx",
        "RAISE EXCEPTION 'tenancy: no acting context' USING ERRCODE = 'insufficient_privilege'",
        "RETURN",
    ),
    # The history that each case leaves would refuse these two by itself, so it is opened as well.
    "hospital: WITH CHECK true": (
        "ALTER POLICY hospital_p ON cases_case WITH CHECK (true); "
        "ALTER POLICY hospital_p ON cases_casechange WITH CHECK (true)"
    ),
    "hospital: USING true": "ALTER POLICY hospital_p ON cases_case USING (true)",
    "centre: WITH CHECK true": "ALTER POLICY centre_p ON events_event WITH CHECK (true)",
    "results: own ignored": "ALTER POLICY hospital_p ON feedback_siteresult USING (release_id = ANY ((SELECT app.ctx_releases())::bigint[]))",
    "row security off": "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
    "another permissive policy": "CREATE POLICY more ON cases_case TO colloquy_hospital USING (status = 'in_progress')",
    "extra grant: the centre writes cases": (
        "GRANT INSERT ON cases_case TO colloquy_centre; GRANT INSERT ON cases_casechange TO colloquy_centre"
    ),
    "extra grant: hospitals delete": "GRANT DELETE ON cases_case TO colloquy_hospital",
    "extra grant: observers read": "GRANT SELECT ON cases_case TO colloquy_observer",
    "extra grant: hospitals read exact pooled results": "GRANT SELECT ON feedback_measureresult TO colloquy_hospital",
    "composite key dropped": "ALTER TABLE events_event DROP CONSTRAINT events_event_participation_id_collaborative_id_fk",
}


SEEN_IN_WRITING = {
    "hospital: WITH CHECK true",
    "centre: WITH CHECK true",
    "extra grant: the centre writes cases",
    "composite key dropped",
}


def sabotage(connection: Connection[Any], mutant: str | tuple[str, str, str]) -> None:
    if isinstance(mutant, str):
        connection.execute(mutant)  # type: ignore[arg-type]
        return
    function, text, instead = mutant
    (source,) = connection.execute("SELECT pg_get_functiondef(%s::regproc)", [function]).fetchone() or ("",)
    squeezed = " ".join(source.split())
    assert text in squeezed, f"{function} no longer says: {text}"
    connection.execute(squeezed.replace(text, instead))


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_notices(admin: Connection[Any], mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(admin, MUTANTS[mutant])
    monkeypatch.setattr(WallMachine, "thorough", mutant in SEEN_IN_WRITING)

    with pytest.raises(AssertionError):
        run(admin, examples=100, steps=20, phases=(Phase.generate,))


def test_roles_of_the_oracle_are_all_capacities() -> None:
    assert {role.capacity.value for role in Role} == {"hospital", "centre", "observer"}
