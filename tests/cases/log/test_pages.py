"""Pages of cycles and of unlocking: what the centre sets, what a hospital asks, and what each sees of it."""

from datetime import date

from cases.log.models import Cycle, LockExtension, UnlockRequest
from cases.models import Case
from tests.world import World
from tests.worlds.locks import LOCKED


HERE = "/c/colectomy-mi"
CYCLES, UNLOCKS = f"{HERE}/cycles/", f"{HERE}/unlocks/"


def _case(world: World, number: str = LOCKED["alder"]) -> Case:
    with world.acting_as("dana"):
        return Case.objects.get(case_number=number)


def _create(world: World, year: int = 2026, days_after: int = 730) -> list[Cycle]:
    sent = {"form": "colectomy", "rhythm": "quarterly", "year": year, "days_after": days_after}
    assert world.client("cora").post(f"{CYCLES}new/", sent).status_code == 302
    with world.acting_as("cora"):
        return list(Cycle.objects.filter(first_day__year=year).order_by("first_day"))


def test_the_centre_creates_cycles_and_sees_what_is_in_them(world: World) -> None:
    made = _create(world)
    page = world.client("cora").get(CYCLES, {"year": "2026"}).context["page"]
    with world.acting_as("dana"):
        cases = Case.objects.filter(event_date__range=(made[2].first_day, made[2].last_day))
        counted = [cases.filter(status=each).count() for each in ("complete", "in_progress", "locked")]
    row = page.rows[2]

    assert (row.name, row.first_day, row.locks_on) == ("2026, quarter 3", date(2026, 7, 1), date(2028, 9, 29))
    assert [row.complete, row.drafts, row.locked] == counted
    assert counted[0] > counted[2] == 2


def test_a_year_that_has_cycles_is_refused_in_words(world: World) -> None:
    _create(world)
    sent = {"form": "colectomy", "rhythm": "monthly", "year": 2026, "days_after": 30}
    refused = world.client("cora").post(f"{CYCLES}new/", sent)
    assert refused.status_code == 422
    assert "Cycles of a form cannot overlap" in refused.content.decode()


def test_more_time_is_given_to_one_hospital(world: World) -> None:
    cycle, alder = _create(world, year=2090)[0], world.participation("alder")
    url, client = f"{CYCLES}{cycle.public_id}/extend/", world.client("cora")
    sent = {"hospital": alder.public_id, "locks_on": "2090-04-01", "reason": "staff", "note": ""}
    refused = client.post(url, sent)
    accepted = client.post(url, sent | {"locks_on": "2092-06-01"})
    with world.acting_as("alder.abstractor"):
        (extension,) = LockExtension.objects.all()
    with world.acting_as("birch.abstractor"):
        assert LockExtension.objects.count() == 0

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert (extension.locks_on, extension.decided_by_id) == (date(2092, 6, 1), world.user("cora").pk)
    (time,) = client.get(CYCLES, {"year": "2090"}).context["page"].rows[0].extensions
    assert (time.locks_on, time.reason) == (date(2092, 6, 1), "Staff away or changed")


def test_a_hospital_asks_and_the_centre_decides(world: World) -> None:
    case, asking = _case(world), world.client("alder.abstractor")
    url = f"{HERE}/cases/{case.public_id}/unlock/"
    assert f'href="{url}"' in asking.get(f"{HERE}/cases/{case.public_id}/").content.decode()
    empty = asking.post(url, {"reason": " "})
    asked = asking.post(url, {"reason": "The operation date is wrong."}, follow=True)
    again = asking.post(url, {"reason": "Once more."})
    assert (empty.status_code, asked.context["page"].may_ask, again.status_code) == (422, False, 422)

    with world.acting_as("alder.abstractor"):
        (request,) = UnlockRequest.objects.all()
    centre, detail = world.client("cora"), f"{UNLOCKS}{request.public_id}/"
    assert [each.pk for each in centre.get(UNLOCKS).context["page"].waiting] == [request.pk]
    silent = centre.post(detail, {"decision": "refused", "note": ""})
    refused = centre.post(detail, {"decision": "refused", "note": "The audit has seen it."})
    assert (silent.status_code, refused.status_code) == (422, 302)
    assert centre.post(detail, {"decision": "granted"}).status_code == 422
    assert "The audit has seen it." in asking.get(url).content.decode()


def test_the_work_list_says_which_cases_are_locked(world: World) -> None:
    client = world.client("alder.abstractor")
    page = client.get(f"{HERE}/cases/", {"tab": "complete", "q": LOCKED["alder"]}).context["page"]
    assert [row.is_locked for row in page.rows] == [True]
