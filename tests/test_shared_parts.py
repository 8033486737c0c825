"""Parts that are the same on many pages: made once, and shown only where they are."""

import gc
from datetime import UTC, datetime

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from newsroom import shared_parts, trace
from newsroom.shared_parts import SharedCalls, SharedMacros, SharedParts
from newsroom.templates import TracedContext

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PART = """\
{{ made() }}{{ SITEURL }} {{ NAME }}{% if page is defined %} {{ page.title }}{% endif %}
{%- if late is defined %} {{ late }}{% endif %}"""


class Site:
    """A site of one template and its part, which counts how often it was made."""

    def __init__(self):
        self.times = 0
        loader = DictLoader({"page": "{{ shared('part') }}", "part": PART})
        self.environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined
        )
        self.environment.context_class = TracedContext
        settings = {"SITEURL": "", "NAME": "A & B"}
        self.environment.globals |= settings
        self.environment.globals |= {
            "shared": SharedParts(settings),
            "made": self.made,
        }

    def made(self):
        """Count, as a part that reads a story and the clock."""
        self.times += 1
        trace.read_body("a.md")
        trace.holds_until(NOON)
        return ""

    def page(self, **variables):
        """Return a page, and what was read for it."""
        with trace.Trace() as read:
            html = self.environment.get_template("page").render(variables)
        return html, read


@pytest.fixture
def site():
    """Return a new site."""
    return Site()


def test_what_is_the_same_is_made_once(site):
    """Pages that show the same part have read the same for it."""
    pages = [site.page(number=number) for number in (1, 2)]
    assert site.times == 1
    for html, read in pages:
        assert html == " A &amp; B"
        assert read.names >= {"made", "SITEURL", "NAME", "page", "late"}
        assert (read.bodies, read.until) == ({"a.md"}, NOON)


def test_what_differs_is_made_anew(site):
    """Whichever name the part asked for, at first or later, is another elsewhere."""
    page = {"title": "A"}
    assert site.page()[0] == " A &amp; B"
    assert site.page(SITEURL="..")[0] == ".. A &amp; B"
    assert site.page(page=page)[0] == " A &amp; B A"
    assert site.page(page={"title": "B"})[0] == " A &amp; B B"
    assert site.page(late="<")[0] == " A &amp; B &lt;"
    assert site.page(late=Markup("<"))[0] == " A &amp; B <"
    assert site.page(page=page)[0] == " A &amp; B A"
    assert site.times == 6


def test_a_part_is_found_again_in_whatever_order_it_read(site):
    """However many values its names have, it is made once for each choice of them."""
    for number in range(3 * 40):
        site.page(late=str(number % 40))
    assert site.times == 40


def test_no_more_is_kept_than_pays(site, monkeypatch):
    """A part that is another on every page does not fill the memory."""
    monkeypatch.setattr(shared_parts, "MOST", 2)
    for late in "abcabc":
        assert site.page(late=late)[0].endswith(late)
    assert len(site.environment.globals["shared"]._parts) <= 2


MACROS = """\
{% macro there(url) -%}
{{ inner() }}{{ SITEURL }}/{{ url }} {{ NAME }} {{ page is defined }}
{%- endmacro %}
{% macro inner() %}{{ made() }}{% endmacro %}"""
CALLER = """\
{% set macros = shared_macros("macros") -%}
{% block main %}{{ macros.there("a") }}{% endblock %}"""


@pytest.fixture
def macros():
    """Return a function that renders a page whose block calls a macro, as it counts."""
    site = Site()
    settings = {"SITEURL": "", "NAME": "A & B"}
    loader = DictLoader({"page": CALLER, "macros": MACROS})
    site.environment.loader = loader
    site.environment.globals["shared_macros"] = SharedMacros(settings)
    return site.environment.get_template("page").render


def test_macros_know_the_settings_and_where_their_page_lies(macros):
    """Of what else a page is given they know nothing."""
    assert macros(SITEURL=".", page="1") == "./a A &amp; B False"
    assert macros(SITEURL="..", page="2") == "../a A &amp; B False"
    assert macros(SITEURL=".", NAME="C") == "./a A &amp; B False"


def test_a_page_has_read_what_its_macros_read(macros):
    """On each page, though they were made for the first."""
    for _ in range(2):
        with trace.Trace() as read:
            macros(SITEURL=".")
        assert {"SITEURL", "NAME"} <= read.names
        assert read.bodies == {"a.md"}


def test_pages_leave_no_garbage_that_python_has_to_look_for(macros):
    """What a page is made of is gone when it is made."""
    macros(SITEURL=".")
    gc.collect()
    macros(SITEURL=".")
    assert gc.collect() == 0


CALLS = """\
{% macro line(story, level=2, note="") -%}
{{ made() }}{{ level }}{{ story.title }}{{ NAME }}{{ note }}
{%- endmacro %}
{% macro other(story, note="") %}{{ made() }}{{ note }}{% endmacro %}
"""


@pytest.fixture
def called():
    """Return a site, its calls, and a function that calls a macro by its name."""
    site = Site()
    site.environment.loader = DictLoader({"macros": CALLS})
    macros = site.environment.get_template("macros").module
    calls = SharedCalls()
    return (
        site,
        calls,
        lambda name, *given, **named: calls(getattr(macros, name), *given, **named),
    )


def test_a_macro_that_is_called_with_the_same_is_called_once(called):
    """Whoever shows what it made has read the same for it."""
    site, _, call = called
    story = {"title": "A & B"}
    for _ in range(2):
        with trace.Trace() as read:
            assert call("line", story, note="<") == "2A &amp; BA &amp; B&lt;"
        assert read.names >= {"made", "NAME"}
        assert (read.bodies, read.until) == ({"a.md"}, NOON)
    assert site.times == 1


def test_a_macro_that_is_called_with_anything_else_is_called_again(called):
    """Another story of the same words, another name of a value, another macro."""
    site, _, call = called
    story = {"title": "A"}
    assert call("line", story) == "2AA &amp; B"
    assert call("line", {**story}) == "2AA &amp; B"
    assert call("line", story, 3) == "3AA &amp; B"
    assert call("line", story, level="3") == "3AA &amp; B"
    assert call("line", story, note="3") == "2AA &amp; B3"
    assert call("line", story, note="<") == "2AA &amp; B&lt;"
    assert call("line", story, note=Markup("<")) == "2AA &amp; B<"
    assert call("line", story, "note", "3") == "noteAA &amp; B3"
    assert call("other", story, note="3") == "3"
    assert site.times == 9


def test_no_more_calls_are_kept_than_pay(called, monkeypatch):
    """Of lists of a hundred thousand stories, each is in few at once."""
    monkeypatch.setattr(shared_parts, "MOST_CALLS", 2)
    _, calls, call = called
    stories = [{"title": each} for each in "abcabc"]
    for each in stories:
        assert call("other", each, note=each["title"]) == each["title"]
        assert len(calls._parts) <= 2
