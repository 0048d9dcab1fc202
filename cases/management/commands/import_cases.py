"""Import a file of cases as somebody who may: upload, check, take over, at once."""

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from cases.enums import ImportState
from cases.errors import ImportRefusedError, ImportStateError
from cases.models import CaseImport
from cases.services.check_import import check_file
from cases.services.columns import HOSPITAL, Choices, match_columns
from cases.services.importing.read_file import read_file
from cases.services.importing.table import Table
from cases.services.imports import commit_import, upload_import
from cases.services.take_over import take_over_rows
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.programme import create_hospital, join_hospital
from measures.models import Form
from measures.selectors.definitions import forms_of, merged_spec
from privacy.roles import Permission
from privacy.viewer import Viewer
from sites.models import Site
from tenancy.context import Acting, acting


class Command(BaseCommand):
    help = "Import a CSV file of cases through the same steps as the pages, and print what it did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--collaborative", required=True, metavar="SLUG")
        parser.add_argument(
            "--user", required=True, metavar="EMAIL", help="Who imports: of the centre, or of a hospital."
        )
        parser.add_argument("--form", default="", metavar="SLUG", help="Needed when the collaborative has several.")
        parser.add_argument("--hospital", default="", metavar="NUMBER", help="Act at this one of the user's hospitals.")
        parser.add_argument("--valid-only", action="store_true", help="Take the rows without errors, leave the others.")
        parser.add_argument(
            "--create-hospitals", action="store_true", help="Let hospitals of the file join that do not take part yet."
        )

    def handle(self, *_args: object, **options: object) -> None:
        file = Path(str(options["file"]))
        by = viewer_of(str(options["user"]), str(options["collaborative"]), str(options["hospital"]))
        content = _read(file)
        try:
            with acting(acting_for(by)), transaction.atomic():
                form = _form(by, str(options["form"]))
                if options["create_hospitals"]:
                    self._join(read_file(content), form, by)
                case_import = upload_import(form=form, file_name=file.name, content=content, by=by, queue=False)
            self._finish(case_import, by, valid_only=bool(options["valid_only"]))
        except (ImportRefusedError, ImportStateError) as problem:
            raise CommandError(f"{file}: {problem}") from problem

    def _join(self, table: Table, form: Form, by: Viewer) -> None:
        numbers = hospital_numbers(table, form)
        members = set(
            Participation.objects.filter(left_on=None, collaborative_id=by.collaborative_id).values_list(
                "site__identifier", flat=True
            )
        )
        joined = min(version.effective_from for version in form.versions.all())
        for number in numbers:
            if number and number not in members:
                let_join(number, joined, by)
                self.stdout.write(f"Hospital {number} joined.")

    def _finish(self, case_import: CaseImport, by: Viewer, *, valid_only: bool) -> None:
        worker = Acting("compute", collaborative_id=by.collaborative_id)
        with acting(worker), transaction.atomic():
            check_file(case_import)
        self._tell(case_import)
        if case_import.state == ImportState.REFUSED:
            raise CommandError(case_import.problem)
        with acting(acting_for(by)), transaction.atomic():
            case_import = commit_import(case_import=case_import, valid_only=valid_only, by=by, queue=False)
        with acting(worker), transaction.atomic():
            take_over_rows(case_import)
        if case_import.state != ImportState.COMMITTED:
            raise CommandError(case_import.problem)
        self.stdout.write(f"{case_import.summary['written']} cases written.")

    def _tell(self, case_import: CaseImport) -> None:
        for action, count in case_import.summary.get("actions", {}).items():
            self.stdout.write(f"{action}: {count}")
        for group in case_import.summary.get("groups", []):
            example = group["examples"][0]
            self.stdout.write(
                f"{group['severity']} in {group['count']} rows, such as row {example['row']}: {example['message']}"
            )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror}. Check the path.") from problem


def viewer_of(email: str, slug: str, hospital: str) -> Viewer:
    """The person in the place from which they may import."""
    with acting(Acting("platform")), transaction.atomic():
        user = User.objects.filter(email=email.strip().lower()).first()
        known = Site.objects.filter(identifier=hospital).first() if hospital else None
    if user is None:
        raise CommandError(f"Nobody signs in as {email}.")
    if hospital and known is None:
        raise CommandError(f"No hospital has the number {hospital}.")
    places = [place for place in places_of(user.pk) if place.collaborative.slug == slug]
    if known:
        places = [place for place in places if place.site_name == known.name]
    viewers = [place.viewer(user.pk, user.full_name) for place in places]
    found = [viewer for viewer in viewers if viewer.can(Permission.CASE_IMPORT)]
    if not found:
        raise CommandError(
            f"{email} may not import cases into {slug}{' there' if hospital else ''}. Name an abstractor or a coordinator."
        )
    return found[0]


def _form(by: Viewer, slug: str) -> Form:
    forms = forms_of(by.collaborative_id)
    found = [form for form in forms if slug in ("", form.slug)]
    if len(found) != 1:
        names = ", ".join(form.slug for form in forms) or "none"
        raise CommandError(f"Say with --form which form the file holds. Published: {names}.")
    return found[0]


def hospital_numbers(table: Table, form: Form) -> list[str]:
    """Every hospital number of the file, in its order."""
    matched = match_columns(table.header, merged_spec(form), Choices())
    if HOSPITAL not in matched.values():
        raise ImportRefusedError(
            "The file has no column for the hospital.", "Name it hospital, or an alias of the definition."
        )
    position = list(matched.values()).index(HOSPITAL)
    return list(dict.fromkeys(row.cells[position].strip() for row in table.rows if position < len(row.cells)))


def let_join(number: str, joined: date, by: Viewer) -> None:
    """A hospital of which only the number is known; the centre completes its profile later."""
    site = Site.objects.filter(identifier=number).first()
    if site:
        join_hospital(site=site, joined_on=joined, by=by)
    else:
        create_hospital(by=by, joined_on=joined, identifier=number, name=f"Hospital {number}")
