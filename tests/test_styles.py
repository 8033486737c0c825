"""The style sheet in a page: small, as its author meant it, and hashed."""

import shutil
from base64 import b64decode
from hashlib import sha256
from itertools import chain, pairwise

import pytest
import tinycss2
from conftest import ROOT
from lxml.html import parse

from newsroom import safe_html
from newsroom.styles import layers_joined, minified, style_sheet

# What a part of a style sheet holds others in.
INNER = ("arguments", "content")


@pytest.mark.parametrize(
    ("css", "small"),
    [
        ("/* why */ a { color : red ; }", "a{color :red}"),
        ("a {\n  margin: 0 auto;\n}\n\nb { top: 0 }\n", "a{margin:0 auto}b{top:0}"),
        ("ul > li , p + p { top: 0 }", "ul>li,p + p{top:0}"),
        ("a::before { content: ' a  /* b */ { } ' }", None),
        ("a[href^='http'  i] { top: 0 }", "a[href^='http'  i]{top:0}"),
        ("a { top: min( 1px , 2px ) }", "a{top:min(1px,2px)}"),
        ("a/* and */b { top: 0 }", "a/**/b{top:0}"),
        ("@layer base , parts;", "@layer base,parts;"),
        ("@media (width >= 40rem) and print { a { top: 0 } }", None),
        ("a { top: 0 !important }", "a{top:0 !important}"),
        ("a { &:hover { top: 0 } & > b { top: 0 } }", None),
        ("a { --empty: ; --two: a  b }", None),
    ],
)
def test_white_space_goes_where_it_means_nothing(css, small):
    """What is left says the same, and is left as it is when it is made small again."""
    result = minified(css)
    if small:
        assert result == small.replace("'", '"')
    assert minified(result) == result
    assert len(result) < len(css)


@pytest.mark.parametrize("around", ["{}", "@layer a {{ {} }}", "@media print {{ {} }}"])
@pytest.mark.parametrize(
    "rule",
    [
        "nav :focus{top:0}",
        "nav:focus{top:0}",
        "nav .a.b #c{top:0}",
        "nav *{top:0}",
        "nav [href]{top:0}",
        ":is(nav :focus,b:hover) :not(a b){top:0}",
        "a{top:calc(1px + 2px)}",
        "a{top:calc(1px - (2px + 3px)*2)}",
        "a{top:calc(1px - 2px) calc(3px)}",
        "a{margin:0 -1px}",
        "a{top:var(--a) var(--b)}",
    ],
)
def test_white_space_stays_where_it_means_something(rule, around):
    """Descendants, sums and lists keep what holds them apart, inside any block."""
    assert rule in minified(around.format(rule))


def test_a_sheet_is_its_components_in_order(tmp_path):
    """The text is that of the named files; the hash is what a policy must allow."""
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.css").write_text(f"/* {name} */ .{name} {{ top: 0 }}\n")
    sheet = style_sheet(tmp_path, ("two", "one"))
    assert sheet.text == ".two{top:0}.one{top:0}"
    kind, _, digest = sheet.csp_hash.strip("'").partition("-")
    assert kind == "sha256"
    assert b64decode(digest) == sha256(sheet.text.encode()).digest()


def test_blocks_of_one_layer_that_follow_each_other_are_one():
    """What stood in a layer still does, in its order."""
    first, second = "@layer a { i { top: 0 } }\n/* b */", " @layer a { b { top: 0 } }"
    small = "@layer a{i{top:0}b{top:0}}"
    assert layers_joined(first + second) == layers_joined(first, second) == small


@pytest.mark.parametrize(
    "css",
    [
        "@layer a { i { top: 0 } } @layer b { b { top: 0 } }",
        "@layer a { i { top: 0 } } u { top: 0 } @layer a { b { top: 0 } }",
        "@layer a; @layer a { i { top: 0 } }",
        "@layer { i { top: 0 } } @layer { b { top: 0 } }",
        "@media print { i { top: 0 } } @media print { b { top: 0 } }",
    ],
)
def test_blocks_of_two_layers_stay_two(css):
    """A layer is joined with no other, nor over a rule; a nameless one with none."""
    assert minified(layers_joined(css)) == minified(css)


def test_every_page_has_one_style_that_its_policy_allows(build_content):
    """The hash in the page's policy is that of the style as the browser reads it."""
    for page in build_content().rglob("*.html"):
        html = parse(page)
        [style] = html.xpath("//style/text()")
        [policy] = html.xpath("//meta[@http-equiv]/@content")
        allowed = policy.partition("'sha256-")[2].partition("'")[0]
        assert b64decode(allowed) == sha256(style.encode()).digest()


def test_a_component_that_is_edited_is_read_again(build_content, tmp_path):
    """The next build in the same process has the style as it is then."""
    theme = shutil.copytree(ROOT / "theme", tmp_path / "theme")
    build_content(THEME=str(theme))
    with (theme / "static/css/base.css").open("a") as component:
        component.write(".new { top: 0 }")
    page = build_content(THEME=str(theme)) / "index.html"
    assert ".new{top:0}" in page.read_text("utf-8")


def classes(css):
    """Yield the class of each selector in what a style sheet, or a part, is made of."""
    for before, part in pairwise([None, *css]):
        if part.type == "ident" and before is not None and before == ".":
            yield part.value
        inner = [getattr(part, name, None) or [] for name in INNER]
        yield from classes(chain.from_iterable(inner))


def test_a_text_takes_no_class_of_the_theme_but_those_for_authors():
    """One that is not known to newsroom/safe_html.py could hide what a story says."""
    sheets = (ROOT / "theme/static/css").rglob("*.css")
    found = {
        name
        for sheet in sheets
        for name in classes(
            tinycss2.parse_component_value_list(sheet.read_text("utf-8"))
        )
    }
    assert found == safe_html.BADGE | safe_html.THEMES | safe_html.AUTHORS
