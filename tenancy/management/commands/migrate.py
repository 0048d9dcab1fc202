"""Django's `migrate`, in less than half the time: what it does to the database is the same.

Nine tenths of its time go into rendering models again. Every table of ours points to the collaborative, so that a new
index makes Django render nearly all models, although nothing but the one has changed. Here only that one is rendered, and
the state is marked as delayed, which is Django's own word for it: before `RunPython` sees any model, all are rendered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's signature
        with rendering_few():
            super().handle(*args, **options)


@contextmanager
def rendering_few() -> Iterator[None]:
    """New models, fields that point nowhere, indexes, constraints and options render their own model alone."""
    related, add_model = ProjectState._find_reload_model, ProjectState.add_model  # type: ignore[attr-defined]  # noqa: SLF001 -- inside Django

    def itself_or_related(state: ProjectState, app_label: str, model_name: str, delay: bool) -> set[tuple[str, str]]:  # noqa: FBT001 -- Django's signature
        if delay:
            state.is_delayed = True
            return {(app_label, model_name)}
        found: set[tuple[str, str]] = related(state, app_label, model_name, delay)
        return found

    def add_alone(state: ProjectState, model_state: ModelState) -> None:
        """Nothing can point to a model that was not there."""
        apps = state.__dict__.pop("apps", None)  # Django renders only what has been rendered before
        add_model(state, model_state)
        if apps is not None:
            state.__dict__["apps"] = apps
            state.is_delayed = True
            apps.render_multiple([model_state])

    try:
        ProjectState._find_reload_model, ProjectState.add_model = itself_or_related, add_alone  # type: ignore[assignment,attr-defined,method-assign]  # noqa: SLF001
        yield
    finally:
        ProjectState._find_reload_model, ProjectState.add_model = related, add_model  # type: ignore[attr-defined,method-assign]  # noqa: SLF001
