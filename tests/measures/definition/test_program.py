"""The form as the browser gets it, and who gets it."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from measures.definition.canonical import digest_of, to_json
from measures.definition.program import program_of
from measures.definition.spec import Range
from measures.models import Form, FormVersion
from tests.world import World


BASE = "/c/colectomy-mi/forms"


def test_a_program_says_all_that_checks_need(surgical):
    form = surgical.form("operation").latest.form

    program = json.loads(json.dumps(program_of(form)))

    assert [variable["name"] for variable in program["variables"]] == [variable.name for variable in form.variables]
    assert set(program["order"]) == program["show_if"].keys() | program["calculations"].keys()
    assert program["required_if"].keys() == {item.name for item in form.variables if item.required_if}
    assert [rule["name"] for rule in program["rules"]] == [rule.name for rule in form.rules]
    assert program["digest"] == form.digest


def test_bounds_of_every_type_travel_exactly(form):
    changed = {
        "weight": Range(hard_max=Decimal("650.50")),
        "age": Range(hard_max=120),
        "day": Range(hard_min=date(2020, 1, 1)),
        "comorbidity": Range(hard_min=("1",)),
    }
    variables = [replace(item, range=changed.get(item.name, item.range)) for item in form.variables]

    program = program_of(replace(form, variables=tuple(variables)))

    ranges = {variable["name"]: variable["range"] for variable in program["variables"]}
    empty = dict.fromkeys(("hard_min", "hard_max", "soft_min", "soft_max"))
    assert ranges["weight"] == {**empty, "hard_max": "650.50"}
    assert ranges["age"] == {**empty, "hard_max": 120}
    assert ranges["day"] == {**empty, "hard_min": "2020-01-01"}
    assert ranges["comorbidity"] == {**empty, "hard_min": ["1"]}


def _draft(world: World, **changes) -> str:
    """A draft of another form of colectomy-mi, as the editor keeps one; its digest."""
    spec = replace(_published(world), **changes)
    with world.acting_as("dana") as dana:
        FormVersion.objects.create(
            collaborative_id=dana.collaborative_id,
            form=Form.objects.get(slug="colectomy"),
            number=9,
            spec=to_json(spec),
            digest=digest_of(spec),
            effective_from=date(2030, 1, 1),
            editors=[dana.user_id],
        )
    return spec.digest


def _published(world: World):
    with world.acting_as("dana"):
        return FormVersion.objects.filter(status="published").latest("number").definition


def test_browsers_keep_a_published_program_for_ever(world: World):
    answer = world.client("alder.abstractor").get(f"{BASE}/{_published(world).digest}.json")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.json() == program_of(_published(world))


def test_a_draft_runs_for_those_who_may_edit_it(world: World):
    url = f"{BASE}/{_draft(world, name='Colectomy, next year')}.json"

    answers = {name: world.client(name).get(url).status_code for name in ("cora", "ben", "vera", "alder.abstractor")}

    assert answers == {"cora": 200, "ben": 200, "vera": 404, "alder.abstractor": 404}


def test_a_draft_with_an_error_does_not_run(world: World):
    first, *rest = _published(world).variables
    digest = _draft(world, variables=(replace(first, show_if="[no_such] = 1"), *rest))

    assert world.client("cora").get(f"{BASE}/{digest}.json").status_code == 404


def test_other_collaboratives_and_unknown_digests_find_nothing(world: World):
    digest = _published(world).digest

    assert world.client("stella").get(f"/c/hernia-lakes/forms/{digest}.json").status_code == 404
    assert world.client("cora").get(f"{BASE}/{'0' * 64}.json").status_code == 404
