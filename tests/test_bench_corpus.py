"""The corpus of `make bench`: the same each time, and a site that builds."""

import statistics
import sys
from pathlib import Path

import pytest

from newsroom.build import build

sys.path.append(str(Path(__file__).parent / "bench"))
from builders import SECOND, Standfirst
from builds import choose
from corpus import Shares, date_of, stories, story


def test_a_story_is_the_same_in_every_corpus():
    """Story 7 depends on its number alone, not on how many there are or came before."""
    assert story(7) == story(7)
    assert [*stories(8)][7] == [*stories(30)][7] == story(7)
    assert story(7) != story(8)


def test_its_first_words_do_not_change():
    """Figures of two days are figures of the same corpus, on every machine."""
    assert story(0).headline == "His gus cufovabor rabi ki feri fen fo fo 0"
    assert story(7).section == "Politics"


@pytest.mark.parametrize("shares", [Shares(), Shares(0.6, 0.4), Shares(0, 1)])
def test_it_has_the_shares_that_were_asked_for(shares):
    """Ledgers and comments have about the shares of the stories they should have."""
    every = [*stories(400, shares)]
    checked = sum(bool(one.claims) for one in every) / len(every)
    discussed = sum(bool(one.comments) for one in every) / len(every)
    assert checked == pytest.approx(shares.checked, abs=0.06)
    assert discussed == pytest.approx(shares.discussed, abs=0.06)


def test_its_stories_are_as_long_as_in_a_newsroom():
    """The middle one has some 400 to 500 words, few have four times as many."""
    words = [len(one.body.split()) for one in stories(400)]
    assert 380 < statistics.median(words) < 520
    assert max(words) < 3500


def test_its_stories_come_one_after_the_other():
    """A story is newer than those before it, and links to none after it."""
    every = [*stories(60)]
    assert [one.date for one in every] == [date_of(number) for number in range(60)]
    assert sorted(one.date for one in every) == [one.date for one in every]
    assert all(other < one.number for one in every for other in one.links)


@pytest.mark.parametrize("count", [20, 30, 100, 1000])
def test_nothing_links_to_the_story_that_is_removed(count):
    """The bench takes away a story that no other links to, not one that it edits."""
    chosen = choose(count, Shares())
    assert chosen.added.number == count
    assert len({one.number for one in vars(chosen).values()}) == 4
    assert all(chosen.removed.number not in one.links for one in stories(count + 1))


@pytest.fixture
def site(tmp_path, monkeypatch) -> Standfirst:
    """Return a site of thirty stories, a third of them with a ledger."""
    site = Standfirst(tmp_path / "site", tmp_path)
    for one in stories(30, Shares(checked=0.3, discussed=0.2)):
        site.write(one)
    monkeypatch.chdir(site.folder)
    return site


def test_its_stories_build_without_a_problem(site):
    """Each has its page, and each ledger its page of evidence, with all claims."""
    build("pelicanconf.py")
    every = [*stories(30, Shares(checked=0.3, discussed=0.2))]
    assert all(site.page(one).is_file() for one in every)
    checked = [one for one in every if one.claims]
    assert checked
    for one in checked:
        evidence = site.page(one).parent / "ledger/index.html"
        assert all(said.claim in evidence.read_text("utf-8") for said in one.claims)
    for one in every:
        comments = site.page(one).parent / "comments/index.html"
        assert comments.is_file() == bool(one.comments)


def test_a_changed_theme_is_on_every_page(site):
    """What the bench takes for a change of the theme is one for each page."""
    site.restyle()
    build("pelicanconf.py")
    pages = [*(site.folder / "output").glob("**/index.html")]
    assert len(pages) > 30
    assert all(SECOND in page.read_text("utf-8") for page in pages)
