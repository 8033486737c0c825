"""Stories that were written to break a site: all in one run, each named, none built."""

import json
import os
import shutil
from itertools import groupby
from pathlib import Path

import lxml.html
import pytest
from conftest import SETTINGS, TESTS
from hostile_stories import CASES, write
from lxml import etree

from newsroom.build import build
from newsroom.problems import BuildFailedError

EXPECTED = TESTS / "hostile-stories.txt"
FOLDER = "content/articles/2026/"
FAULTS = [case for case in CASES if not case.startswith("fine-")]
FINE = [case for case in CASES if case.startswith("fine-")]


def by_case(lines):
    """Return the lines of each case, and under "" those of none."""

    def case(line):
        name = line.removeprefix(FOLDER).partition("/")[0]
        return name if line.startswith(FOLDER) and name in CASES else ""

    return {name: list(of) for name, of in groupby(sorted(lines, key=case), case)}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Build one site of all the faults; return the lines that it is told, by case."""
    here = tmp_path_factory.mktemp("hostile")
    content = Path(shutil.copytree(TESTS / "minimal", here / "content"))
    for case in FAULTS:
        write(content / "articles/2026" / case, case)
    standing = here / "output/index.html"
    standing.parent.mkdir()
    standing.write_text("the site built before")
    standing.with_name("trust.json").write_text("")
    old = Path.cwd()
    os.chdir(here)
    try:
        with pytest.raises(BuildFailedError) as failure:
            build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(here / "output"))
    finally:
        os.chdir(old)
    lines = str(failure.value).splitlines()
    if os.environ.get("UPDATE"):
        EXPECTED.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    names = sorted(path.name for path in here.iterdir())
    assert {*names} - {".cache"} == {".output.lock", "content", "output"}
    assert standing.read_text() == "the site built before"
    assert len([*standing.parent.iterdir()]) == 2
    return by_case(lines)


@pytest.fixture(scope="module")
def expected():
    """Return what tests/hostile-stories.txt has, by case."""
    return by_case(EXPECTED.read_text("utf-8").splitlines())


@pytest.mark.parametrize("case", FAULTS)
def test_each_is_named_with_its_line(case, told, expected):
    """Whatever it is, its author is told, in words, with the file and the line."""
    assert told.get(case) == expected[case]


def test_nothing_else_is_said(told, expected):
    """No fault is told to another, and none as an error of the program."""
    assert told.get("") == expected.get("")
    assert not any("Error" in line for lines in told.values() for line in lines)
    assert len(FAULTS) >= 150


@pytest.fixture(scope="module")
def fine(tmp_path_factory):
    """Build a site of what only looks like a fault; return its output."""
    here = tmp_path_factory.mktemp("fine")
    content = Path(shutil.copytree(TESTS / "minimal", here / "content"))
    for case in FINE:
        write(content / "articles/2026" / case, case)
    site = build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(here / "output"))
    assert (site.books.read, site.books.published) == (len(FINE) + 2,) * 2
    return here / "output"


@pytest.mark.parametrize("case", FINE)
def test_what_honest_stories_have_is_published(case, fine):
    """Persian joiners, emoji, code, HTML that only marks words: no false alarm."""
    assert [*fine.glob(f"2026/*{case.removeprefix('fine-')[:9]}*/index.html")]


def test_nothing_in_the_output_is_active(fine):
    """What is markup in a title, a name or a ledger is shown, and is none."""
    for path in fine.rglob("*"):
        if path.suffix in {".html", ".xml", ".svg"}:
            assert active_nodes(path) == [], path
        elif path.suffix in {".json", ".webmanifest"}:
            json.loads(path.read_text("utf-8"))


def active_nodes(path):
    """Return what a browser would run of a page, a feed or a drawing."""
    parse = lxml.html.parse if path.suffix == ".html" else etree.parse
    return active_nodes_of(parse(path))


def active_nodes_of(tree):
    """Return what a browser would run of it."""
    query = (
        "//*[local-name()='script'][not(@type='application/ld+json')]"
        " | //@*[starts-with(local-name(), 'on')] | //@style | //@srcdoc"
        " | //*[local-name()='iframe' or local-name()='object']"
        " | //*[local-name()='embed' or local-name()='base' or local-name()='form']"
        " | //meta[@http-equiv='refresh'] | //@href[contains(., 'script:')]"
        " | //comment()"
    )
    return list(tree.xpath(query))
