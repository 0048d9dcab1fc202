from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from config.demo.cast import PROGRAMME, SURGERY
from config.demo.example_file import PATH, example_file
from config.demo.load import definition_path
from measures.definition.file import load_definition


class Command(BaseCommand):
    help = "Write examples/surgical/cases.csv again, after its definition or the generator has changed."

    def handle(self, *_args: object, **_options: object) -> None:
        definition = definition_path(PROGRAMME[SURGERY])
        form = load_definition(definition.read_text(encoding="utf-8"), definition.name).form("operation").latest.form
        (Path(settings.BASE_DIR) / PATH).write_text(example_file(form), encoding="utf-8")
        self.stdout.write(f"{PATH} is written.")
