"""Pages of the log, the sample and follow-up: what each person sees and can do there."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.log.enums import ExtensionReason
from cases.log.models import CaseLogEntry, Cycle, SamplingRule
from cases.log.services.cycles import Extension, extend_lock
from cases.models import Case
from events.models import AccessLog
from measures.models import Form
from tests.world import World
from tests.worlds import logs


HERE = "/c/colectomy-mi"
LOCKS = date(2090, 1, 1)


@pytest.fixture
def cycle(world: World) -> Cycle:
    with world.acting_as("cora") as cora:
        return Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=Form.objects.get(slug="colectomy"), name="Spring 2024",
            created_by_id=cora.user_id, first_day=date(2024, 4, 1), last_day=date(2024, 6, 30), locks_on=LOCKS,
        )  # fmt: skip


def _upload(client: Client, cycle: Cycle, content: bytes) -> str:
    file = SimpleUploadedFile("april.csv", content)
    answer = client.post(f"{HERE}/log/{cycle.public_id}/upload/", {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_sampler_uploads_draws_and_begins(world: World, cycle: Cycle) -> None:
    client, here = world.client("alder.sampler"), f"{HERE}/log/{cycle.public_id}/"
    preview = _upload(client, cycle, logs.log_file("alder", year=2024, first=101))
    words = re.sub(r"\s+", " ", client.get(preview).content.decode())
    assert "lists 24 new operations and changes 0" in words
    assert "Not read: patient" in words
    taken = client.post(preview, {"do": "commit"}, follow=True)
    assert "24 new, 0 changed" in taken.content.decode()
    assert "18 eligible operations are listed" in client.get(f"{here}draw/").content.decode()
    drawn = client.post(f"{here}draw/", follow=True)
    assert (drawn.context["page"].drawn.drawn, drawn.context["page"].tab) == (10, "todo")
    again = client.post(f"{here}draw/", follow=True)
    assert "a drawn cycle is not drawn again" in again.content.decode()

    listed = world.client("alder.abstractor").get(f"{HERE}/cases/").content.decode()
    assert re.search(r"\d+ sampled operations</a> wait to be begun", listed)
    entry = drawn.context["page"].rows[0].entry
    begun = client.post(f"{HERE}/log/entries/{entry.public_id}/begin/")
    with world.acting_as("alder.sampler"):
        case = Case.objects.get(case_number=entry.log_number)
    assert begun["Location"] == f"{HERE}/cases/{case.public_id}/"
    everything = client.post(f"{here}begin/", follow=True)
    assert "9 cases are begun" in everything.content.decode()


def test_a_bad_log_names_lines_and_remedies_on_the_page(world: World, cycle: Cycle) -> None:
    client = world.client("alder.sampler")
    page = client.get(
        _upload(client, cycle, b"case number,date,age,emergency\nA-1,2024-02-31,40,0\nA-2,2025-04-01,1,0\n")
    )
    text = page.content.decode()
    assert "2 rows to correct. Nothing was listed." in text
    assert "is not a date" in text
    assert "upload the row with the log of its own cycle" in text
    assert 'value="commit"' not in text


def test_a_substitution_is_made_on_its_page(world: World) -> None:
    client = world.client("alder.sampler")
    with world.acting_as("alder.sampler"):
        entry = CaseLogEntry.objects.filter(cycle__name=logs.CYCLE, state="sampled").earliest("pk")
    url = f"{HERE}/log/entries/{entry.public_id}/substitute/"
    assert client.post(url, {"reason": "other", "note": ""}).status_code == 422
    done = client.post(url, {"reason": "twice", "note": ""}, follow=True)
    assert re.search(rf"{entry.log_number} is out; AL.-\d+ is sampled in its place", done.content.decode())


def test_the_centre_reads_every_log_and_its_looking_is_noted(world: World) -> None:
    client, alder = world.client("cora"), world.participation("alder")
    spring = logs.cycle()
    rows = client.get(f"{HERE}/log/", {"cycle": str(spring.public_id)}).context["page"].rows
    found = {row.name: row.figures for row in rows}[alder.site.name]
    assert (found.listed, found.eligible, found.sampled) == (24, 18, 10)
    page = client.get(f"{HERE}/log/{spring.public_id}/", {"hospital": str(alder.public_id), "tab": "all"})
    assert page.status_code == 200
    assert "Upload the log" not in page.content.decode()
    with world.acting_as("dana"):
        assert AccessLog.objects.filter(subject="operative log", participation_id=alder.pk).exists()
    chosen = client.get(f"{HERE}/log/{spring.public_id}/")
    assert chosen["Location"] == f"{HERE}/log/?cycle={spring.public_id}"
    foreign = world.participation("jay", "hernia-lakes").public_id
    assert client.get(f"{HERE}/log/{spring.public_id}/", {"hospital": str(foreign)}).status_code == 404


def test_hospitals_see_their_own_words_only(world: World) -> None:
    spring = logs.cycle()
    for name, other in (("alder", "birch"), ("birch", "alder")):
        client = world.client(f"{name}.abstractor")
        pages = [f"{HERE}/log/", f"{HERE}/log/{spring.public_id}/?tab=all", f"{HERE}/follow-up/?tab=due"]
        text = "".join(client.get(url).content.decode() for url in pages)
        assert logs.WORDS[name] in text
        assert logs.WORDS[other] not in text


def test_the_centre_writes_the_next_version_of_a_rule(world: World) -> None:
    client = world.client("cora")
    sent = {
        "form": "colectomy",
        "effective_from": "2027-01-01",
        "columns": logs.COLUMNS,
        "exclusions": "minor | Under 18 years | [age] <",
        "scheme": "fraction",
        "percent": "30",
        "stratum": "procedure",
        "caps": "",
        "follow_up_days": "30",
        "follow_up_attempts": "3",
        "note": "As agreed in June.",
    }
    broken = client.post(f"{HERE}/sampling/new/", sent)
    assert (broken.status_code, "Line 1:" in broken.content.decode()) == (422, True)
    wrong = client.post(f"{HERE}/sampling/new/", sent | {"exclusions": "", "percent": ""})
    assert "A fixed fraction needs its percent" in wrong.content.decode()
    assert client.post(f"{HERE}/sampling/new/", sent | {"exclusions": logs.EXCLUSIONS}).status_code == 302
    with world.acting_as("cora"):
        made = SamplingRule.objects.latest("number")
    assert (made.number, str(made.fraction), made.stratum) == (2, "0.3000", "procedure")
    assert "30% of the eligible operations" in world.client("alder.clinician").get(f"{HERE}/sampling/").content.decode()
    again = client.get(f"{HERE}/sampling/new/", {"rule": str(made.public_id)}).context["form"]
    assert (again["percent"].value(), again["exclusions"].value()) == (made.fraction * 100, logs.EXCLUSIONS)


def test_an_attempt_is_kept_from_the_list(world: World) -> None:
    client = world.client("alder.abstractor")
    due = client.get(f"{HERE}/follow-up/").context["page"]
    row = next(row for row in due.rows if row.case_number == "AL-902")
    url = f"{HERE}/cases/{row.public_id}/follow-up/"
    assert logs.WORDS["alder"] in client.get(url).content.decode()
    sent = {"tried_on": "2026-11-01", "method": "phone", "outcome": "reached", "note": ""}
    assert client.post(url, sent | {"tried_on": "2026-01-01"}).status_code == 422
    after = client.post(url, sent, follow=True)
    assert "The follow-up of case AL-902 is reached." in after.content.decode()
    assert "AL-902" not in [row.case_number for row in after.context["page"].rows]
    assert world.client("alder.champion").post(url, sent).status_code == 403


def test_the_centre_sees_follow_up_by_hospital(world: World) -> None:
    client, alder = world.client("cora"), world.participation("alder")
    rows = {row.name: row for row in client.get(f"{HERE}/follow-up/").context["rows"]}
    page = client.get(f"{HERE}/follow-up/", {"hospital": str(alder.public_id)}).context["page"]
    assert rows[alder.site.name].count.due == page.counts["due"] == len(page.rows)


def test_the_work_list_says_when_a_case_is_locked(world: World) -> None:
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        cycle = Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=form, name="Autumn", created_by_id=cora.user_id,
            first_day=date(2026, 9, 1), last_day=date(2026, 9, 30), locks_on=LOCKS,
        )  # fmt: skip
        later = Extension(locks_on=date(2090, 2, 3), reason=ExtensionReason.STAFF)
        extend_lock(cycle=cycle, participation=world.participation("alder"), extension=later, by=cora)
    said = {
        name: world.client(name).get(f"{HERE}/cases/", {"tab": "drafts"}).content.decode()
        for name in ("alder.abstractor", "birch.abstractor")
    }
    assert "locks on 3 Feb 2090" in said["alder.abstractor"]
    assert "locks on 1 Jan 2090" in said["birch.abstractor"]
    alder = str(world.participation("alder").public_id)
    centre = world.client("cora").get(f"{HERE}/cases/", {"tab": "drafts", "hospital": alder})
    assert "locks on 3 Feb 2090" in centre.content.decode()


@pytest.mark.parametrize("path", ["log/", "log/{cycle}/?tab=all", "follow-up/", "cases/", "sampling/"])
def test_pages_ask_few_queries(world: World, path: str) -> None:
    client = world.client("alder.abstractor")
    url = f"{HERE}/{path.format(cycle=logs.cycle().public_id)}"
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    apart = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config")  # acting costs the same everywhere
    asked = [each["sql"] for each in queries if not each["sql"].startswith(apart)]
    assert len(asked) <= 12
