"""The colectomy form and its three measures, published by the director of colectomy-mi from colectomy.yaml."""

from pathlib import Path

from django.db import transaction

from collaboratives.selectors.places import acting_for
from measures.models import Form
from measures.services.definitions import publish_definition
from tenancy.context import acting
from tests.worlds import programme


FILE = Path(__file__).with_name("colectomy.yaml")


def build() -> None:
    by = programme.viewer("dana")
    with acting(acting_for(by)), transaction.atomic():
        publish_definition(text=FILE.read_text(encoding="utf-8"), path=FILE.name, by=by)


def form(slug: str = "colectomy") -> Form:
    with acting(acting_for(programme.viewer("dana"))), transaction.atomic():
        return Form.objects.get(slug=slug)
