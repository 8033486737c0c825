"""How templates are rendered: as Jinja does it, to the letter."""

import pytest
from conftest import SETTINGS
from hypothesis import given
from hypothesis import strategies as st
from intake_tools import FIELDS, SITE, STORY
from jinja2 import Environment
from markupsafe import Markup, escape

from intake.answer import Theme
from intake.checks import Again
from intake.form import Form
from intake.stories import Story
from newsroom.build import settings_of
from newsroom.templates import Compiler, compiling, escaped

TEXTS = st.text(st.sampled_from("aé—😀&<>'\" \n")) | st.text()
VALUES = TEXTS | TEXTS.map(Markup) | st.integers() | st.none() | st.lists(TEXTS)
TEMPLATE = """\
{% macro quoted(text) %}<q>{{ text }}</q>{% endmacro -%}
{% macro twice(text) %}{{ caller(text) }}{{ caller("<") }}{% endmacro -%}
<p title="{{ value }}">{{ quoted(value) }}{{ "a & b" }}{{ 1 < 2 }}
{%- call(text) twice(value) %}{{ text }}{% endcall %}
{%- set block %}{{ value }}{% endset -%}
{{ block }}{{ value|string|upper }}{% filter trim %} {{ value }} {% endfilter %}
{%- autoescape false %}{{ value }}{% endautoescape %}"""


@given(VALUES)
def test_what_is_shown_is_escaped_as_markupsafe_does(value):
    """Texts, what is escaped already, and what has to become a text first."""
    assert escaped(value) == escape(value)


@pytest.mark.parametrize("finalize", [None, lambda value: value or "nothing"])
@given(value=VALUES)
def test_a_template_shows_what_it_would_by_jinja(finalize, value):
    """In macros, calls, blocks, filters, and where nothing is escaped."""
    shown = []
    for compiler in (Environment.code_generator_class, Compiler):
        environment = Environment(autoescape=True, finalize=finalize)
        environment.code_generator_class = compiler
        environment.escaped = escaped
        shown.append(environment.from_string(TEMPLATE).render(value=value))
    assert shown[0] == shown[1]


def test_what_is_kept_compiled_is_of_one_setup(tmp_path):
    """Another one compiles anew, as where it says what is escaped."""
    names = [
        compiling(
            {"CACHE_PATH": str(tmp_path), "JINJA_ENVIRONMENT": {"autoescape": escaping}}
        )["bytecode_cache"].pattern
        for escaping in (True, False, True)
    ]
    assert names[0] == names[2] != names[1]


def test_the_service_for_comments_takes_what_stands_in_for_the_theme_s(tmp_path):
    """It looks for its page where a build would, and for what that includes."""
    mine = (
        "{% set style = style_sheet('tokens') %}Ours{% include '_comment_form.html' %}"
    )
    (tmp_path / "comment_again.html").write_text(mine)
    settings = settings_of(SETTINGS) | {
        "COMMENTS_URL": "https://comments.test/",
        "THEME_TEMPLATES_OVERRIDES": [str(tmp_path)],
    }
    answer = Again(Form(FIELDS, {}), Story(**STORY), SITE)
    page = Theme(settings).again(answer).html
    assert page.startswith("Ours")
    assert FIELDS["comment"] in page
