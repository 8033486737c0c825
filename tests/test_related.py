"""Which stories go together: topics first, then words; soon found among many."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT
from lxml.html import parse

from newsroom.related import SHOWN, Record, related, terms

ENERGY = "The harbour lights run on the tide"
FERRY = "The ferry sails at night and nobody counts it"


def record(place: str, *topics: str, words: str = "") -> Record:
    return Record(place, topics, terms(words))


def test_shared_topics_come_before_shared_words():
    """A story that shares a topic is before one whose words are the same."""
    stories = [
        record("a", "tides", words=ENERGY),
        record("same-words", "moss", words=ENERGY),
        record("same-topic", "tides", words=FERRY),
    ]
    assert related(stories)["a"] == ["same-topic", "same-words"]


def test_of_those_that_share_a_topic_the_more_alike_comes_first():
    """Words tell apart what topics do not; then nearness in time does."""
    stories = [
        record("newest", "tides", words="Moss in gardens"),
        record("newer", "tides", words="Leeks on balconies"),
        record("a", "tides", words=ENERGY),
        record("alike", "tides", words="Tide turns the harbours’ lights"),
    ]
    assert related(stories)["a"] == ["alike", "newer"]


def test_a_rare_topic_binds_more_than_a_common_one():
    """What half the site is about says little."""
    common = [record(f"c{number}", "common") for number in range(20)]
    stories = [*common, record("a", "common", "rare"), record("b", "rare")]
    assert related(stories)["a"][0] == "b"


def test_stories_with_nothing_in_common_are_not_related():
    """A story has as many as go with it, and at most so many."""
    stories = [record("a", "x", words=ENERGY), record("b", "y", words=FERRY)]
    assert related(stories) == {"a": [], "b": []}
    assert related([]) == {}
    many = [record(f"s{number}", "x") for number in range(30)]
    assert {len(others) for others in related(many).values()} == {SHOWN}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The harbour’s lights", "Lights of harbours"),
        ("ÉTÉ à Liège", "e\u0301te\u0301 … LIÈGE"),
        ("灯籠湾の新しい渡し船", "渡し船が灯籠湾に戻る"),
        ("ميناء خليج الفانوس", "الفانوس في ميناء"),
    ],
)
def test_words_are_the_same_in_any_form_and_writing(one, other):
    """Case, endings and composition do not count; where no spaces part words, pairs."""
    assert len({*terms(one)} & {*terms(other)}) >= 2
    assert not {*terms(one)} & {*terms("An of 3 moss")}


def corpus(size: int) -> list[Record]:
    """Make up stories whose topics and words are as unevenly used as real ones."""
    dice = Random(size)
    rank = [1 / (number + 1) for number in range(5_000)]
    words = [f"{dice.getrandbits(30):x}" for _ in rank]
    topics = [f"topic-{number}" for number in range(200)]
    return [
        record(
            f"story-{number}",
            *sorted({*dice.choices(topics, rank[:200], k=4)}),
            words=" ".join(dice.choices(words, rank, k=30)),
        )
        for number in range(size)
    ]


def test_the_same_stories_have_the_same_neighbours_whatever_the_hash_seed():
    """Nothing depends on the order of a set."""
    code = "from test_related import corpus, related; print(related(corpus(300)))"
    path = os.pathsep.join(map(str, (ROOT / "plugins", ROOT / "tests")))
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(printed) == 1


def test_a_page_leads_on_to_what_is_related(fixture_site):
    """The ferry's story leads to the stories that share its topics, by their titles."""
    page = parse(fixture_site / "2025/ferry-inquiry/index.html")
    nav = page.xpath("//nav[@class='neighbours']")[0]
    links = {a.text: a.get("href") for a in nav.xpath(".//a[not(@rel)]")}
    assert list(links) == [
        "Library counts its bollards, forestry its books",
        "Eggs by night: the trade nobody saw",
    ]
    assert all(
        Path(fixture_site, "2025/ferry-inquiry", link).is_file()
        for link in links.values()
    )
