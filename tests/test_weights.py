"""The weight of a story, which every build prints and holds to its budget."""

import random
from types import SimpleNamespace

import pytest

from newsroom.problems import BuildFailedError
from newsroom.weights import FIRST_FLIGHT, most_of, size_of, weigh

STORY = "articles/2026/first/article.md"


def noise(words: int) -> str:
    """Return words that no compression makes smaller than they are."""
    letters = random.Random(2016)
    return "\n\n".join(
        "".join(letters.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12))
        for _ in range(words)
    )


def test_a_story_that_does_not_arrive_at_once_is_named(content, build_content):
    """A page over the budget is a mistake, and the site built before stands."""
    article = content / STORY
    article.write_text(article.read_text("utf-8") + noise(1_500), "utf-8")
    with pytest.raises(BuildFailedError, match=r"its page has \d+\.\d of 13\.5 KB"):
        build_content()


def test_a_story_of_more_words_may_take_longer(content, build_content):
    """The budget is that of 3,000 words; a long read comes in two flights."""
    article = content / STORY
    article.write_text(article.read_text("utf-8") + noise(3_100), "utf-8")
    assert (build_content() / "2026/a-first-story/index.html").exists()


def test_a_site_without_stories_has_no_heaviest():
    """Nothing is weighed where nothing is."""
    assert weigh([], {}.__getitem__) is None
    assert FIRST_FLIGHT == 13_500


def test_only_what_may_be_the_heaviest_is_weighed():
    """And the heaviest is the one that weighing all would have found."""
    texts = random.Random(7).choices(range(200, 900), k=200)
    pages = {f"{n}": noise(words).encode() for n, words in enumerate(texts)}
    stories = [
        (most_of(page), SimpleNamespace(save_as=place)) for place, page in pages.items()
    ]
    weighed = []

    def page_at(place: str) -> bytes:
        weighed.append(place)
        return pages[place]

    heaviest = max((size_of(page), place) for place, page in pages.items())
    assert weigh(stories, page_at) == heaviest
    assert len(weighed) < len(pages) / 4
