import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo.load import is_loaded, load_demo
from config.demo.under_way import is_under_way, load_under_way


class Command(BaseCommand):
    help = "Load the demo once: invented hospitals, people, 24,000 generated cases and two releases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--under-way", action="store_true", help="what comes on top: releases that members do not see yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002 -- Django's signature
        if not settings.DEMO:
            raise CommandError(
                "Everybody in the demo has the same public passphrase. Set COLLOQUY_DEMO=1 if this is a demo."
            )
        began = time.monotonic()
        is_there, load = (is_under_way, load_under_way) if options["under_way"] else (is_loaded, load_demo)
        if is_there():
            self.stdout.write("The demo is loaded already; nothing was changed.")
            return
        load(lambda line: self.stdout.write(f"  {time.monotonic() - began:5.1f} s  {line}"))
        self.stdout.write(self.style.SUCCESS("The demo is loaded. Sign in at /demo/."))
