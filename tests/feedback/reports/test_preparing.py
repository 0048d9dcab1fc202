"""Reports of a release as a worker makes them: all of them, once, and the same bytes again."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from events.models import Job
from feedback.models import Release
from feedback.reports.models import HospitalReport
from feedback.reports.services import preparing
from feedback.reports.services.preparing import ask_for_reports, differing, prepare_reports
from feedback.reports.services.typesetting import typeset
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker


@contextmanager
def compute() -> Iterator[Release]:
    with acting(releases.worker()), transaction.atomic():
        yield Release.objects.get(name=releases.NAME)


def jobs() -> int:
    return Job.objects.filter(kind="reports.prepare", finished_at=None).count()


def test_every_hospital_has_both_files(world: World) -> None:
    with compute() as release:
        found = list(HospitalReport.objects.filter(release=release))

    assert len(found) == 16
    assert len({(each.participation_id, each.kind) for each in found}) == 16
    for each in found:
        file = bytes(each.file)
        assert (each.size, each.digest) == (len(file), hashlib.sha256(file).hexdigest())


def test_typeset_again_the_bytes_are_the_same(world: World) -> None:
    with compute() as release:
        assert differing(release) == []


def test_running_again_does_nothing(world: World) -> None:
    with compute() as release:
        before = list(HospitalReport.objects.order_by("pk").values("public_id", "digest", "made_at"))
        prepare_reports(Job(subject_id=release.pk))

        assert list(HospitalReport.objects.order_by("pk").values("public_id", "digest", "made_at")) == before


def test_a_job_makes_a_few_and_asks_for_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed worker had finished is kept: each job commits its hospitals, and the next goes on from there."""
    monkeypatch.setattr(preparing, "AT_ONCE", 3)
    made = releases.publish(releases.draft("Resumed", *releases.WINDOW))
    counts = []
    for _ in range(4):
        with acting(releases.worker()), transaction.atomic():
            before = jobs()
            prepare_reports(Job(subject_id=made.pk))
            counts.append((HospitalReport.objects.filter(release=made).count(), jobs() - before))

    assert counts == [(6, 1), (12, 1), (16, 0), (16, 0)]


def test_a_draft_has_none(world: World) -> None:
    with acting(releases.worker()), transaction.atomic():
        draft = Release.objects.get(name=releases.DRAFT)
        before = jobs()
        ask_for_reports(draft.pk)
        prepare_reports(Job(subject_id=draft.pk))

        assert (HospitalReport.objects.filter(release=draft).count(), jobs()) == (0, before)


def test_nobody_may_change_a_file(world: World) -> None:
    with compute(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        HospitalReport.objects.update(size=1)


def test_files_are_tagged_and_say_what_they_are(world: World) -> None:
    """PDF/UA-1: structure, language, title; typst refuses to write one whose pictures lack words."""
    with compute() as release:
        for each in HospitalReport.objects.filter(release=release).select_related("participation__site"):
            file = bytes(each.file)
            assert b"/MarkInfo" in file
            assert b"/Lang(en-GB)" in file
            assert b"<pdfuaid:part>1</pdfuaid:part>" in file
            assert (
                each.participation.site.name
                in file.decode("latin-1").partition("<dc:title>")[2].partition("</dc:title>")[0]
            )


def test_pictures_have_words(world: World) -> None:
    with compute() as release:
        full = [each.content for each in HospitalReport.objects.filter(release=release, kind="full")]
        drawn = [
            each[key] for content in full for each in content["measures"] for key in ("dots", "trend") if each[key]
        ]
        bare = {**full[0], "measures": [{**full[0]["measures"][0], "dots": {**drawn[0], "alt": None}}]}

    assert len(drawn) > 20
    assert [each["title"] for each in drawn if len(each["alt"]) < 30] == []
    with pytest.raises(Exception, match="PDF/UA-1"):
        typeset("full", bare)


def test_thirty_measures_stay_on_one_page(world: World) -> None:
    with compute() as release:
        content = HospitalReport.objects.filter(release=release, kind="one-page")[0].content
    card = {"eyebrow": "Watch", "title": "Readmission", "headline": "14 fewer infections", "text": "It is so. " * 12}
    file = typeset("one-page", {**content, "measures": content["measures"] * 10, "priorities": [card] * 3})

    assert len(re.findall(rb"/Type/Page\b", file)) == 1


def test_what_people_wrote_is_no_markup(world: World) -> None:
    with compute() as release:
        content = HospitalReport.objects.filter(release=release, kind="full")[0].content
    odd = json.loads(json.dumps(content).replace("Surgical-site", "#panic(1) $ @x * "))

    assert typeset("full", odd).startswith(b"%PDF-")
