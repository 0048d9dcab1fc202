"""Components draw plain values: what they show, what they call it for those who hear it, and what they escape."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from ui.parts import Caution, Fact, Field, Option, Pages, Problem, Step, Tab


def draw(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values)).strip()


class Elements(HTMLParser):
    """Collects every element as (tag, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **attributes):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [given for name, given in self.found if name == tag and wanted.items() <= given.items()]


def test_tag_escapes_its_text():
    assert draw("{% tag text 'warn' %}", text="<b>") == '<span class="tag warn">&lt;b&gt;</span>'


def test_card_keeps_its_content_and_escapes_its_title():
    html = draw("{% card title %}<p>inside</p>{% endcard %}", title="<Numbers>")

    assert "<h2>&lt;Numbers&gt;</h2>" in html
    assert "<p>inside</p>" in html


def test_card_content_is_escaped_where_it_was_a_value():
    html = draw("{% card 'A' %}{{ value }}{% endcard %}", value="<script>")

    assert "<script>" not in html


def test_state_says_its_kind_by_word_and_hides_its_dot_from_readers():
    dots = Elements(draw("{% state 'not signed' 'bad' %}")).all("span", class_="dot bad")

    assert dots == [{"class": "dot bad", "aria-hidden": "true"}]


def test_bar_has_a_name_and_no_inline_style():
    bars = Elements(draw("{% bar 73 100 '73% on time' %}")).all("progress")

    assert bars == [{"class": "bar", "value": "73", "max": "100", "aria-label": "73% on time"}]


def test_bar_writes_numbers_for_machines_in_any_language(settings):
    settings.USE_THOUSAND_SEPARATOR = True

    bars = Elements(draw("{% bar done 412806 'in' %}", done=1234.5)).all("progress")

    assert (bars[0]["value"], bars[0]["max"]) == ("1234.5", "412806")


def test_tabs_mark_where_one_is():
    html = draw("{% tabs items %}", items=[Tab("Compare", "/a/", current=True), Tab("Our cases", "/b/", "25 of 287")])

    assert Elements(html).all("a") == [{"href": "/a/", "aria-current": "page"}, {"href": "/b/"}]


def test_facts_pair_labels_and_values():
    found = Elements(draw("{% facts items %}", items=[Fact("Complete", "99.1%"), Fact("Excluded", "125", url="/why/")]))

    assert (len(found.all("dt")), len(found.all("dd")), found.all("a")) == (2, 2, [{"href": "/why/"}])


def test_steps_tell_their_state_to_those_who_hear_the_page():
    html = draw("{% steps items %}", items=[Step("Snapshot", "done", "412 cases")])

    assert '<span class="visually-hidden">complete, </span>412 cases' in html


def test_scroll_makes_a_labelled_region_that_keys_can_reach():
    regions = Elements(draw("{% scroll 'Hospitals' %}<table></table>{% endscroll %}")).all("div")

    assert regions == [{"class": "scroll", "role": "region", "aria-label": "Hospitals, table", "tabindex": "0"}]


def test_pagination_keeps_the_other_parameters():
    request = RequestFactory().get("/cases/?status=draft&page=2")
    html = draw("{% pagination pages 'cases' %}", pages=Pages(number=2, total=120), request=request)

    assert "51\N{EN DASH}100 of 120 cases" in html
    assert [link["href"] for link in Elements(html).all("a")] == [
        "?status=draft&page=1",
        "?status=draft&page=1",
        "?status=draft&page=3",
        "?status=draft&page=3",
    ]


def test_empty_state_says_why_and_what_next():
    html = draw("{% empty_state 'No cases' 'None was entered.' '/new/' 'New case' %}")

    assert "None was entered." in html
    assert Elements(html).all("a") == [{"class": "btn primary", "href": "/new/"}]


def test_text_field_with_an_error_is_tied_to_its_words():
    field = Field(name="loss", label="Blood loss", value="22000", errors=(Problem("Too much.", "Enter 0 to 20,000."),))
    found = Elements(draw("{% field field %}", field=field))

    control = found.all("input", id="field-loss")[0]
    assert (control["aria-invalid"], control["aria-describedby"]) == ("true", "field-loss-error")
    assert found.all("label", for_="field-loss") == [{"class": "label", "for": "field-loss"}]
    assert len(found.all("div", id="field-loss-error")) == 1


def test_choice_of_few_is_a_named_group_of_radio_buttons_with_their_keys():
    field = Field(
        name="urgency",
        label="Urgency",
        control="one",
        options=(Option("1", "Elective", "1", chosen=True), Option("2", "Urgent", "2")),
    )
    found = Elements(draw("{% field field %}", field=field))

    assert found.all("div", role="radiogroup")[0]["aria-labelledby"] == "field-urgency-label"
    assert [(radio["value"], radio["data-key"], "checked" in radio) for radio in found.all("input", type="radio")] == [
        ("1", "1", True),
        ("2", "2", False),
    ]


def test_warning_asks_for_its_reason_beside_the_field():
    caution = Caution(message="After incision.", reason_name="reason-abx", reason="as charted")
    found = Elements(draw("{% field field %}", field=Field(name="abx", label="Antibiotic", cautions=(caution,))))

    reason = found.all("input", name="reason-abx")[0]
    assert reason["value"] == "as charted"
    assert found.all("label", for_=reason["id"]) != []


def test_missing_kinds_are_answers_of_their_own():
    field = Field(
        name="wound",
        label="Wound",
        missing_name="missing-wound",
        missing=(Option("unknown", "Unknown", chosen=True),),
    )

    assert Elements(draw("{% field field %}", field=field)).all("input", type="checkbox") == [
        {"type": "checkbox", "name": "missing-wound", "value": "unknown", "checked": None}
    ]


@pytest.mark.parametrize("control", ["text", "area", "one", "many", "list"])
def test_every_control_escapes_what_was_typed(control):
    field = Field(
        name="x",
        label="<label>",
        control=control,
        value='"><script>',
        options=(Option('"><script>', "<script>", "<"),),
        hint="<script>",
    )

    assert "<script>" not in draw("{% field field %}", field=field)


def test_error_summary_links_to_each_field_and_takes_the_focus():
    found = Elements(draw("{% error_summary problems %}", problems=[Problem("Too much.", target="field-loss")]))

    assert found.all("a") == [{"href": "#field-loss"}]
    assert found.all("section")[0].items() >= {"role": "alert", "tabindex": "-1", "data-focus": None}.items()


def test_error_summary_of_nothing_is_nothing():
    assert draw("{% error_summary problems %}", problems=[]) == ""


class InviteForm(forms.Form):
    email = forms.EmailField(help_text="At work.")
    role = forms.ChoiceField(choices=[("a", "Abstractor")], widget=forms.RadioSelect)
    remember = forms.BooleanField(required=False)


def test_django_form_is_drawn_with_labels_help_and_errors():
    form = InviteForm({"email": "nobody"})
    found = Elements(draw("{% form_errors form %}{% for f in form %}{% form_field f %}{% endfor %}", form=form))

    assert found.all("input", id="id_email")[0]["aria-describedby"] == "id_email_helptext id_email_error"
    assert [link["href"] for link in found.all("a")] == ["#id_email", "#id_role_0"]
    assert len(found.all("div", id="id_email_error")) == 1
    assert len(found.all("fieldset")) == 1


def test_messages_tell_their_level_by_class_and_politely():
    class Message:
        level_tag = "error"

        def __str__(self):
            return "Not saved."

    html = draw("{% messages_list messages %}", messages=[Message()])

    assert '<p class="note bad">Not saved.</p>' in html
    assert Elements(html).all("div") == [{"class": "messages", "role": "status"}]


def test_calculated_field_is_an_output_nobody_types_into():
    found = Elements(draw("{% field field %}", field=Field(name="bmi", label="BMI", value="26", read_only=True)))

    assert [each["id"] for each in found.all("output")] == ["field-bmi"]
    assert found.all("input") == []


def test_hidden_field_is_in_the_page_and_not_shown():
    field = Field(name="time", label="Time", hidden=True, shown_by="given", scenarios=("At night; assign 1.",))
    html = draw("{% field field %}", field=field)

    (row,) = Elements(html).all("div", id="field-time-field")
    assert "hidden" in row
    assert row["data-shown-by"] == "given"
    assert "<li>At night; assign 1.</li>" in html
