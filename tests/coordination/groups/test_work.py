"""Documents, posts, decisions, wishes and meetings of a group."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from collaboratives.documents.definition.files import accept
from coordination.groups.errors import GroupError
from coordination.groups.models import AgendaWish, GroupDecision, GroupDocument, GroupMeeting, GroupPost
from coordination.groups.selectors.meetings import first_words, meetings_tab
from coordination.groups.selectors.page import documents_tab, frame
from coordination.groups.selectors.visible import document_for, post_for, standing_for, version_for
from coordination.groups.services import documents as documents_service
from coordination.groups.services.decisions import end_wish, record_decision, remove_decision, wish_point
from coordination.groups.services.discussion import withdraw_post, write_post
from coordination.groups.services.documents import add_document, add_version, retire_document
from coordination.groups.services.meetings import plan_group_meeting
from coordination.meetings.definition.plans import Repetition, Wish
from coordination.meetings.enums import MeetingKind, Repeat
from coordination.meetings.models import Meeting
from coordination.meetings.selectors.audience import audience, circles_of
from coordination.meetings.selectors.report import attendance_report
from coordination.meetings.services.inviting import invite
from coordination.meetings.services.outcomes import decide
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import groups, meetings
from tests.worlds.programme import collaborative


TODAY = timezone.now().date()
FILE = accept("bundle.txt", b"A bundle.\n")


@pytest.mark.parametrize("name", ["birch.champion", "pat", "cora"])
def test_whoever_leads_brings_documents_and_members_read_them(world: World, name: str) -> None:
    if name != "cora":
        groups.led(world.viewer(name))
    groups.joined(world.viewer("alder.clinician"))
    with world.acting_as(name) as by:
        document = add_document(group=groups.group(), title="Checklist", file=FILE, by=by)
        add_version(document=document, file=accept("second.txt", b"Better.\n"), note=" Shorter ", by=by)
    with world.acting_as("alder.clinician") as reader:
        (row,) = [
            each
            for each in documents_tab(standing_for(reader, groups.GROUPS["prevention"]))
            if each.document.title == "Checklist"
        ]
        assert [(each.number, each.note, each.uploaded_as) for each in row.versions] == [
            (2, "Shorter", by.name),
            (1, "", by.name),
        ]
        assert bytes(version_for(reader, document.public_id, 1).file) == b"A bundle.\n"
        with pytest.raises(Http404):
            version_for(reader, document.public_id, 3)
        with pytest.raises(GroupError, match="Only the chair"):
            add_document(group=groups.group(), title="Mine", file=FILE, by=reader)
        with pytest.raises(GroupError, match="Only the chair"):
            retire_document(document=document, by=reader)


def test_a_document_out_of_use_is_found_by_nobody(world: World) -> None:
    with world.acting_as("cora") as cora:
        document = GroupDocument.objects.get(public_id=groups.PARTS["document"])
        retire_document(document=document, by=cora)
        retire_document(document=document, by=cora)
        with pytest.raises(GroupError, match="out of use"):
            add_version(document=document, file=FILE, note="", by=cora)
        with pytest.raises(Http404):
            document_for(cora, document.public_id)


def test_documents_name_no_hospital_and_are_not_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.acting_as("cora") as cora:
        with pytest.raises(GroupError, match="names Birchgrove"):
            add_document(group=groups.group(), title="From Birchgrove Zantar", file=FILE, by=cora)
        document = GroupDocument.objects.get(public_id=groups.PARTS["document"])
        with pytest.raises(GroupError, match="names Birchgrove"):
            add_version(document=document, file=accept("birchgrove zantar.txt", b"x"), note="", by=cora)
        monkeypatch.setattr(documents_service, "MOST_DOCUMENTS", 1)
        with pytest.raises(GroupError, match="at most 1 documents"):
            add_document(group=groups.group(), title="Second", file=FILE, by=cora)


def test_members_discuss_and_others_do_not(world: World) -> None:
    groups.joined(world.viewer("alder.clinician"))
    with world.acting_as("alder.clinician") as by:
        post = write_post(group=groups.group(), text="We wash.\r\nTwice.", by=by)
        assert post.text == "We wash.\nTwice."
        with pytest.raises(GroupError, match="names Aldermoor Quillen Hospital, and members of all hospitals read it"):
            write_post(group=groups.group(), text="At Aldermoor Quillen we wash.", by=by)
        with pytest.raises(GroupError, match="The post is empty"):
            write_post(group=groups.group(), text=" ", by=by)
    for name in ("birch.champion", "ben", "pat"):
        with world.acting_as(name) as other, pytest.raises(GroupError, match="not a member"):
            write_post(group=groups.group(), text="Me too.", by=other)
    with world.acting_as("birch.champion") as other, pytest.raises(Http404):
        post_for(other, post.public_id)


@pytest.mark.parametrize("name", ["alder.clinician", "birch.champion", "cora"])
def test_writer_chair_and_centre_take_a_post_back_for_good(world: World, name: str) -> None:
    groups.led(world.viewer("birch.champion"))
    groups.joined(world.viewer("alder.clinician"))
    groups.joined(world.viewer("pat"))
    with world.acting_as("alder.clinician") as by:
        post = write_post(group=groups.group(), text="Too much.", by=by)
    with world.acting_as("pat") as pat, pytest.raises(GroupError, match="Only its writer"):
        withdraw_post(post=post, reason="Not nice.", by=pat)
    with world.acting_as(name) as by:
        with pytest.raises(GroupError, match="The reason is empty"):
            withdraw_post(post=post, reason="", by=by)
        withdraw_post(post=post, reason="It said too much.", by=by)
        kept = GroupPost.objects.get(pk=post.pk)
        assert (kept.text, kept.withdrawn_because) == ("", "It said too much.")
        with pytest.raises(GroupError, match="taken back already"):
            withdraw_post(post=post, reason="Again.", by=by)


def test_decisions_are_read_by_everybody_who_sees_groups(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    with world.acting_as("birch.champion") as chair:
        before = TODAY - timedelta(days=3)
        record_decision(group=groups.group(), text="We measure.", decided_on=before, today=TODAY, by=chair)
        with pytest.raises(GroupError, match="still to come"):
            record_decision(group=groups.group(), text="x", decided_on=TODAY + timedelta(days=1), today=TODAY, by=chair)
        with pytest.raises(GroupError, match="was founded on"):
            record_decision(
                group=groups.group(), text="x", decided_on=TODAY - timedelta(days=900), today=TODAY, by=chair
            )
        with pytest.raises(GroupError, match="names Birchgrove"):
            record_decision(group=groups.group(), text="As Birchgrove Zantar.", decided_on=TODAY, today=TODAY, by=chair)
    for name in ("heron.champion", "pat", "ben"):
        with world.acting_as(name) as by:
            rows = meetings_tab(by, standing_for(by, groups.GROUPS["prevention"])).decisions
            assert [(each.text, each.by) for each in rows] == [
                ("We begin with the bundle.", "Cora Ottershaw"),
                ("We measure.", "Champion Bellweir"),
            ]
            with pytest.raises(GroupError, match="Only the chair"):
                record_decision(group=groups.group(), text="x", decided_on=TODAY, today=TODAY, by=by)
    with world.acting_as("cora") as cora:
        decision = GroupDecision.objects.get(public_id=groups.PARTS["decision"])
        remove_decision(decision=decision, by=cora)
        remove_decision(decision=decision, by=cora)
        assert [
            each.text for each in meetings_tab(cora, standing_for(cora, groups.GROUPS["prevention"])).decisions
        ] == ["We measure."]
    with world.acting_as("birch.champion") as chair, pytest.raises(PermissionRefusedError):
        remove_decision(decision=decision, by=chair)


def test_wishes_stand_in_the_form_of_the_next_meeting_and_end_with_it(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    with world.acting_as("birch.champion") as chair:
        wish = wish_point(group=groups.group(), text="Gloves", by=chair)
        end_wish(wish=wish, by=chair)
        end_wish(wish=wish, by=chair)
        wish_point(group=groups.group(), text="Theatre doors", by=chair)
    with world.acting_as("cora") as cora:
        standing = standing_for(cora, groups.GROUPS["prevention"])
        assert first_words(standing) == {
            "title": "Infection prevention",
            "kind": MeetingKind.GROUP,
            "agenda": "15 Skin preparation\n15 Theatre doors",
        }
        wish = Wish(
            plan=meetings.plan("Infection prevention, spring", 60, hour=8),
            repetition=Repetition(repeat=Repeat.MONTHLY, count=2),
        )
        plan_group_meeting(group=groups.group(), wish=wish, by=cora)
        assert not AgendaWish.objects.filter(group=standing.group, ended_at=None).exists()
        assert GroupMeeting.objects.filter(group=standing.group).count() == 3
        with pytest.raises(GroupError, match="was closed"):
            plan_group_meeting(group=groups.group("closed"), wish=wish, by=cora)


def test_members_of_the_group_are_invited_as_one(world: World) -> None:
    for name in ("alder.champion", "birch.clinician", "pat"):
        groups.joined(world.viewer(name))
    with world.acting_as("cora") as cora:
        meeting = Meeting.objects.get(public_id=groups.PARTS["meeting"])
        circles = circles_of(cora, meeting)
        assert [(each.label, each.is_meant) for each in circles] == [
            ("Enhanced recovery", False),
            ("Infection prevention", True),
        ]
        people = audience(cora).within(circles)
        assert sorted(each.name for each in people) == [
            "Champion Ashgrave",
            "Clinician Bellweir",
            "Cora Ottershaw",
            "Pat Kirtlebridge",
        ]
        assert invite(meeting=meeting, people=people, whole_series=False, by=cora) == 4
        decide(meeting=meeting, text="We go on.", by=cora)
    with world.acting_as("alder.champion") as champion:
        tab = meetings_tab(champion, standing_for(champion, groups.GROUPS["prevention"]))
        assert [(each.meeting.title, each.there, each.has_minutes) for each in tab.coming] == [
            ("Infection prevention", 0, False)
        ]
        assert "We go on." in {each.text for each in tab.decisions}
    with world.acting_as("pat") as pat:
        tab = meetings_tab(pat, standing_for(pat, groups.GROUPS["prevention"]))
        assert [each.meeting.title for each in tab.coming] == ["Infection prevention"]
        assert "We go on." not in {each.text for each in tab.decisions}  # of the meeting, which members read


def test_a_meeting_in_preparation_is_on_the_page_of_the_centre_alone(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    with world.acting_as("alder.champion") as champion:
        assert meetings_tab(champion, standing_for(champion, groups.GROUPS["prevention"])).coming == ()
    with world.acting_as("ben") as ben:
        tab = meetings_tab(ben, standing_for(ben, groups.GROUPS["prevention"]))
        assert (tab.coming, tab.may_plan) == ((), False)


def test_meetings_of_groups_count_where_one_asks_for_them(world: World) -> None:
    """Not every hospital is asked to them, so they do not stand among those that all are held to."""
    with world.acting_as("cora") as cora:
        meeting = Meeting.objects.get(public_id=groups.PARTS["meeting"])
        before = attendance_report(cora, collaborative(), year=None, kind="").held
        start = timezone.now() - timedelta(hours=3)
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=start, ends_at=start + timedelta(hours=1), state="announced"
        )
        assert attendance_report(cora, collaborative(), year=start.year, kind="").held == before
        assert attendance_report(cora, collaborative(), year=start.year, kind="group").held == 1
        tab = meetings_tab(cora, standing_for(cora, groups.GROUPS["prevention"]))
        assert [each.meeting.title for each in tab.past] == ["Infection prevention"]


def test_the_frame_shows_what_is_open_to_whom(world: World) -> None:
    groups.joined(world.viewer("pat"))
    shown = {}
    for name in ("pat", "ben", "heron.champion"):
        with world.acting_as(name) as by:
            shown[name] = [
                each.label for each in frame(by, groups.GROUPS["prevention"], "documents").tabs if each.current
            ]
    assert shown == {"pat": ["Documents"], "ben": ["Documents"], "heron.champion": ["About"]}
