"""What pages and programs see of a locked case."""

import json

from cases.enums import CaseStatus
from cases.errors import LOCKED_WORDS
from cases.models import Case
from tests.world import World
from tests.worlds import locks


LIST = "/c/colectomy-mi/cases/"


def _locked(world: World) -> Case:
    with world.acting_as("alder.abstractor"):
        return Case.objects.get(case_number=locks.LOCKED["alder"])


def test_the_page_of_a_locked_case_offers_no_change(world: World) -> None:
    case, client = _locked(world), world.client("alder.abstractor")
    url = f"{LIST}{case.public_id}/"
    shown = client.get(url)
    assert (shown.status_code, shown.templates[0].name) == (200, "cases/case_detail.html")
    assert "Re-open the case" not in shown.content.decode()

    for path, sent in (("reopen/", {"reason": "A typing error."}), ("", {"revision": case.revision, "age": "30"})):
        refused = client.post(f"{url}{path}", sent, follow=True)
        assert [str(message) for message in refused.context["messages"]] == [LOCKED_WORDS]
    assert _locked(world).revision == case.revision


def test_saving_in_the_background_leaves_a_case_that_was_locked_meanwhile(world: World) -> None:
    case, client = _locked(world), world.client("alder.abstractor")
    body = {"key": "saving-1234567", "revision": case.revision, "fields": {"age": "30"}, "base": {}}
    answer = client.post(f"{LIST}{case.public_id}/answers/", json.dumps(body), content_type="application/json")
    assert answer.status_code in {200, 422}
    assert _locked(world).answers == case.answers


def test_the_completed_tab_counts_locked_cases(world: World) -> None:
    page = world.client("alder.abstractor").get(LIST, {"tab": "complete", "q": locks.LOCKED["alder"]}).context["page"]
    assert [row.case_number for row in page.rows] == [locks.LOCKED["alder"]]
    assert page.rows[0].is_complete
    assert _locked(world).status == CaseStatus.LOCKED
