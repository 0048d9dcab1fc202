"""Vacancies and who stands in; what ends with a role; who has access; who wants to be found."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from collaboratives.definition.due import Due
from collaboratives.errors import InvitationClosedError, RoleNotAllowedError
from collaboratives.models import Grant, Invitation
from collaboratives.roster.definition.half_years import half_year_of, in_words, last_day_of
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import DirectoryEntry, DirectoryWish, InterimCover
from collaboratives.roster.selectors.access_review import access_file, access_report, access_rows
from collaboratives.roster.selectors.directory import directory_page
from collaboratives.roster.selectors.due import due_for
from collaboratives.roster.selectors.roster import RosterRow, roster_page
from collaboratives.roster.services.access_review import confirm_review
from collaboratives.roster.services.cover import end_cover, record_cover
from collaboratives.roster.services.directory import follow_hospital, follow_role, follow_wish, wish_listing
from collaboratives.selectors.clock import in_zone, today_of
from collaboratives.services.invitations import invite, resend_invitation, revoke_invitation, send_invitation
from collaboratives.services.people import end_role
from collaboratives.services.programme import end_participation
from events.models import Event
from privacy.roles import Capacity, Role
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import Acting, acting
from tests.api.conftest import key_of
from tests.world import World
from tests.worlds import programme
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi"


def end(world: World, person: str, role: Role) -> datetime:
    with world.acting_as("dana") as dana:
        grant = Grant.objects.get(user__email=programme.email(person), role=role, ends_at=None)
        end_role(grant=grant, by=dana)
        grant.refresh_from_db()
        assert grant.ends_at
        return grant.ends_at


def row_of(by: Viewer, name: str) -> RosterRow:
    return next(row for row in roster_page(by).rows if row.hospital == programme.HOSPITALS[name][1])


# Vacancies ------------------------------------------------------------------------------------------------------------


def test_a_role_is_vacant_from_the_moment_its_last_holder_goes(world: World) -> None:
    ended = end(world, "alder.champion", Role.CHAMPION)
    with world.acting_as("cora") as cora:
        seat = row_of(cora, "alder").seats[0]
        assert (seat.role, seat.holders) == (Role.CHAMPION, ())
        assert seat.vacant_since == in_zone(ended, world.participation("alder").collaborative).date()


def test_another_holder_leaves_no_vacancy(world: World) -> None:
    end(world, "alder.abstractor", Role.ABSTRACTOR)
    with world.acting_as("cora") as cora:
        assert row_of(cora, "alder").seats[1].holders == ("Ida Twohospitals",)


def test_a_role_that_nobody_ever_held_is_vacant_since_the_hospital_joined(world: World) -> None:
    with world.acting_as("cora") as cora:
        seat = row_of(cora, "cedar").seats[2]
        assert (seat.role, seat.vacant_since) == (Role.ADMINISTRATOR, programme.JOINED)
        page = roster_page(cora, "vacant")
    assert (page.vacancies, len(page.rows), page.hospitals) == (6, 6, 8)


def test_a_hospital_sees_its_own_roster_only(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        assert [row.hospital for row in roster_page(by).rows] == [programme.HOSPITALS["alder"][1]]


def test_cover_is_shown_until_its_last_day_and_gives_nothing(world: World) -> None:
    end(world, "birch.champion", Role.CHAMPION)
    place = world.participation("birch")
    today = today_of(place.collaborative)
    with world.acting_as("birch.administrator") as by:
        cover = record_cover(participation=place, role=Role.CHAMPION, name="Standa Inne", until=today, by=by)
        seat = row_of(by, "birch").seats[0]
        assert (seat.is_vacant, seat.cover) == (True, cover)
        InterimCover.objects.filter(pk=cover.pk).update(until=today - timedelta(days=1))
        assert row_of(by, "birch").seats[0].cover is None
        end_cover(cover=cover, by=by)
        with pytest.raises(RosterError, match="over already"):
            record_cover(participation=place, role=Role.CHAMPION, name="X", until=today - timedelta(days=1), by=by)
        with pytest.raises(RosterError, match="is held here"):
            record_cover(participation=place, role=Role.ABSTRACTOR, name="X", until=today, by=by)
        assert not Grant.objects.filter(user__full_name="Standa Inne").exists()


def test_nobody_records_cover_for_another_hospital(world: World) -> None:
    place = world.participation("cedar")
    until = today_of(place.collaborative)
    with world.acting_as("birch.administrator") as by, pytest.raises(RoleNotAllowedError):
        record_cover(participation=place, role=Role.ADMINISTRATOR, name="X", until=until, by=by)


def test_vacancies_and_the_review_wait_for_whoever_manages_people(world: World) -> None:
    end(world, "alder.champion", Role.CHAMPION)
    alder = world.participation("alder").public_id
    with world.acting_as("alder.administrator") as by:
        waiting: list[Due] = due_for(by)
    assert [(due.kind, due.hospital) for due in waiting] == [("vacancy", alder), ("access_review", None)]
    with world.acting_as("cora") as cora:
        assert len([due for due in due_for(cora) if due.kind == "vacancy"]) == 7
    with world.acting_as("alder.clinician") as by:
        assert due_for(by) == []


# The end of a role ----------------------------------------------------------------------------------------------------


def test_the_next_click_after_the_end_is_refused_and_the_key_is_dead(world: World) -> None:
    client, key = world.client("alder.abstractor"), key_of(world, "alder.abstractor")
    before = client.get(f"{HERE}/cases/").status_code, key.get("/api/v1/cases/").status_code
    end(world, "alder.abstractor", Role.ABSTRACTOR)
    after = client.get(f"{HERE}/cases/").status_code, key.get("/api/v1/cases/").status_code

    assert before == (200, 200)
    assert after == (404, 401)


def test_ida_keeps_the_other_hospital(world: World) -> None:
    with world.acting_as("dana") as dana:
        grant = Grant.objects.get(user__email=programme.email("ida"), participation=world.participation("alder"))
        end_role(grant=grant, by=dana)
    page = world.client("ida").get(f"{HERE}/cases/")

    assert page.status_code == 200
    assert programme.HOSPITALS["birch"][1] in page.content.decode()
    assert programme.HOSPITALS["alder"][1] not in page.content.decode()


def test_administrators_end_no_role_elsewhere(world: World) -> None:
    with world.acting_as("dana"):
        grant = Grant.objects.select_related("participation").get(user__email=programme.email("birch.clinician"))
    with world.acting_as("alder.administrator") as by, pytest.raises(RoleNotAllowedError):
        end_role(grant=grant, by=by)


# Invitations ----------------------------------------------------------------------------------------------------------


def test_an_expired_invitation_is_shown_and_can_be_sent_again(world: World) -> None:
    place = world.participation("alder")
    with world.acting_as("alder.administrator") as by:
        made = invite(email="late@example.org", full_name="Late Comer", role=Role.SAMPLER, participation=place, by=by)
        Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(days=1))
    client = world.client("alder.administrator")
    assert "expired" in client.get(f"{HERE}/people/").content.decode()
    assert client.post(f"{HERE}/people/invitations/{made.public_id}/resend/").status_code == 302
    with world.acting_as("alder.administrator"):
        made.refresh_from_db()
        assert made.expires_at > timezone.now() + timedelta(days=6)


def test_what_is_over_is_not_sent_again(world: World) -> None:
    with world.acting_as("cora") as cora:
        place = world.participation("alder")
        made = invite(email="gone@example.org", full_name="Gone By", role=Role.SAMPLER, participation=place, by=cora)
        revoke_invitation(invitation=made, by=cora)
        with pytest.raises(InvitationClosedError, match="taken back"):
            resend_invitation(invitation=made, by=cora)


@pytest.mark.worker
def test_sent_again_it_is_another_mail(world: World, mailoutbox: list[Any]) -> None:
    with world.acting_as("cora") as cora:
        place = world.participation("alder")
        made = invite(
            email="twice@example.org", full_name="Twice Asked", role=Role.SAMPLER, participation=place, by=cora
        )
        Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now() + timedelta(days=1))
    compute = Acting("compute", collaborative_id=cora.collaborative_id)
    with acting(compute):
        send_invitation(invitation_id=made.pk, inviter_capacity=Capacity.CENTRE)
        send_invitation(invitation_id=made.pk, inviter_capacity=Capacity.CENTRE)
    with world.acting_as("cora") as cora:
        resend_invitation(invitation=made, by=cora)
    with acting(compute):
        send_invitation(invitation_id=made.pk, inviter_capacity=Capacity.CENTRE)
    first, again, anew = (mail.extra_headers["Message-ID"] for mail in mailoutbox)

    assert first == again != anew


# Who has access -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "half", "words", "last"),
    [
        (date(2026, 6, 30), "2026-1", "first half of 2026", date(2026, 6, 30)),
        (date(2026, 7, 1), "2026-2", "second half of 2026", date(2026, 12, 31)),
        (date(2027, 1, 1), "2027-1", "first half of 2027", date(2027, 6, 30)),
    ],
)
def test_half_years(day: date, half: str, words: str, last: date) -> None:
    assert (half_year_of(day), in_words(half), last_day_of(half)) == (half, words, last)


def test_the_report_names_every_role_with_its_keys_and_last_sign_in(world: World) -> None:
    key_of(world, "alder.abstractor")
    world.client("alder.abstractor")
    with world.acting_as("alder.administrator") as by:
        rows = {(row.name, row.role): row for row in access_rows(by)}
    assert set(rows) == {
        ("Abstractor Ashgrave", "abstractor"),
        ("Administrator Ashgrave", "hospital administrator"),
        ("Champion Ashgrave", "clinical champion"),
        ("Clinician Ashgrave", "clinician"),
        ("Ida Twohospitals", "abstractor"),
        ("Sampler Ashgrave", "sampler"),
    }
    row = rows["Abstractor Ashgrave", "abstractor"]
    assert (row.keys, row.given_by, row.last_login is not None) == (1, "Dana Pellworthy", True)
    assert rows["Sampler Ashgrave", "sampler"].last_login is None


def test_the_file_holds_the_own_hospital_only_and_no_formula(world: World) -> None:
    with world.acting_as("alder.administrator") as by:
        user = world.user("alder.sampler")
        file = access_file(access_rows(by)).decode("utf-8-sig")
    assert user.full_name in file
    for name in programme.COLECTOMY:
        assert (programme.HOSPITALS[name][1] in file) == (name == "alder")
    sent = world.client("alder.administrator").get(f"{HERE}/people/access.csv")
    assert sent["Content-Disposition"] == 'attachment; filename="access.csv"'


def test_a_review_is_confirmed_once_in_half_a_year_by_each_side(world: World) -> None:
    with world.acting_as("alder.administrator") as by:
        review = confirm_review(note="Nothing to change.", by=by)
        assert (review.people, review.roles) == (6, 6)
        with pytest.raises(RosterError, match="Administrator Ashgrave confirmed it on"):
            confirm_review(note="", by=by)
        assert [due.kind for due in due_for(by)] == []
    with world.acting_as("cora") as cora:
        confirm_review(note="", by=cora)
        report = access_report(cora)
    assert (report.hospitals, report.reviewed) == (8, 1)
    assert programme.HOSPITALS["alder"][1] not in report.not_reviewed
    with world.acting_as("birch.administrator") as by:
        assert access_report(by).done is None


def test_only_who_manages_people_reviews(world: World) -> None:
    for name in ("alder.champion", "ben", "sam"):
        assert world.client(name).get(f"{HERE}/people/access/").status_code == 403
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        confirm_review(note="", by=by)


# The directory --------------------------------------------------------------------------------------------------------


def follow(reaction: Any, subject: str, **about: Any) -> None:
    with acting(Acting("compute", collaborative_id=programme.collaborative().pk)):
        event = Event.objects.filter(subject=subject, **about).latest("pk")
        reaction(event)


def names(world: World, person: str, search: str = "") -> list[tuple[str, str]]:
    with world.acting_as(person) as by:
        return [(entry.full_name, entry.contact) for entry in directory_page(by, search).entries]


@pytest.mark.worker
def test_people_are_found_as_far_as_they_wish(world: World) -> None:
    with world.acting_as("birch.champion") as by:
        wish_listing(listed=True, contact_listed=False, interests="enhanced  recovery", by=by)
    assert names(world, "alder.champion") == []  # nobody reads it before the worker came by
    follow(follow_wish, "roster.DirectoryWish")
    assert names(world, "alder.champion") == [("Champion Bellweir", "")]
    assert names(world, "alder.champion", "RECOVERY birchgrove") == [("Champion Bellweir", "")]
    assert names(world, "alder.champion", "stoma") == []
    with world.acting_as("birch.champion") as by:
        wish_listing(listed=True, contact_listed=True, interests="enhanced recovery", by=by)
    follow(follow_wish, "roster.DirectoryWish")
    assert names(world, "cora") == [("Champion Bellweir", programme.email("birch.champion"))]
    with world.acting_as("birch.champion") as by:
        wish_listing(listed=False, contact_listed=True, interests="", by=by)
    follow(follow_wish, "roster.DirectoryWish")
    assert names(world, "alder.champion") == []


@pytest.mark.worker
def test_an_entry_goes_with_the_role_and_with_the_hospital(world: World) -> None:
    for person in ("birch.champion", "cedar.champion"):
        with world.acting_as(person) as by:
            wish_listing(listed=True, contact_listed=True, interests="", by=by)
        follow(follow_wish, "roster.DirectoryWish")
    assert len(names(world, "alder.champion")) == 2
    end(world, "birch.champion", Role.CHAMPION)
    follow(follow_role, "collaboratives.Grant", kind="role_ended")
    assert [name for name, _ in names(world, "alder.champion")] == ["Champion Crowhurst"]
    with world.acting_as("dana") as dana:
        end_participation(participation=world.participation("cedar"), left_on=date(2026, 11, 1), by=dana)
    follow(follow_hospital, "collaboratives.Participation", kind="hospital_left")
    assert names(world, "alder.champion") == []


def test_wishes_are_ones_own_and_observers_see_no_directory(world: World) -> None:
    with world.acting_as("birch.champion") as by:
        wish_listing(listed=True, contact_listed=False, interests="", by=by)
    with world.acting_as("birch.administrator"):
        assert not DirectoryWish.objects.exists()
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        wish_listing(listed=True, contact_listed=True, interests="", by=cora)
    for name in ("sam", "pat"):
        assert world.client(name).get(f"{HERE}/directory/").status_code == 403
    with world.acting_as("alder.champion"):
        assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize("page", ["roster/", "people/", "people/access/", "directory/", "way-in/"])
def test_pages_read_few_rows_of_the_database(world: World, page: str) -> None:
    for name in ("cora", "alder.administrator"):
        if page != "way-in/" or name != "cora":
            assert len(page_queries(world.client(name), f"{HERE}/{page}")) <= 12
