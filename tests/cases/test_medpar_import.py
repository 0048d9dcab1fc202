"""1,495 real stays in 54 hospitals, through the command and through a hospital's own upload."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from cases.models import Case
from cases.services.check_import import check_file
from cases.services.imports import upload_import
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.people import grant_role
from measures.selectors.definitions import form_of
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import agreements
from tests.worlds.programme import new_user


ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "medpar.csv"
DEFINITION = ROOT / "examples" / "medicare_stays" / "definition.yaml"
pytestmark = [
    pytest.mark.worker,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="the Medicare file is not here"),
]


def _command(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def _director() -> Viewer:
    with acting(Acting("platform")), transaction.atomic():
        user = User.objects.get(email="medpar@example.org")
    return places_of(user.pk)[0].viewer(user.pk, user.full_name)


def _coordinator() -> None:
    user = new_user("medpar.coordinator", "Medpar Coordinator")
    with acting(acting_for(_director())), transaction.atomic():
        grant_role(user=user, role=Role.COORDINATOR, participation=None, by=_director())
        agreements.need_none(_director())


def _import(*more: str) -> list[str]:
    who = ("--collaborative", "medicare-stays", "--user", "medpar.coordinator@example.org")
    return _command("import_cases", str(DATA), *who, *more)


@pytest.fixture
def stays(db: None) -> None:
    _command("load_definition", str(DEFINITION), "--director", "medpar@example.org")
    _coordinator()


def test_real_stays_come_in_once(stays: None) -> None:
    first = _import("--create-hospitals")
    again = _import()

    assert sum(line.endswith("joined.") for line in first) == 54
    assert [line for line in first if ":" in line][:4] == ["new: 1495", "changed: 0", "unchanged: 0", "rejected: 0"]
    assert again[:4] == ["new: 0", "changed: 0", "unchanged: 1495", "rejected: 0"]
    with acting(acting_for(_director())), transaction.atomic():
        mine = Case.objects.filter(collaborative__slug="medicare-stays")
        assert mine.count() == 1495
        assert mine.filter(answers__died=True).count() == 513
        assert mine.values("participation").distinct().count() == 54


def test_one_hospitals_own_rows_are_the_same_cases(stays: None) -> None:
    _import("--create-hospitals")
    heading, *lines = DATA.read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if line.startswith('"030002"')]
    with acting(acting_for(_director())), transaction.atomic():
        hospital = Participation.objects.get(site__identifier="030002")
        user = new_user("medpar.abstractor", "Medpar Abstractor")
        grant_role(user=user, role=Role.ABSTRACTOR, participation=hospital, by=_director())
    abstractor = places_of(user.pk)[0].viewer(user.pk, "Medpar Abstractor")

    with acting(acting_for(abstractor)), transaction.atomic():
        form = form_of(abstractor.collaborative_id, "stay")
        assert form is not None
        content = "\n".join([heading, *own]).encode()
        case_import = upload_import(form=form, file_name="own.csv", content=content, by=abstractor, queue=False)
    with acting(Acting("compute", collaborative_id=abstractor.collaborative_id)), transaction.atomic():
        check_file(case_import)

    assert len(own) > 10
    assert case_import.summary["actions"] == {"new": 0, "changed": 0, "unchanged": len(own), "rejected": 0}
