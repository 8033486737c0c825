"""No template of the theme takes a text as it is, but for those named here."""

import re

from conftest import ROOT, SETTINGS
from pelican.settings import read_settings

TEMPLATES = ROOT / "theme/templates"
ESCAPING_ENDS = re.compile(r"\|\s*safe\b|autoescape|\bMarkup\b")
# A text's HTML: every element of it was held against lists, newsroom/safe_html.py.
TAKEN_AS_IT_IS = {
    ("article.html", "{{ content|safe }}"),
    ("page.html", "{{ page.content|safe }}"),
}


def test_every_template_escapes():
    """HTML, XML, JSON and text alike: it is a setting of the one environment."""
    assert read_settings(SETTINGS)["JINJA_ENVIRONMENT"]["autoescape"] is True


def test_no_template_takes_a_text_as_it_is():
    """But for those that are named above, each with its reason."""
    assert {
        (path.name, line.strip())
        for path in TEMPLATES.iterdir()
        for line in path.read_text("utf-8").splitlines()
        if ESCAPING_ENDS.search(line)
    } == TAKEN_AS_IT_IS
