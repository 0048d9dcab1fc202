"""Load a definition file: create the collaborative when it is new, publish what it collects and measures."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.services import create_user
from collaboratives.models import Collaborative
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.programme import create_collaborative
from measures.definition.errors import DefinitionErrors
from measures.definition.file import load_definition
from measures.definition.spec import Definition
from measures.services.definitions import collaborative_fields, publish
from privacy.roles import Permission
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


class Command(BaseCommand):
    help = "Publish forms, measures and risk models of a reviewed definition file (or of a REDCap data dictionary)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--director", required=True, metavar="EMAIL", help="Publishes it; the director of a new one."
        )

    def handle(self, *_args: object, file: Path, director: str, **_options: object) -> None:
        text = _read(file)
        try:
            with transaction.atomic():
                created = self._load(text, str(file), director)
        except DefinitionErrors as problems:
            for error in problems.errors:
                self.stderr.write(str(error))
            raise CommandError(f"{len(problems.errors)} to correct in {file}. Nothing was changed.") from None
        for line in created or ("Nothing new: all of it was published before.",):
            self.stdout.write(line)

    def _load(self, text: str, path: str, director: str) -> tuple[str, ...]:
        definition = load_definition(text, path)
        by = publisher(definition, director)
        with acting(acting_for(by)):
            return publish(definition, text=text, path=path, by=by).created


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror}. Check the path.") from problem
    except UnicodeDecodeError as problem:
        raise CommandError(f"{file} is not UTF-8 text. Save it as UTF-8 and try again.") from problem


def publisher(definition: Definition, email: str) -> Viewer:
    """The director as viewer of the collaborative, which is created with this director when it is new."""
    slug = definition.collaborative.slug
    with acting(Acting("platform")):
        known = Collaborative.objects.filter(slug=slug).exists()
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None and known:
            raise CommandError(f"Nobody signs in as {email}. Name the director of {slug}.")
        user = user or create_user(email=email, full_name=email.partition("@")[0].replace(".", " ").title())
    if not known:
        create_collaborative(director=user, slug=slug, **collaborative_fields(definition.collaborative))
    return _viewer(user, slug)


def _viewer(user: User, slug: str) -> Viewer:
    viewers = [
        place.viewer(user.pk, user.full_name) for place in places_of(user.pk) if place.collaborative.slug == slug
    ]
    found = [viewer for viewer in viewers if viewer.can(Permission.DEFINITION_PUBLISH)]
    if not found:
        raise CommandError(f"{user.email} may not publish definitions of {slug}. Name its director or a coordinator.")
    return found[0]
