"""Migrations render few models, and whoever looks at all of them sees them whole."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from tenancy.management.commands.migrate import rendering_few


def state_of(name: str, **fields: models.Field) -> ModelState:  # type: ignore[type-arg]
    return ModelState("made", name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def test_an_index_renders_its_own_model_only() -> None:
    with rendering_few():
        state = ProjectState()
        state.add_model(state_of("Place"))
        place = state.apps.get_model("made", "place")
        state.add_model(
            state_of("Row", at=models.IntegerField(), place=models.ForeignKey("made.Place", models.PROTECT))
        )
        row = state.apps.get_model("made", "row")
        state.models["made", "row"].options["indexes"] = []
        state.add_index("made", "row", models.Index(fields=["at"], name="row_at"))

        assert state.apps.get_model("made", "place") is place
        assert state.apps.get_model("made", "row") is not row
        assert [each.name for each in state.apps.get_model("made", "row")._meta.indexes] == ["row_at"]
        assert row._meta.get_field("place").remote_field.model is place


def test_python_of_a_migration_sees_all_models_rendered() -> None:
    with rendering_few():
        state = ProjectState()
        state.add_model(state_of("Place"))
        place = state.apps.get_model("made", "place")
        state.add_model(state_of("Row", place=models.ForeignKey("made.Place", models.PROTECT)))
        state.clear_delayed_apps_cache()
        row = state.apps.get_model("made", "row")

        assert state.apps.get_model("made", "place") is not place
        assert row._meta.get_field("place").remote_field.model is state.apps.get_model("made", "place")


def test_django_is_left_as_it_was() -> None:
    before = (ProjectState.__dict__["_find_reload_model"], ProjectState.__dict__["add_model"])
    with rendering_few():
        assert ProjectState.__dict__["add_model"] is not before[1]

    assert (ProjectState.__dict__["_find_reload_model"], ProjectState.__dict__["add_model"]) == before
