"""Which stories go together: topics first, then words; soon found among many."""

from pathlib import Path
from random import Random

import pytest
from lxml.html import parse
from tools import printed_in_any_order

from newsroom.related import SHOWN, Record, Site, related, terms

ENERGY = "The harbour lights run on the tide"
FERRY = "The ferry sails at night and nobody counts it"


def record(place: str, *topics: str, words: str = "", at: float = 0) -> Record:
    return Record(place, at, topics, terms(words))


def best(stories: list[Record]) -> dict[str, list[str]]:
    return related(stories).best


def test_shared_topics_come_before_shared_words():
    """A story that shares a topic is before one whose words are the same."""
    stories = [
        record("a", "tides", words=ENERGY),
        record("same-words", "moss", words=ENERGY),
        record("same-topic", "tides", words=FERRY),
    ]
    assert best(stories)["a"] == ["same-topic", "same-words"]


def test_of_those_that_share_a_topic_the_more_alike_comes_first():
    """Words tell apart what topics do not; then nearness in time does."""
    stories = [
        record("newest", "tides", words="Moss in gardens", at=4),
        record("newer", "tides", words="Leeks on balconies", at=3),
        record("a", "tides", words=ENERGY, at=2),
        record("alike", "tides", words="Tide turns the harbours’ lights"),
    ]
    assert best(stories)["a"] == ["alike", "newer"]


def test_a_rare_topic_binds_more_than_a_common_one():
    """What half the site is about says little."""
    common = [record(f"c{number}", "common") for number in range(20)]
    stories = [*common, record("a", "common", "rare"), record("b", "rare")]
    assert best(stories)["a"][0] == "b"


def test_stories_with_nothing_in_common_are_not_related():
    """A story has as many as go with it, and at most so many."""
    stories = [record("a", "x", words=ENERGY), record("b", "y", words=FERRY)]
    assert best(stories) == {"a": [], "b": []}
    assert best([]) == {}
    many = [record(f"s{number}", "x") for number in range(30)]
    assert {len(others) for others in best(many).values()} == {SHOWN}


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
            at=number // 3,  # some at one moment
        )
        for number in range(size)
    ]


def test_the_same_stories_have_the_same_neighbours_whatever_the_hash_seed():
    """Nothing depends on the order of a set."""
    code = "from test_related import corpus, related; print(related(corpus(300)).best)"
    assert len(printed_in_any_order(code)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_after_an_edit_it_is_as_if_found_anew(seed):
    """Of whatever stories come, go, change or move in time."""
    dice = Random(seed)
    stories, reserve = corpus(400)[:300], corpus(400)[300:]
    before = related(stories)
    for _ in range(6):
        for _ in range(dice.choice([1, 1, 1, 5, 40])):
            at = dice.randrange(len(stories))
            other = dice.choice(reserve)
            match dice.choice(["words", "topics", "moment", "gone", "new"]):
                case "words":
                    stories[at] = stories[at]._replace(terms=other.terms)
                case "topics":
                    stories[at] = stories[at]._replace(topics=other.topics)
                case "moment":
                    stories[at] = stories[at]._replace(moment=other.moment)
                case "gone":
                    del stories[at]
                case "new":
                    stories.insert(at, other)
                    reserve.remove(other)
        before = related(stories, before)
        assert before == related(stories)


def test_an_edit_moves_what_is_near_it_alone(monkeypatch):
    """Of two thousand stories, a new headline has few compared again."""
    stories = corpus(2_000)
    before = related(stories)
    compared: list[int] = []
    method = Site.best
    monkeypatch.setattr(
        Site, "best", lambda site, at: compared.extend(at) or method(site, at)
    )
    stories[5] = stories[5]._replace(terms=terms("Quite another headline it is"))
    related(stories, before)
    assert 0 < len(compared) < 700


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
