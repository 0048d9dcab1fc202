from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections, transaction


class Command(BaseCommand):
    help = "Write the keys that sign the acting context (COLLOQUY_CONTEXT_KEYS) into the database; keys no longer named are removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401, ARG002 -- Django's signature
        database = options["database"]
        with transaction.atomic(using=database), connections[database].cursor() as cursor:
            cursor.execute("DELETE FROM app_private.ctx_key")
            for kid, key in settings.TENANCY_KEYS:
                cursor.execute(
                    "INSERT INTO app_private.ctx_key VALUES (%s, app_private.hmac_pad(%s, 54), app_private.hmac_pad(%s, 92))",
                    [kid, key, key],
                )
        self.stdout.write(f"{len(settings.TENANCY_KEYS)} context key(s) installed")
