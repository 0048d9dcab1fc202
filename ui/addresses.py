"""The addresses of a list's rows, which differ in one part only."""

from urllib.parse import quote
from uuid import UUID

from django.urls import reverse


ANY = {UUID: UUID(int=0), str: "0-0-0-0"}


class Addresses:
    """Looked up once for a list: each lookup is slow enough to be felt in a hundred rows."""

    def __init__(self, route: str, *before: object) -> None:
        self.route, self.before, self.around = route, before, ("", "")

    def __call__(self, last: UUID | str) -> str:
        """The address of the row whose key this is, the last of the route's parts."""
        if not any(self.around):
            anybody = ANY[type(last)]
            head, _, tail = reverse(self.route, args=[*self.before, anybody]).rpartition(str(anybody))
            self.around = head, tail
        return quote(str(last), safe="").join(self.around)
