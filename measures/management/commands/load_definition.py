"""Load a definition file: create the collaborative when it is new, publish what it collects and measures.

With --redcap the file is a REDCap data dictionary and becomes a form of an existing collaborative.
"""

from collections.abc import Sequence
from datetime import date
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
from measures.services.dictionaries import Dictionary, publish_dictionary
from privacy.roles import Permission
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


REDCAP_NEEDS = ("collaborative", "form", "event_date", "effective_from")


class Command(BaseCommand):
    help = "Publish forms, measures and risk models of a reviewed definition file, or a form of a REDCap dictionary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--director", required=True, metavar="EMAIL", help="Publishes it; the director of a new one."
        )
        parser.add_argument("--redcap", action="store_true", help="The file is a REDCap data dictionary (CSV).")
        parser.add_argument("--collaborative", metavar="SLUG", help="REDCap: whose form it is.")
        parser.add_argument("--form", metavar="SLUG", help="REDCap: short name of the form.")
        parser.add_argument("--name", metavar="NAME", help="REDCap: name of the form as people read it.")
        parser.add_argument("--event-date", metavar="VARIABLE", help="REDCap: the date that decides a case's period.")
        parser.add_argument(
            "--effective-from", type=date.fromisoformat, metavar="DATE", help="REDCap: first day, such as 2026-01-01."
        )

    def handle(self, *_args: object, file: Path, director: str, **options: object) -> None:
        text = _read(file)
        try:
            with transaction.atomic():
                if options["redcap"]:
                    lines = self._load_dictionary(text, file, director, options)
                else:
                    lines = self._load(text, str(file), director)
        except DefinitionErrors as problems:
            for error in problems.errors:
                self.stderr.write(str(error))
            raise CommandError(f"{len(problems.errors)} to correct in {file}. Nothing was changed.") from None
        for line in lines or ("Nothing new: all of it was published before.",):
            self.stdout.write(line)

    def _load(self, text: str, path: str, director: str) -> Sequence[str]:
        definition = load_definition(text, path)
        by = publisher(definition, director)
        with acting(acting_for(by)):
            return publish(definition, text=text, path=path, by=by).created

    def _load_dictionary(self, text: str, file: Path, director: str, options: dict[str, object]) -> Sequence[str]:
        lacking = [f"--{name.replace('_', '-')}" for name in REDCAP_NEEDS if not options[name]]
        if lacking:
            raise CommandError(f"A REDCap dictionary also needs {', '.join(lacking)}.")
        slug, effective_from = str(options["form"]), options["effective_from"]
        dictionary = Dictionary(
            text=text,
            path=str(file),
            slug=slug,
            name=str(options["name"] or slug.replace("-", " ").capitalize()),
            event_date=str(options["event_date"]),
            effective_from=effective_from if isinstance(effective_from, date) else date.max,
        )
        by = _viewer(_user(director), str(options["collaborative"]))
        with acting(acting_for(by)):
            published = publish_dictionary(dictionary=dictionary, by=by)
        for note in published.notes:
            self.stderr.write(str(note))
        return [f"form {slug} v{published.version.number}"] if published.is_new else []


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
        if known:
            return _viewer(_user(email), slug)
        user = User.objects.filter(email=email.strip().lower()).first()
        user = user or create_user(email=email, full_name=email.partition("@")[0].replace(".", " ").title())
    create_collaborative(director=user, slug=slug, **collaborative_fields(definition.collaborative))
    return _viewer(user, slug)


def _user(email: str) -> User:
    with acting(Acting("platform")):
        user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"Nobody signs in as {email}. Name the director or a coordinator.")
    return user


def _viewer(user: User, slug: str) -> Viewer:
    viewers = [
        place.viewer(user.pk, user.full_name) for place in places_of(user.pk) if place.collaborative.slug == slug
    ]
    found = [viewer for viewer in viewers if viewer.can(Permission.DEFINITION_PUBLISH)]
    if not found:
        raise CommandError(f"{user.email} may not publish definitions of {slug}. Name its director or a coordinator.")
    return found[0]
