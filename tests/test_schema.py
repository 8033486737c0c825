"""What a header may say, and what its author is told of everything else."""

import pytest

from newsroom.header import parse
from newsroom.schema import PageHeader, StoryHeader, validate

STORY = {
    "Title": "Peace",
    "Date": "2026-01-02",
    "Category": "World",
    "Author": "A Reporter",
    "Summary": "What happened.",
}


def story(**changes):
    """Hold a story's header with these values against the schema; None leaves out."""
    fields = {key: value for key, value in (STORY | changes).items() if value}
    text = "\n".join(f"{key}: {value}" for key, value in fields.items())
    return validate(parse(text), StoryHeader)


def test_a_story_says_little_and_the_rest_is_assumed():
    """What may be left out has the value that most stories have."""
    header, mistakes = story()
    assert mistakes == []
    assert (header.kind, header.status, header.comments) == (
        "news",
        "published",
        "open",
    )
    assert (header.tags, header.slug, header.modified) == ([], None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22", "2026-11-22T00:00:00"),
        ("2026-11-22 14:30", "2026-11-22T14:30:00"),
        ("2026-11-22T14:30:15", "2026-11-22T14:30:15"),
        ("2026-11-22 14:30 +01:00", "2026-11-22T14:30:00+01:00"),
        ("2026-11-22 14:30-05:30", "2026-11-22T14:30:00-05:30"),
        ("2026-11-22T14:30:15Z", "2026-11-22T14:30:15+00:00"),
        ("2024-02-29", "2024-02-29T00:00:00"),
    ],
)
def test_a_date_is_read_to_the_second_it_names(written, meant):
    """A date may have a time, and a time its zone."""
    header, mistakes = story(Date=written)
    assert mistakes == []
    assert header.date.isoformat() == meant


@pytest.mark.parametrize(
    "written", ["2026", "22/11/2026", "2026-1-2", "today", "2026-01-02 10", "20260102"]
)
def test_what_is_no_date_is_answered_with_one_that_is(written):
    """A date in another form is a mistake on its line, which shows the right forms."""
    _, mistakes = story(Date=written)
    assert mistakes == [
        (
            2,
            f'"{written}" is no date; write 2026-11-22, or 2026-11-22 14:30, '
            "or 2026-11-22 14:30 +01:00",
        )
    ]


@pytest.mark.parametrize("written", ["2026-01-02 10:00 +99:00", "２０２６-01-02"])
def test_a_date_is_refused_in_the_words_of_its_author(written):
    """No message speaks of what Python calls things."""
    _, [(line, message)] = story(Date=written)
    assert line == 2
    assert "timedelta" not in message
    assert "isoformat" not in message


@pytest.mark.parametrize(
    ("date", "modified"),
    [
        ("2026-01-02", "2026-01-01"),
        ("2026-01-02 10:00", "2026-01-02 09:59"),
        ("2026-01-02 10:00 +00:00", "2026-01-02 10:30 +01:00"),
    ],
)
def test_no_story_changes_before_it_is_published(date, modified):
    """Modified cannot be before Date, to the minute where both say one."""
    _, mistakes = story(Date=date, Modified=modified)
    assert mistakes == [(6, '"Modified" is before "Date"')]


@pytest.mark.parametrize("modified", ["2026-01-02", "2026-01-02 11:00", "2026-01-03"])
def test_a_story_may_change_on_its_day(modified):
    """A day without a time may be that of a date with one."""
    assert story(Date="2026-01-02 10:00", Modified=modified)[1] == []


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("A, B", ["A", "B"]),
        ("A; B, Jr.", ["A", "B, Jr."]),
        ("A,, ", ["A"]),
    ],
)
def test_names_stand_between_commas_or_semicolons(written, names):
    """Authors and tags may be several; semicolons let a name have a comma."""
    header, mistakes = story(Author=None, Authors=written, Tags=written)
    assert mistakes == []
    assert header.authors == header.tags == names


@pytest.mark.parametrize(
    "byline", ["Mia Reporter and Tom Kay", "Mia Reporter  &  Tom Kay", "A B AND C D"]
)
def test_two_names_in_one_are_a_mistake(byline):
    """A checker who is one of them would else be no author."""
    told = f'"{byline}" are two names; put a comma between names'
    assert story(Author=f"Zoe Low, {byline}")[1] == [(4, told)]


@pytest.mark.parametrize("byline", ["Arts & Culture desk", "Sandy Andersen"])
def test_what_only_looks_like_two_names_is_one(byline):
    """A desk may have several subjects, and a name the letters of "and"."""
    header, mistakes = story(Author=byline)
    assert (header.author, mistakes) == ([byline], [])


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        (
            {"Kind": "opinon"},
            '"opinon" is none of news, analysis, opinion, fact-check; '
            'did you mean "opinion"?',
        ),
        ({"Status": "hidden"}, '"hidden" is none of published, draft'),
        ({"Comments": "off"}, '"off" is none of open, closed'),
        ({"Datelin": "Kyiv"}, 'unknown key "Datelin"; did you mean "Dateline"?'),
        ({"Colour": "red"}, 'unknown key "Colour"'),
        ({"Authors": "B"}, '"Author" and "Authors" are one key; keep one'),
        ({"Alt": "A cat"}, '"Alt" describes an "Image", and there is none'),
    ],
)
def test_a_mistake_is_named_once_with_its_line(changes, mistake):
    """A message says what is wrong and, where it can be told, what would be right."""
    assert story(**changes)[1] == [(6, mistake)]


@pytest.mark.parametrize(
    "slug", ["A-Story", "../x", "a/b", "a_b", "-a", "a-", "a--b", "été", "a.html"]
)
def test_a_slug_is_one_name_in_an_address(slug):
    """A slug has small letters, digits and single hyphens: it leads nowhere else."""
    _, [(line, message)] = story(Slug=slug)
    assert line == 6
    assert message.startswith(f'"{slug}" cannot be an address')


@pytest.mark.parametrize("key", ["Alt", "Credit"])
def test_a_picture_is_described_and_credited(key):
    """Image needs both, and the one that is missing is named."""
    picture = {"Image": "a.png", "Alt": "A cat", "Credit": "A. P."}
    assert story(**picture)[1] == []
    _, [(_, message)] = story(**picture | {key: None})
    assert message.endswith(f'"{key}" is missing')


def test_every_mistake_is_named_at_once_and_the_rest_can_be_used():
    """A value with a mistake is replaced, so that reading goes on to the next."""
    header, mistakes = story(
        Date="soon", Kind="x", Slug="A B", Modified="later", Colour="red", Summary=None
    )
    assert sorted(line for line, _ in mistakes) == [1, 2, 5, 6, 7, 8]
    assert (header.title, header.kind, header.slug) == ("Peace", "news", None)
    assert header.date.year == 2026


def test_a_page_has_no_key_of_a_story():
    """What only a story can say is unknown on a page."""
    text = "Title: About\nSummary: Us.\nDate: 2026-01-02"
    assert validate(parse(text), PageHeader)[1] == [(3, 'unknown key "Date"')]
