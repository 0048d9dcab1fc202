"""What opens without signing in: the link of an invitation, and a calendar address."""

from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from collaboratives.models import Grant
from collaboratives.services.people import end_role
from coordination.meetings.enums import Reply
from coordination.meetings.models import Invitee
from coordination.meetings.selectors.reply_links import reply_token
from coordination.meetings.services.feeds import make_feed, revoke_feed
from tests.world import World
from tests.worlds import meetings, programme
from tests.worlds.programme import HOSPITALS, SURNAMES


OTHERS = {word for _, full, town in HOSPITALS.values() for word in (full, town)} | set(SURNAMES.values())


def test_the_link_of_a_mail_answers_and_looking_does_not(world: World) -> None:
    user = world.user("cedar.champion")
    url = reverse("meeting-replies:reply", args=[reply_token(meetings.MEETINGS["coming"], user.public_id)])
    stranger = Client()

    page = stranger.get(f"{url}?reply=no")
    assert page.status_code == 200
    assert "Winter meeting" in page.content.decode()
    assert _answer(world) == Reply.OPEN
    done = stranger.post(url, {"reply": "no"})
    assert "Your answer is noted" in done.content.decode()
    assert _answer(world) == Reply.NO


def _answer(world: World) -> str:
    with world.acting_as("cedar.champion") as by:
        return Invitee.objects.get(meeting__public_id=meetings.MEETINGS["coming"], user_id=by.user_id).reply


def test_broken_links_are_not_there(world: World) -> None:
    good = reply_token(meetings.MEETINGS["coming"], world.user("cedar.champion").public_id)
    other = reply_token(meetings.MEETINGS["coming"], world.user("stella").public_id)

    for token in (good[:-2] + "xx", "nothing", other):
        assert Client().get(reverse("meeting-replies:reply", args=[token])).status_code == 404


def test_a_calendar_address_shows_the_programmes_dates_and_no_hospital(world: World) -> None:
    with world.acting_as("alder.champion") as champion:
        address = make_feed(by=champion)
    response = Client().get(_path(address))
    calendar = Calendar.from_ical(response.content)
    titles = {str(each["SUMMARY"]) for each in calendar.walk("VEVENT") if str(each["UID"]).startswith("meeting-")}

    assert response["Content-Type"].startswith("text/calendar")
    assert titles == {"Autumn meeting", "Winter meeting"}
    assert {word for word in OTHERS if word in response.content.decode()} == set()
    assert "Quizzlewort" not in response.content.decode()


def test_an_address_ends_when_it_is_made_again_revoked_or_the_role_ends(world: World) -> None:
    paths = []
    with world.acting_as("alder.champion") as champion:
        paths += [_path(make_feed(by=champion)), _path(make_feed(by=champion))]
    assert [Client().get(path).status_code for path in paths] == [404, 200]
    with world.acting_as("alder.champion") as champion:
        revoke_feed(by=champion)
        paths.append(_path(make_feed(by=champion)))
    assert [Client().get(path).status_code for path in paths] == [404, 404, 200]
    with world.acting_as("dana") as dana:
        for grant in Grant.objects.filter(user__email=programme.email("alder.champion"), ends_at=None):
            end_role(grant=grant, by=dana)

    assert [Client().get(path).status_code for path in paths] == [404, 404, 404]
    assert Client().get("/calendars/nothing.ics").status_code == 404


def _path(address: str) -> str:
    return f"/{address.partition('://')[2].partition('/')[2]}"
