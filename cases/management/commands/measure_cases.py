"""After an update from a version whose cases did not keep how far they are: the work list reads nothing else."""

from django.core.management.base import BaseCommand, CommandParser

from cases.services.measure_cases import measure_all_cases


class Command(BaseCommand):
    help = "Count answers and problems of the cases for which nobody has yet; safe to run again and while people work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="Count all cases, not only those never counted.")

    def handle(self, *_args: object, **options: object) -> None:
        for slug, count in measure_all_cases(again=bool(options["again"])):
            self.stdout.write(f"{slug}: {count:,} cases counted")
