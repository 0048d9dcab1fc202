"""The agenda: its points in their order, files to them, recordings afterwards."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coordination.meetings.definition.agenda import MOST_MINUTES, Point
from coordination.meetings.definition.plans import ItemText
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import AgendaItem, Meeting, MeetingFile, Recording
from coordination.meetings.services.asking import held, refuse_names
from coordination.meetings.validators import (
    LONGEST_TITLE,
    MOST_FILES,
    MOST_ITEMS,
    clean_line,
    clean_link,
    not_longer,
    type_of,
)
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


def put_into(item: AgendaItem, text: ItemText) -> None:
    """Clean what was written, and refuse what cannot be."""
    if not 1 <= text.minutes <= MOST_MINUTES:
        raise MeetingError(f"A point takes between 1 and {MOST_MINUTES} minutes.")
    item.minutes, item.is_public, item.measure_id = text.minutes, text.is_public, text.measure_id
    item.title = clean_line(text.title, "The title of the point", 200)
    item.lead = not_longer(" ".join(text.lead.split()), "Who leads", LONGEST_TITLE)
    item.link = clean_link(text.link, "The link")


@transaction.atomic
def add_points(*, meeting: Meeting, points: Sequence[Point], by: Viewer) -> list[AgendaItem]:
    """Several points at the end of the agenda, or none of them."""
    meeting = held(meeting, by)
    texts = [ItemText(minutes=each.minutes, title=each.title, lead=each.lead) for each in points]
    return _append(meeting, texts, by)


@transaction.atomic
def add_item(*, meeting: Meeting, text: ItemText, by: Viewer) -> AgendaItem:
    return _append(held(meeting, by), [text], by)[0]


@transaction.atomic
def copy_agenda(*, meeting: Meeting, source: Meeting, by: Viewer) -> list[AgendaItem]:
    """The points of another meeting, without their files."""
    meeting = held(meeting, by)
    texts = [
        ItemText(
            minutes=each.minutes,
            title=each.title,
            lead=each.lead,
            measure_id=each.measure_id,
            link=each.link,
            is_public=each.is_public,
        )
        for each in source.items.filter(removed_at=None)
    ]
    return _append(meeting, texts, by)


def _append(meeting: Meeting, texts: Sequence[ItemText], by: Viewer) -> list[AgendaItem]:
    there = meeting.items.filter(removed_at=None)
    last, count = there.aggregate(last=Max("position"))["last"] or 0, there.count()
    if count + len(texts) > MOST_ITEMS:
        raise MeetingError(f"An agenda has at most {MOST_ITEMS} points.")
    items = []
    for position, text in enumerate(texts, start=last + 1):
        item = AgendaItem(collaborative_id=meeting.collaborative_id, meeting=meeting, position=position)
        put_into(item, text)
        items.append(item)
    refuse_names([each.title for each in items], by=by)
    AgendaItem.objects.bulk_create(items)
    if items:
        record_event(EventKind.AGENDA_CHANGED, by=by, subject=meeting, details={"added": len(items)})
    return items


@transaction.atomic
def change_item(*, item: AgendaItem, text: ItemText, by: Viewer) -> AgendaItem:
    held(item.meeting, by)
    put_into(item, text)
    refuse_names([item.title], by=by)
    item.save()
    record_event(EventKind.AGENDA_CHANGED, by=by, subject=item.meeting)
    return item


@transaction.atomic
def move_item(*, item: AgendaItem, up: bool, by: Viewer) -> None:
    """Change places with the point before or after it; at the end of the list nothing happens."""
    meeting = held(item.meeting, by)
    items = list(meeting.items.filter(removed_at=None))
    place = next((number for number, each in enumerate(items) if each.pk == item.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(items):
        return
    items[place], items[other] = items[other], items[place]
    for position, each in enumerate(items, start=1):
        each.position = position
    AgendaItem.objects.bulk_update(items, ["position"])
    record_event(EventKind.AGENDA_CHANGED, by=by, subject=meeting, details={"moved": "up" if up else "down"})


@transaction.atomic
def remove_item(*, item: AgendaItem, by: Viewer) -> None:
    """Take a point off the agenda; its files stay with the meeting."""
    meeting = held(item.meeting, by)
    item.removed_at = timezone.now()
    item.save(update_fields=["removed_at"])
    item.files.update(item=None)
    record_event(EventKind.AGENDA_CHANGED, by=by, subject=meeting, details={"removed": 1})


@transaction.atomic
def add_file(*, meeting: Meeting, item: AgendaItem | None, name: str, data: bytes, by: Viewer) -> MeetingFile:
    """A file for members to take away."""
    meeting = held(meeting, by)
    if meeting.files.filter(removed_at=None).count() >= MOST_FILES:
        raise MeetingError(f"A meeting has at most {MOST_FILES} files. Take one away first.")
    name = clean_line(name.replace("\\", "/").rpartition("/")[2], "The name of the file", 150)
    refuse_names([name], by=by)
    added = MeetingFile.objects.create(
        collaborative_id=meeting.collaborative_id,
        meeting=meeting,
        item=item,
        name=name,
        media_type=type_of(name, data),
        size=len(data),
        data=data,
        added_by_id=by.user_id,
    )
    record_event(EventKind.MEETING_FILE_ADDED, by=by, subject=added)
    return added


@transaction.atomic
def remove_file(*, file: MeetingFile, by: Viewer) -> None:
    held(file.meeting, by)
    file.data, file.removed_at = None, timezone.now()
    file.save(update_fields=["data", "removed_at"])
    record_event(EventKind.MEETING_FILE_REMOVED, by=by, subject=file)


@transaction.atomic
def add_recording(*, meeting: Meeting, label: str, link: str, by: Viewer) -> Recording:
    meeting = held(meeting, by)
    if not (address := clean_link(link, "The link of the recording")):
        raise MeetingError("The link of the recording is empty.")
    label = clean_line(label, "The name of the recording")
    refuse_names([label], by=by)
    recording = Recording.objects.create(
        collaborative_id=meeting.collaborative_id, meeting=meeting, label=label, link=address, added_by_id=by.user_id
    )
    record_event(EventKind.RECORDING_ADDED, by=by, subject=recording)
    return recording


@transaction.atomic
def remove_recording(*, recording: Recording, by: Viewer) -> None:
    held(recording.meeting, by)
    recording.removed_at = timezone.now()
    recording.save(update_fields=["removed_at"])
    record_event(EventKind.RECORDING_REMOVED, by=by, subject=recording)
