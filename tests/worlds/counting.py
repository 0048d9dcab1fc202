"""How many questions a page asks of the database, without those that only the test's own transaction adds."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


# Opening and closing a transaction, which says who acts; inside a test it is a savepoint.
NOT_OURS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "SELECT set_config(")


def page_queries(client: Client, url: str) -> list[str]:
    """The statements of one GET."""
    client.get(url)  # the first request of a process also fills its caches
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(NOT_OURS)]
