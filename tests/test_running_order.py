"""What stands where: the front page's composition, and each story's neighbours."""

import pytest
from lxml.html import parse

from newsroom.running_order import compose

STORIES = [f"story {number}" for number in range(12)]  # newest first


def test_a_site_without_stories_has_a_front_page():
    """There is no lead, and nothing beside it."""
    front = compose([], [], per_section=4)
    assert (front.lead, front.seconds, front.sections) == (None, [], [])


def test_one_story_leads_alone():
    """A story that leads is not repeated in its section."""
    front = compose(["story"], [("World", ["story"])], per_section=4)
    assert (front.lead, front.seconds, front.sections) == ("story", [], [])


def test_the_newest_leads_and_three_stand_beside_it():
    """The lead and the seconds are the newest four, in their order."""
    front = compose(STORIES, [], per_section=4)
    assert front.lead == STORIES[0]
    assert front.seconds == STORIES[1:4]


@pytest.mark.parametrize("per_section", [1, 2, 4])
def test_a_section_shows_its_newest_that_are_not_above(per_section):
    """A section has at most so many stories, and none that the top has."""
    others = [f"other {number}" for number in range(12)]
    front = compose(STORIES, [("World", STORIES), ("Other", others)], per_section)
    world, other = front.sections
    assert (world.category, other.category) == ("World", "Other")
    assert world.stories == STORIES[4 : 4 + per_section]
    assert other.stories == others[:per_section]


def test_no_story_is_there_twice_and_no_section_is_empty():
    """Of sections that share the top's stories each shows its own rest."""
    sections = [
        ("All above", STORIES[:3]),
        ("Even", STORIES[::2]),
        ("Odd", STORIES[1::2]),
    ]
    front = compose(STORIES, sections, per_section=4)
    assert [section.category for section in front.sections] == ["Even", "Odd"]
    shown = [front.lead, *front.seconds]
    shown += [story for section in front.sections for story in section.stories]
    assert len(shown) == len(set(shown)) == 12


@pytest.fixture
def three_days(content, build_content):
    """Build a site of a story a day, one elsewhere, and a draft; return its output."""
    story = (content / "articles/2026/first/article.md").read_text()
    other = content / "articles/2026/elsewhere/article.md"
    other.parent.mkdir()
    other.write_text(story.replace("World", "Local").replace("A first", "Another"))
    for day, status in ((1, "published"), (3, "published"), (4, "draft")):
        other = content / f"articles/2026/{day}/article.md"
        other.parent.mkdir()
        other.write_text(
            story.replace("01-02", f"01-0{day}")
            .replace("A first story", f"Story {day}")
            .replace("Tags:", f"Status: {status}\nTags:")
        )
    return build_content(PREVIEW=True)


def test_a_story_leads_to_the_one_before_and_the_one_after(three_days):
    """Neighbours are its section's, by date; the ends, and drafts, have none."""
    one, two, three = (
        f"../../2026/{name}/index.html"
        for name in ("story-1", "a-first-story", "story-3")
    )
    neighbours = {}
    for page in three_days.glob("*/*/index.html"):
        html = parse(page)
        before, after = (
            html.xpath(f"//a[@rel='{way}']/@href") for way in ("prev", "next")
        )
        neighbours[page.parent.name] = before + after
    assert neighbours["story-1"] == [two]
    assert neighbours["a-first-story"] == [one, three]
    assert neighbours["story-3"] == [two]
    assert neighbours["story-4"] == neighbours["another-story"] == []


def test_the_front_page_begins_with_the_newest_story(three_days):
    """The lead is the story of the latest date."""
    headlines = parse(three_days / "index.html").xpath("//main//article/h2//text()")
    assert headlines == ["Story 3", "Another story", "A first story", "Story 1"]
