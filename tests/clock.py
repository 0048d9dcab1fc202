"""The day it is where the test world works: for some hours of every night it is not that of UTC."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone


def today() -> date:
    return timezone.now().astimezone(ZoneInfo("America/Detroit")).date()
