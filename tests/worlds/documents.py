"""Two documents of colectomy-mi: one that all data teams and champions confirm, and a letter to birch alone."""

from uuid import UUID

from django.db import transaction

from collaboratives.documents.definition.files import accept
from collaboratives.documents.models import Document
from collaboratives.documents.selectors.audience import DocumentWords
from collaboratives.documents.services.documents import add_document
from collaboratives.selectors.places import acting_for
from privacy.roles import Capacity, Role, roles_of
from tenancy.context import acting
from tests.worlds import programme


FILE = b"%PDF-1.7\n% how we abstract\n%%EOF\n"
LETTER = b"Dear colleagues, this is about you alone: Zantarfolly.\n"
DOCUMENTS: dict[str, UUID] = {}
"""Public ids: `everybody`, `birch`."""


def build() -> None:
    cora = programme.viewer("cora")
    birch = programme.participation("birch")
    with acting(acting_for(cora)), transaction.atomic():
        words = DocumentWords(
            title="Abstraction manual",
            about="How cases are abstracted.",
            roles=roles_of(Capacity.HOSPITAL),
            participation=None,
            must_acknowledge=True,
        )
        DOCUMENTS["everybody"] = add_document(words=words, file=accept("manual.pdf", FILE), by=cora).public_id
        words = DocumentWords(
            title="Letter after the audit",
            about="",
            roles=[Role.CHAMPION, Role.ABSTRACTOR],
            participation=birch,
            must_acknowledge=False,
        )
        DOCUMENTS["birch"] = add_document(words=words, file=accept("letter.txt", LETTER), by=cora).public_id


def document(name: str = "everybody") -> Document:
    return Document.objects.get(public_id=DOCUMENTS[name])
