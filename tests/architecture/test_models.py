"""What every model, application and kind of event must have, so that a new one is not forgotten."""

import re
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.db import models

from config.reactions import JOBS, REACTIONS
from events.enums import AccessAction, EventKind
from privacy.fields import FieldClass


ROOT = Path(__file__).resolve().parents[2]
# Sub-packages (cases/questions) are applications of their own.
OURS = [
    config for config in apps.get_app_configs() if Path(config.path).parent in {ROOT, ROOT / config.name.split(".")[0]}
]
MODELS = [model for config in OURS for model in config.get_models(include_auto_created=True)]
SOURCE = {
    path: path.read_text()
    for config in OURS
    for path in Path(config.path).rglob("*.py")
    if "migrations" not in path.parts
}
# Words that give away what a column holds, whatever it was classified as.
TELLTALE = {
    re.compile(r"password|secret"): {FieldClass.SECRET},
    re.compile(r"e_?mail$|full_name"): {FieldClass.PERSON, FieldClass.PROGRAMME},
    re.compile(r"^(answers|missing|case_number|findings|content|payload)$"): {FieldClass.CLINICAL, FieldClass.HOSPITAL},
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_classified(model: type[models.Model]) -> None:
    names = {field.name for field in model._meta.get_fields() if field.concrete}

    assert set(model.field_classes) == names  # type: ignore[attr-defined]
    assert all(isinstance(each, FieldClass) for each in model.field_classes.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_field_is_classified_against_its_name(model: type[models.Model]) -> None:
    wrong = {
        name: each
        for name, each in model.field_classes.items()  # type: ignore[attr-defined]
        for pattern, allowed in TELLTALE.items()
        if pattern.search(name) and each not in allowed
    }

    assert wrong == {}


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_an_application_with_models_has_migrations(config: AppConfig) -> None:
    """`makemigrations --check` says nothing about an application without the folder."""
    has = (Path(config.path) / "migrations" / "__init__.py").exists()

    assert has or not list(config.get_models())


def test_the_framework_of_sites_is_not_installed() -> None:
    """Its label is that of our hospitals."""
    assert not apps.is_installed("django.contrib.sites")
    assert not apps.is_installed("django.contrib.admin")


def test_nothing_hides_in_signals_or_save() -> None:
    signals = [
        str(path) for path, text in SOURCE.items() if re.search(r"post_save|pre_save|post_delete|m2m_changed", text)
    ]
    saves = [model._meta.label for model in MODELS if "save" in vars(model) or "delete" in vars(model)]

    assert (signals, saves) == ([], [])


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_happens(kind: EventKind) -> None:
    recorded = [
        path for path, text in SOURCE.items() if f"EventKind.{kind.name}" in text and path.name != "reactions.py"
    ]

    assert recorded != []


@pytest.mark.parametrize("action", AccessAction)
def test_every_kind_of_access_is_noted_somewhere(action: AccessAction) -> None:
    assert [path for path, text in SOURCE.items() if f"AccessAction.{action.name}" in text] != []


def test_every_job_that_is_queued_has_its_work() -> None:
    queued = {kind for text in SOURCE.values() for kind in re.findall(r"queue_job\(\s*\"([\w.]+)\"", text)}

    assert queued <= set(JOBS)
    assert set(REACTIONS) == set(EventKind)


def test_rows_are_read_around_the_wall_nowhere() -> None:
    """The owner's connection, other roles and SQL in strings have their places; everything else asks the ORM."""
    allowed = {
        "tenancy": {"context.py", "bootstrap.py", "base.py", "install_context_keys.py"},
        "events": {"outbox.py"},
        "cases": {"take_over.py", "stage.py", "undo.py", "figures.py", "counting.py"},
        "feedback": {
            *("outcomes.py", "bulk_outcomes.py", "snapshot.py", "preview_counts.py"),
            *("freezing.py", "computing.py", "beside_window.py"),  # packed by the database; the lock on a measure
            "case_values.py",
            "releases.py",  # the course of a release in one statement, as the viewer
        },
        "collaboratives": {"counting.py"},  # the lock on a ballot
        "coordination": {"asking.py"},  # the lock on reminders
        "config": {"cases.py"},
    }
    raw = [
        str(path.relative_to(ROOT))
        for path, text in SOURCE.items()
        if re.search(r"cursor\(\)|\.raw\(|RawSQL|\.extra\(|using\(\"owner\"|SET ROLE|set_config", text)
        and path.name not in allowed.get(path.relative_to(ROOT).parts[0], set())
    ]

    assert raw == []
