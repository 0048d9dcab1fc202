"""Pages of news: who reads what, and that a look changes nothing."""

import re

import pytest
from django.test import Client

from collaboratives.models import Grant
from coordination.news.models import Announcement, Receipt
from tests.world import World
from tests.worlds import news
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/news/"
MOST_QUERIES = 12
FIELDS = {"kind": "announcement", "where": "all", "roles": ["champion"], "by_mail": "on", "revision": "0"}


def url(name: str = "everybody", rest: str = "") -> str:
    folder = "drafts/" if name.startswith("draft") else ""
    return f"{HERE}{folder}{news.NEWS[name]}/{rest}"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return plain(response.content.decode())


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition('id="main"')[2]))


@pytest.mark.parametrize("name", ["cora", "alder.champion", "alder.abstractor", "sam", "pat"])
@pytest.mark.parametrize("path", ["", "?q=autumn&kind=announcement&year=2026&page=1", "everybody"])
def test_pages_keep_to_twelve_questions(world: World, name: str, path: str) -> None:
    statements = page_queries(world.client(name), url(path) if path in news.NEWS else f"{HERE}{path}")

    assert len(statements) <= MOST_QUERIES, "\n".join(each[:160] for each in statements)


@pytest.mark.parametrize("path", ["newsletter/", "draft", "draft send/", "everybody withdraw/"])
def test_pages_of_the_writer_keep_to_twelve_questions(world: World, path: str) -> None:
    name, _, rest = path.partition(" ")
    statements = page_queries(world.client("cora"), url(name, rest) if name in news.NEWS else f"{HERE}{path}")

    assert len(statements) <= MOST_QUERIES, "\n".join(each[:160] for each in statements)


# The archive ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alder.champion", "birch.abstractor", "sam", "pat", "ben"])
def test_what_is_for_everybody_is_read_by_everybody(world: World, name: str) -> None:
    client = world.client(name)

    assert news.WORDS["everybody"] in text(client, HERE)
    assert "The autumn meeting is in November." in text(client, url())


@pytest.mark.parametrize("name", ["alder.champion", "ida", "heron.champion", "sam", "pat"])
def test_what_is_for_one_hospital_is_nowhere_else(world: World, name: str) -> None:
    client, word = world.client(name), news.WORDS["birch"]

    assert word not in text(client, HERE)
    assert "Nothing is found" in text(client, f"{HERE}?q={word}")
    assert client.get(url("birch")).status_code == 404
    assert client.post(url("birch", "read/")).status_code == 404
    assert word in text(world.client("birch.champion"), HERE)


def test_a_draft_is_seen_by_those_who_write_and_nobody_else(world: World) -> None:
    word = news.WORDS["draft"]
    assert word in text(world.client("dana"), HERE)
    assert word in text(world.client("cora"), url("draft"))
    for name in ("ben", "vera", "alder.champion", "sam"):
        assert word not in text(world.client(name), HERE)
        assert world.client(name).get(url("draft")).status_code == 403
        assert world.client(name).get(f"{HERE}{news.NEWS['draft']}/").status_code == 404


def test_the_archive_is_searched_by_all_words_kind_and_year(world: World) -> None:
    client, (first, second) = world.client("alder.champion"), (news.WORDS["everybody"], news.WORDS["newsletter"])

    found = text(client, f"{HERE}?q=november+{first.lower()}")
    assert first in found
    assert second not in found
    found = text(client, f"{HERE}?kind=newsletter")
    assert second in found
    assert "Newsletter 1" in found
    assert first not in found
    assert "Nothing is found" in text(client, f"{HERE}?q=november+nowhere")
    assert "Nothing is found" in text(client, f"{HERE}?year=2023")
    assert first in text(client, f"{HERE}?year=nonsense&kind=nonsense&page=nonsense")


def test_signs_of_a_search_are_looked_for_as_they_are(world: World) -> None:
    assert "Nothing is found" in text(world.client("alder.champion"), f"{HERE}?q=%25%5f")


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_look_does_not_say_that_it_is_read(world: World) -> None:
    client = world.client("alder.champion")
    assert "Not read yet" in text(client, HERE)
    assert "I have read this" in text(client, url())
    assert "I have read this" in text(client, url())

    part = client.post(url("everybody", "read/"), headers={"HX-Request": "true"}).content.decode()
    assert "You have read this" in part
    assert "You have read this" in text(client, url())
    assert client.post(url("everybody", "read/")).status_code == 302
    with world.acting_as("alder.champion") as by:
        receipt = Receipt.objects.get(user_id=by.user_id, announcement__public_id=news.NEWS["everybody"])
        assert receipt.read_at is not None


def test_the_centre_reads_how_many_have_read_it(world: World) -> None:
    before = text(world.client("cora"), url())
    world.client("alder.champion").post(url("everybody", "read/"))
    after = text(world.client("cora"), url())

    with world.acting_as("cora") as cora:
        held = Grant.objects.filter(collaborative_id=cora.collaborative_id, ends_at=None)
        people = held.values("user").distinct().count()
    assert f"0 of {people} people have read it" in before
    assert f"1 of {people} people have read it" in after
    assert "Aldermoor Quillen Hospital 1 of 6" in after  # five of its own, and Ida
    assert "Champion Ashgrave" in before
    assert "Champion Ashgrave" not in after
    assert "have read it" not in text(world.client("ben"), url())


def test_the_centre_takes_the_counts_away(world: World) -> None:
    world.client("alder.champion").post(url("everybody", "read/"))
    written = world.client("cora").get(url("everybody", "read.csv"))

    lines = written.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "kind,number,title,hospital,role,people,have read it"
    assert f"Announcement,1,Autumn {news.WORDS['everybody']},Aldermoor Quillen Hospital,clinical champion,1,1" in lines
    assert lines[-1] == f"Announcement,1,Autumn {news.WORDS['everybody']},Observers,patient partner,1,0"
    assert written["Content-Disposition"] == 'attachment; filename="announcement-1-read.csv"'
    assert world.client("alder.champion").get(url("everybody", "read.csv")).status_code == 403


def test_before_a_worker_came_the_page_says_so(world: World) -> None:
    with world.acting_as("cora") as cora:
        sent = news.write("At once", news.EVERYBODY, by=cora)
    assert "A worker is handing it out." in text(world.client("cora"), f"{HERE}{sent.public_id}/")


# Writing --------------------------------------------------------------------------------------------------------------


def begun(client: Client) -> str:
    response = client.post(f"{HERE}new/")
    assert response.status_code == 302
    return response["Location"]


def test_a_draft_is_written_looked_at_and_sent(world: World) -> None:
    client = world.client("cora")
    draft = begun(client)
    assert "Without a title yet" in text(client, draft)

    fields = FIELDS | {"title": "Winter  meeting", "text": "Come.\r\n\r\nAll of you.", "do": "send"}
    assert client.post(f"{draft}save/", fields)["Location"] == f"{draft}send/"
    page = client.get(f"{draft}send/").content.decode()
    assert "8 people of 8 hospitals: 8 clinical champions." in plain(page)
    assert "Send to 8 people" in plain(page)
    hidden = dict(re.findall(r'name="(revision|digest|people)" value="([^"]+)"', page))
    sent = client.post(f"{draft}send/", hidden, follow=True)

    assert "Winter meeting" in plain(sent.content.decode())
    with world.acting_as("cora") as cora:
        found = Announcement.objects.get(title="Winter meeting")
        assert (found.state, found.text, found.number) == ("sent", "Come.\n\nAll of you.", 3)
        assert found.sent_by_id == cora.user_id


def test_the_script_saves_and_gets_what_it_shows(world: World) -> None:
    client = world.client("cora")
    draft = begun(client)
    fields = FIELDS | {"title": "T", "text": "**loud** <script>alert(1)</script>"}

    told = client.post(f"{draft}save/", fields, headers={"Accept": "application/json"})
    assert told.status_code == 200
    answer = told.json()
    assert answer["revision"] == 1
    assert re.fullmatch(r"\d\d:\d\d:\d\d", answer["saved"])
    assert "<strong>loud</strong>" in answer["preview"]
    assert "<script>" not in answer["preview"]
    assert "8 people of 8 hospitals" in answer["recipients"]
    late = client.post(f"{draft}save/", fields, headers={"Accept": "application/json"})
    assert late.status_code == 409
    assert late.json()["problem"].startswith("A colleague saved this draft meanwhile.")


def test_a_name_is_told_while_somebody_writes(world: World) -> None:
    client = world.client("cora")
    draft = begun(client)
    fields = FIELDS | {"title": "T", "text": "Good.\n\nBirchgrove Zantar Medical did well."}
    answer = client.post(f"{draft}save/", fields, headers={"Accept": "application/json"}).json()

    assert "Line 3 names Birchgrove Zantar Medical" in answer["recipients"]
    assert "Send to" not in text(client, f"{draft}send/")


def test_what_cannot_be_saved_stays_on_the_page(world: World) -> None:
    client = world.client("cora")
    draft = begun(client)
    fields = FIELDS | {"title": "Kept", "text": "x" * 20_001}
    refused = client.post(f"{draft}save/", fields)

    assert refused.status_code == 422
    assert 'value="Kept"' in refused.content.decode()
    assert client.post(f"{draft}save/", fields, headers={"Accept": "application/json"}).status_code == 409


def test_a_draft_that_a_colleague_sent_is_not_written_on(world: World) -> None:
    client, gone = world.client("dana"), "Cora Ottershaw has sent this already."
    with world.acting_as("cora") as cora:
        sent = news.write("Done", news.EVERYBODY, by=cora)
    draft = f"{HERE}drafts/{sent.public_id}/"

    for rest in ("", "send/"):
        assert gone in plain(client.get(f"{draft}{rest}", follow=True).content.decode())
    assert gone in client.post(f"{draft}save/", FIELDS, headers={"Accept": "application/json"}).json()["problem"]
    assert client.post(f"{draft}send/")["Location"] == f"{HERE}{sent.public_id}/"


def test_a_discarded_draft_is_gone(world: World) -> None:
    client = world.client("cora")
    draft = begun(client)
    assert client.post(f"{draft}discard/")["Location"] == HERE
    assert "discarded this draft meanwhile" in plain(client.get(draft, follow=True).content.decode())


def test_a_newsletter_begins_with_what_went_to_everybody(world: World) -> None:
    client = world.client("cora")
    page = client.get(f"{HERE}newsletter/").content.decode()
    assert news.WORDS["everybody"] in page
    assert news.WORDS["birch"] not in page
    assert client.post(f"{HERE}newsletter/").status_code == 422

    chosen = {"title": "Autumn issue", "sections": [str(news.NEWS["everybody"])], "dates": "on"}
    draft = client.post(f"{HERE}newsletter/", chosen)["Location"]
    written = client.get(draft).content.decode()
    assert f"## Autumn {news.WORDS['everybody']}" in written
    assert "The **autumn meeting** is in November." in written
    assert "Winter meeting" in written  # of the calendar
    assert "Retreat Vexworthy" not in written  # in preparation
    assert "Audit of" not in written


# After it is sent -----------------------------------------------------------------------------------------------------


def test_what_is_withdrawn_leaves_a_line_for_its_readers(world: World) -> None:
    client, reader = world.client("cora"), world.client("alder.champion")
    assert client.post(url("everybody", "withdraw/")).status_code == 422
    assert client.post(url("everybody", "withdraw/"), {"reason": "Ask Birchgrove Zantar Medical."}).status_code == 422
    client.post(url("everybody", "withdraw/"), {"reason": "The day was wrong."})

    page = text(reader, url())
    assert "The day was wrong." in page
    assert "The autumn meeting" not in page
    assert "The autumn meeting" in text(client, url())
    assert "Withdrawn" in text(reader, HERE)
    assert "Nothing is found" in text(reader, f"{HERE}?q=bring+charts&kind=announcement")
    assert client.post(url("everybody", "withdraw/"), {"reason": "Again."}).status_code == 422


def test_a_correction_is_a_draft_that_names_what_it_corrects(world: World) -> None:
    client = world.client("cora")
    draft = client.post(url("everybody", "correct/"))["Location"]
    page = text(client, draft)

    assert f"of a correction to Autumn {news.WORDS['everybody']}" in page
    assert f"Correction: Autumn {news.WORDS['everybody']}" in page


def test_who_has_not_read_it_is_reminded_once_a_day(world: World) -> None:
    client = world.client("cora")

    assert "people are reminded." in plain(client.post(url("everybody", "remind/"), follow=True).content.decode())
    assert "less than a day ago" in plain(client.post(url("everybody", "remind/"), follow=True).content.decode())


def test_the_list_says_what_is_there_when_nothing_is(world: World) -> None:
    with world.acting_as("hanna", "hernia-lakes") as hanna:
        for each in Announcement.objects.filter(collaborative_id=hanna.collaborative_id, state="draft"):
            assert each.title == "Later"
    assert news.WORDS["elsewhere"] in text(world.client("stella"), "/c/hernia-lakes/news/")
    assert "Nothing is found" in text(world.client("stella"), "/c/hernia-lakes/news/?q=nowhere")
