"""Documents as their readers and the centre see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone

from collaboratives.documents.models import Acknowledgement, Document, DocumentVersion
from collaboratives.models import Grant
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    document: Document
    version: DocumentVersion
    acknowledged_at: datetime | None = None
    read: int = 0
    readers: int = 0

    @property
    def waits(self) -> bool:
        """For whoever looks: whether they still have to confirm it."""
        return self.document.must_acknowledge and self.acknowledged_at is None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody it is for, and when they confirmed its latest version."""

    user_id: int
    name: str
    email: str
    hospital: str
    hospital_id: UUID
    roles: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DocumentPage:
    document: Document
    versions: list[DocumentVersion]
    latest: DocumentVersion
    row: DocumentRow
    readers: list[Reader]

    @property
    def have_not(self) -> list[Reader]:
        return [each for each in self.readers if each.acknowledged_at is None]

    @property
    def have(self) -> list[Reader]:
        return [each for each in self.readers if each.acknowledged_at]


def documents_seen(viewer: Viewer) -> QuerySet[Document]:
    """Of the centre all; of a hospital's people what is for one of their roles, everywhere or at their hospital."""
    require(viewer, Permission.DOCUMENT_VIEW)
    here = Document.objects.filter(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.CENTRE:
        return here
    mine = Q()
    for role in viewer.roles:
        mine |= Q(roles__contains=[role.value])
    return here.filter(mine, Q(participation=None) | Q(participation_id=viewer.participation_id), retired_at=None)


def latest_versions(documents: QuerySet[Document]) -> list[DocumentVersion]:
    """The latest of each, without its file."""
    latest = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number").values("pk")[:1]
    keys = documents.annotate(latest=Subquery(latest)).values("latest")
    rows = DocumentVersion.objects.filter(pk__in=keys).defer("file")
    return list(rows.select_related("document__participation__site").order_by("document__title", "pk"))


def document_rows(viewer: Viewer) -> list[DocumentRow]:
    """What there is to read, by title; with how many have read it, for the centre."""
    versions = latest_versions(documents_seen(viewer))
    if viewer.capacity is Capacity.CENTRE:
        return _counted_rows(viewer, versions)
    mine = _acknowledged(viewer, versions)
    return [DocumentRow(document=each.document, version=each, acknowledged_at=mine.get(each.pk)) for each in versions]


def _acknowledged(viewer: Viewer, versions: Iterable[DocumentVersion]) -> dict[int, datetime]:
    rows = Acknowledgement.objects.filter(version__in=[each.pk for each in versions], reader_id=viewer.user_id)
    return dict(rows.values_list("version_id", "acknowledged_at"))


def _counted_rows(viewer: Viewer, versions: list[DocumentVersion]) -> list[DocumentRow]:
    grants = held_grants(viewer.collaborative_id)
    done = _acknowledged_by(versions)
    rows = []
    for version in versions:
        people = {(grant.participation_id, grant.user_id) for grant in grants if is_for(version.document, grant)}
        read = len(people & done.get(version.pk, set()))
        rows.append(DocumentRow(document=version.document, version=version, read=read, readers=len(people)))
    return rows


def _acknowledged_by(versions: Iterable[DocumentVersion]) -> dict[int, set[tuple[int | None, int]]]:
    found: dict[int, set[tuple[int | None, int]]] = {}
    rows = Acknowledgement.objects.filter(version__in=[each.pk for each in versions])
    for version, participation, reader in rows.values_list("version_id", "participation_id", "reader_id"):
        found.setdefault(version, set()).add((participation, reader))
    return found


def held_grants(collaborative_id: int) -> list[Grant]:
    """Every role at a member hospital that is held now."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=collaborative_id,
        capacity=Capacity.HOSPITAL,
        starts_at__lte=now,
        user__is_active=True,
        participation__left_on=None,
    )
    return list(
        held.select_related("user", "participation__site").order_by("participation__site__name", "user__full_name")
    )


def is_for(document: Document, grant: Grant) -> bool:
    return grant.role in document.roles and document.participation_id in {None, grant.participation_id}


def document_page(viewer: Viewer, public_id: UUID) -> DocumentPage:
    """One document with its versions and, for the centre, its readers; 404 for whom it is not."""
    seen = documents_seen(viewer).select_related("participation__site", "created_by")
    document = get_object_or_404(seen, public_id=public_id)
    versions = list(document.versions.defer("file").select_related("uploaded_by").order_by("-number"))
    mine = _acknowledged(viewer, versions[:1]).get(versions[0].pk)
    manages = viewer.can(Permission.DOCUMENT_MANAGE) and document.must_acknowledge
    return DocumentPage(
        document=document,
        versions=versions,
        latest=versions[0],
        row=DocumentRow(document=document, version=versions[0], acknowledged_at=mine),
        readers=readers_of(document, versions[0]) if manages else [],
    )


def readers_of(document: Document, version: DocumentVersion) -> list[Reader]:
    """Everybody it is for at a member hospital today, by hospital and name."""
    done = {
        (participation, reader): moment
        for participation, reader, moment in Acknowledgement.objects.filter(version=version).values_list(
            "participation_id", "reader_id", "acknowledged_at"
        )
    }
    people: dict[tuple[int, int], list[Grant]] = {}
    for grant in held_grants(document.collaborative_id):
        if is_for(document, grant):
            people.setdefault((grant.participation_id or 0, grant.user_id), []).append(grant)
    return [_reader(grants, done.get(key)) for key, grants in people.items()]


def _reader(grants: list[Grant], acknowledged_at: datetime | None) -> Reader:
    first = grants[0]
    place = first.participation
    if place is None:  # only roles at hospitals are asked for
        raise ValueError(first)
    return Reader(
        user_id=first.user_id,
        name=first.user.full_name,
        email=first.user.email,
        hospital=place.site.name,
        hospital_id=place.public_id,
        roles=", ".join(Role(grant.role).label for grant in grants),
        acknowledged_at=acknowledged_at,
    )


def version_for(viewer: Viewer, document_id: UUID, number: int) -> DocumentVersion:
    """One version with its file, or 404."""
    documents = documents_seen(viewer).filter(public_id=document_id)
    return get_object_or_404(DocumentVersion.objects.select_related("document"), document__in=documents, number=number)


def document_for(viewer: Viewer, public_id: UUID) -> Document:
    """One document to be changed, or 404."""
    require(viewer, Permission.DOCUMENT_MANAGE)
    rows = Document.objects.filter(collaborative_id=viewer.collaborative_id, retired_at=None)
    return get_object_or_404(rows, public_id=public_id)
