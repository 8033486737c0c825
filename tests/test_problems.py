"""Problems: how one is shown, and how every one of a build is gathered."""

import logging
from pathlib import Path

import pytest

from newsroom.problems import BuildFailedError, Collector, Problem, report, shown


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.md", 3, "is wrong"), "a.md:3: is wrong"),
        (Problem("a.md", 0, "is wrong"), "a.md: is wrong"),
        (Problem("", 0, "is wrong"), "is wrong"),
    ],
)
def test_a_problem_names_its_place_as_compilers_do(problem, text):
    """What is not known of the place is left out."""
    assert str(problem) == text


def test_a_failed_build_lists_each_problem_once_in_order():
    """The list is sorted by file, and by line as numbers are."""
    first, second, third = (
        Problem("a.md", 9, "z"),
        Problem("a.md", 10, "a"),
        Problem("b.md", 1, "a"),
    )
    failure = BuildFailedError([third, second, first, second])
    assert failure.problems == [first, second, third]
    assert str(failure) == "a.md:9: z\na.md:10: a\nb.md:1: a"


def test_a_path_is_shown_as_its_author_would_type_it(tmp_path, monkeypatch):
    """A file below here is named from here, and any other by its whole path."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(site)
    assert shown(site / "content/a.md") == "content/a.md"
    assert shown(Path("content/a.md")) == "content/a.md"
    assert shown(tmp_path / "b.md") == str(tmp_path / "b.md")
    assert shown("") == ""


def test_a_report_is_collected_with_its_place(tmp_path, monkeypatch):
    """What our own parts report is kept as it is."""
    monkeypatch.chdir(tmp_path)
    with Collector() as collector:
        report(tmp_path / "a.md", 3, "is wrong")
    assert collector.problems == [Problem("a.md", 3, "is wrong")]


def test_whatever_is_logged_as_a_warning_is_a_problem():
    """No logger can warn unheard; what is less than a warning is no problem."""
    with Collector() as collector:
        logging.getLogger("pelican.x").warning("no %s", "date")
        logging.getLogger("elsewhere").error("broken")
        logging.getLogger("pelican.x").info("fine")
    assert [str(problem) for problem in collector.problems] == ["no date", "broken"]


def test_an_exception_that_is_logged_says_why():
    """The message of a logged exception is followed by its own."""
    with Collector() as collector:
        try:
            raise ValueError("it is empty")
        except ValueError:
            logging.getLogger("pelican").exception("Could not process a.md")
    assert str(collector.problems[0]) == "Could not process a.md: it is empty"


def test_each_build_hears_every_warning():
    """A warning given before, even often, is given again; after the end, none is."""
    logger = logging.getLogger("pelican.again")
    for _ in range(7):
        with Collector() as collector:
            logger.warning("again", extra={"limit_msg": "and more"})
        assert [str(problem) for problem in collector.problems] == ["again"]
    logger.warning("too late")
    assert len(collector.problems) == 1
