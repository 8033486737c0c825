"""Marks that readers do not see: however many there are, a text is soon judged."""

import time
from pathlib import Path

import pytest

from newsroom.marks import hidden_marks, without_marks
from newsroom.problems import Collector
from newsroom.text_file import MOST_MARKS, text_of

ISOLATED = "\u2066\u2069"


def seconds(judge, *given) -> float:
    """Return how long a judgement takes at its quickest of three times."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        judge(*given)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("line", ["א{}", "א{}\u2066", "a{}"])
def test_marks_of_direction_take_time_by_their_number(line):
    """Where they are needed, left open or of no use: four times as many, not 16."""
    few, many = (line.format(ISOLATED * number) for number in (1_000, 4_000))

    def judge(text: str) -> None:
        list(hidden_marks(text))

    assert seconds(judge, many) < 9 * seconds(judge, few)


def test_marks_that_are_reported_take_time_by_their_number(tmp_path):
    """Nor does it cost more to say on which line of a story each of many stands."""
    few, many = tmp_path / "few.md", tmp_path / "many.md"
    for file, number in ((few, 12_000), (many, 48_000)):
        file.write_text("a\u200b\n" * number, "utf-8")

    def judge(file: Path) -> None:
        with Collector() as collector:
            text_of(file)
        assert len(collector.problems) == MOST_MARKS

    assert seconds(judge, many) < 9 * seconds(judge, few)


@pytest.mark.parametrize(
    "reference",
    [
        *("&#1;", "&#8;", "&#x0c;", "&#xFFFE;", "&#x202e;", "&#X202E", "&#8238;"),
        *("&ZeroWidthSpace;", "&zwj;", "&rlm;", "&#0;", "&#xD800;", "&#99999999;"),
    ],
)
def test_a_reference_to_a_mark_is_that_mark(reference):
    """Browsers read it so, and no XML may hold some of them."""
    text = f"One & two.\nHello {reference} you."
    ((place, fault),) = hidden_marks(text)
    assert text[place:].startswith(reference)
    assert fault.startswith(("character U+", "control character U+"))
    assert without_marks(text) == "One & two.\nHello  you."


@pytest.mark.parametrize(
    "text",
    [
        *("AT&amp;T &lt;b&gt; &nbsp; &eacute;", "it&#146;s &#8212; &#x1F600;"),
        *("&amp;#1;", "&#10;", "&nothing; &#; &#x;", "می&zwnj;خواهم", "שלום&rlm;!"),
    ],
)
def test_other_references_may_stand(text):
    """Those of Windows are read as its quotation marks and dashes."""
    assert list(hidden_marks(text)) == []
    assert without_marks(text) == text


def test_references_take_time_by_their_number():
    """However many there are in a line."""
    few, many = ("&#x202e;" * number for number in (2_000, 8_000))
    assert seconds(without_marks, many) < 9 * seconds(without_marks, few)
