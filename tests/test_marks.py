"""Marks that readers do not see: however many there are, a text is soon judged."""

import time
from pathlib import Path

import pytest

from newsroom.marks import hidden_marks
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
