"""How a story is cited: what each format says, and that programs read it as meant."""

import json
import os
import re
import subprocess
from datetime import datetime

import jsonschema
import pytest
from conftest import TESTS
from lxml.html import parse
from tools import NODE_MODULES, npm_file

from newsroom.citing import FORMATS, Name, Reference, bibtex, csl_json, name, ris

# Reads texts of any of the formats as Citation.js does, and prints them as CSL-JSON.
READ = """
const { plugins } = require("@citation-js/core");
require("@citation-js/plugin-bibtex");
require("@citation-js/plugin-ris");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const read = text => plugins.input.chain(text, { generateGraph: false });
console.log(JSON.stringify(texts.map(read)));
"""
HARD = r"{a} \b $1 & #2 100% _x_ ~t^ “q” <i> ‘ß’ ё \alpha @misc, }unbalanced"
DESKS = ["Rock and Roll Desk"]
BYLINES = {
    "Mia Reporter": Name("Reporter", "Mia"),
    "Zoë Ångstrøm-Łark": Name("Ångstrøm-Łark", "Zoë"),
    "Jan Pieter van der Berg": Name("van der Berg", "Jan Pieter"),
    "von Neumann": Name("Neumann", "von"),
    "García Márquez, Gabriel": Name("García Márquez", "Gabriel"),
    "Tom And Jerry": Name("Jerry", "Tom And"),
    "Plato": Name("Plato"),
    "rock and roll desk": Name("rock and roll desk"),
    "李 小龙": Name("李 小龙"),
    "김 철수": Name("김 철수"),
    "ليلى حسن": Name("حسن", "ليلى"),
}


@pytest.fixture(scope="module")
def hard() -> Reference:
    """Return a reference of signs that mean something to one format or another."""
    return Reference(
        key="a-b",
        title=HARD,
        authors=[name(byline, DESKS) for byline in BYLINES],
        date=datetime.fromisoformat("2026-01-02T23:30:00+01:00"),
        publication="A & B {News}",
        summary="50% & more",
        language="en",
        url="https://x.org/2026/a-b/",
    )


@pytest.fixture(scope="module")
def read(hard) -> dict[str, dict]:
    """Return what Citation.js makes of the reference in each format."""
    npm_file("@citation-js/core/package.json")
    run = subprocess.run(
        ["node", "-e", READ],
        input=json.dumps([written(hard) for written in FORMATS.values()]),
        env=os.environ | {"NODE_PATH": str(NODE_MODULES)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = dict(zip(FORMATS, json.loads(run.stdout), strict=True))
    assert [len(items) for items in found.values()] == [1, 1, 1]
    return {ending: items[0] for ending, items in found.items()}


@pytest.mark.parametrize("byline", BYLINES)
def test_a_byline_is_parted_as_lists_of_references_do(byline):
    """Into family and given names where it has them; desks stay whole."""
    assert name(byline, DESKS) == BYLINES[byline]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_sign_comes_back_as_it_was(read, hard, ending):
    """No sign of a headline or a name ends a field or is taken for a command."""
    item = read[ending]
    assert item["title"] == HARD
    assert item["container-title"] == hard.publication
    assert item["URL"] == hard.url
    assert item["issued"]["date-parts"][0][0] == 2026


def test_bibtex_has_every_author_and_the_day(read):
    """Names with an "and" in them are one name; the date is whole."""
    item = read["bib"]
    assert item["issued"]["date-parts"] == [[2026, 1, 2]]
    found = [
        f"{author.get('non-dropping-particle', '')} {author['family']}".strip()
        for author in item["author"]
    ]
    whole = {"Tom And Jerry": "Jerry, Tom And"}
    assert found == [whole.get(byline, BYLINES[byline].family) for byline in BYLINES]


def test_bibtex_has_no_brace_of_a_headline(hard):
    """Classic BibTeX counts braces even after a backslash, so all are in pairs."""
    depth = 0
    for sign in bibtex(hard):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert r"\{" not in bibtex(hard)


def test_ris_has_every_author_and_the_day(read, hard):
    """Each author has a line, and the lines have the form of the format."""
    assert read["ris"]["reporter"] == [str(known) for known in BYLINES.values()]
    lines = ris(hard).split("\r\n")
    assert lines.pop() == ""
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert (lines[0], lines[-1]) == ("TY  - NEWS", "ER  - ")
    assert "DA  - 2026/01/02" in lines


def test_csl_json_is_as_its_schema_has_it(read, hard):
    """The schema of the Citation Style Language accepts it, with everything in it."""
    document = json.loads(csl_json(hard))
    schema = json.loads((TESTS / "schemas/csl-data.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate([{"id": "a", "type": "story"}])
    assert read["json"] == document[0]
    assert [
        Name(author.get("family") or author["literal"], author.get("given", ""))
        for author in document[0]["author"]
    ] == [*BYLINES.values()]


def test_every_story_has_its_files(fixture_site):
    """Beside each story is the page that cites it, with a file of each format."""
    stories = [*fixture_site.glob("[12]???/*/index.html")]
    assert stories
    for story in stories:
        folder = story.parent / "cite"
        files = {f"{story.parent.name}.{ending}" for ending in FORMATS}
        assert {path.name for path in folder.iterdir()} == files | {"index.html"}
        page = parse(folder / "index.html")
        assert set(page.xpath("//a[@download]/@href")) == files
        address = page.xpath("string(//p[cite])").rsplit(", ", 1)[1]
        assert address == parse(story).xpath("string(//link[@rel='canonical']/@href)")
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert parse(story).xpath("//a[text()='Cite this']/@href") == [
            "cite/index.html"
        ]


def test_a_story_says_how_it_is_cited(fixture_site):
    """The citation_* tags are what Zotero and Google Scholar read in a page."""
    for story in fixture_site.glob("[12]???/*/index.html"):
        page = parse(story)
        (headline,) = page.xpath("//meta[@name='citation_title']/@content")
        assert headline == page.xpath("string(//h1)")
        authors = page.xpath("//meta[@name='citation_author']/@content")
        assert authors == page.xpath("//a[@rel='author']/text()")
        (date,) = page.xpath("//meta[@name='citation_publication_date']/@content")
        published = page.xpath("//div[@class='meta']//time/@datetime")[0]
        assert date.replace("/", "-") == published[:10]


def test_every_paragraph_can_be_linked_to(fixture_site):
    """The page that cites a story lists its paragraphs, and leads to each."""
    story = fixture_site / "2025/ferry-inquiry"
    body = parse(story / "index.html").xpath("//div[@class='body']")[0]
    notes = body.xpath(".//div[@class='footnote'] | .//details")
    paragraphs = [
        paragraph
        for paragraph in body.iter("p")
        if not any(note in paragraph.iterancestors() for note in notes)
    ]
    assert len(paragraphs) > 40
    links = parse(story / "cite/index.html").xpath("//ol//a")
    assert [link.get("href") for link in links] == [
        f"../index.html#{paragraph.get('id')}" for paragraph in paragraphs
    ]
    for link, paragraph in zip(links, paragraphs, strict=True):
        shown = link.text.removesuffix("…")
        assert " ".join(paragraph.text_content().split()).startswith(shown)
