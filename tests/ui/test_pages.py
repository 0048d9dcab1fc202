"""The frames of all pages: landmarks, one heading, and nothing that our Content-Security-Policy would refuse."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.http import Http404
from django.template import RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from ui.shell import NavGroup, NavItem, Shell
from ui.views.gallery import gallery


ROOT = Path(__file__).parents[2]
TEMPLATES = sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("ui/templates/**/*.html")])
INLINE = re.compile(r"""\sstyle=|\son[a-z]+=["']|<style|<script(?![^>]*\ssrc=)|javascript:|\|safe\b""")

SHELL = Shell(
    collaborative_name="Great Lakes Surgical",
    collaborative_kind_line="Quality collaborative",
    site_name="Northgate Hospital",
    role_line="clinical champion",
    can_switch=True,
    home_url="/c/great-lakes/",
    switch_url="/place/",
    groups=(NavGroup("Northgate Hospital", (NavItem("Measures", "/m/", 12, current=True), NavItem("Cases", "/k/"))),),
    footer="Confidential peer-review information.",
    audience="Northgate Hospital",
    help_url="/help/",
    contact_name="Maria Alvarez",
    contact_email="maria@greatlakes.example",
    user_name="Ada Moreno",
    banner="Demo data",
)
PAGE = """
{% extends "base.html" %}
{% block title %}Overview{% endblock %}
{% block heading %}Northgate{% endblock %}
"""


@pytest.fixture
def page():
    request = RequestFactory().get("/c/great-lakes/?period=2026", headers={"host": "localhost"})
    context = RequestContext(request, {"shell": SHELL, "request": request}, processors=[])
    return Template(PAGE.strip()).render(context)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline(template):
    assert INLINE.findall(template.read_text()) == []


def test_page_is_named_after_itself_and_its_collaborative(page):
    assert re.findall(r"<title>\s*(.*?)\s*</title>", page, re.DOTALL) == ["Overview - Great Lakes Surgical"]


def test_page_has_one_heading_of_the_first_level(page):
    assert re.findall(r"<h1>\s*(.*?)\s*</h1>", page) == ["Northgate"]


def test_page_has_each_landmark_once_and_its_navigation_labelled(page):
    assert [page.count(f"<{landmark}") for landmark in ("header", "main", "footer")] == [1, 1, 1]
    assert re.findall(r'<nav class="nav" aria-label="([^"]*)"', page) == ["Northgate Hospital"]


def test_first_link_of_a_page_leads_to_its_content(page):
    assert re.findall(r'<a[^>]*href="([^"]*)"', page)[0] == "#main"
    assert 'id="main"' in page


def test_page_says_who_sees_it_and_whom_to_ask(page):
    assert "Confidential peer-review information. Shown to Northgate Hospital only." in page
    assert page.count('href="mailto:maria@greatlakes.example"') == 1
    assert "Demo data" in page


def test_current_item_is_marked_and_counted(page):
    assert re.findall(r'href="/m/"\s+aria-current="page"', page) != []
    assert '<span class="n">12</span>' in page


def test_menu_opens_without_any_script(page):
    assert 'popovertarget="menu"' in page
    assert re.findall(r'id="menu"\s+popover', page) != []


def test_person_with_one_place_is_not_offered_a_switch():
    context = {"shell": replace(SHELL, can_switch=False), "csrf_token": "x"}

    assert "switch</u>" not in render_to_string("partials/side.html", context)


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_page_of_a_broken_server_needs_nothing(name):
    html = render_to_string(name)

    assert "<h1>" in html
    assert "<script" not in html


def test_server_error_gives_its_reference_number():
    assert "4f7a91c2" in render_to_string("500.html", {"reference": "4f7a91c2"})


def test_refusal_says_who_can_grant_access():
    html = render_to_string("403.html", {"shell": SHELL})

    assert "Maria Alvarez" in html
    assert 'href="mailto:maria@greatlakes.example"' in html


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html"])
def test_error_page_also_works_outside_a_collaborative(name):
    assert 'href="/"' in render_to_string(name)


def test_gallery_shows_every_component_in_the_demo(settings):
    settings.DEMO = True

    html = gallery(RequestFactory().get("/ui/")).content.decode()

    for mark in ("card", "tag warn", "state", "facts", "tabs", "steps", "rail", "scroll", "bar", "empty", "pagination"):
        assert f'class="{mark}"' in html
    for mark in ("note bad", "definition", "seg", "summary", "card chart", "legend", "progress"):
        assert f'class="{mark}"' in html


def test_gallery_is_not_there_outside_the_demo(settings):
    settings.DEMO = settings.DEBUG = False

    with pytest.raises(Http404):
        gallery(RequestFactory().get("/ui/"))
