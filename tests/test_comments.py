"""Comments in a story's folder: what is read of them, in which order, on which page."""

import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import HTMLParser, document_fromstring
from markupsafe import Markup

from newsroom.comment_file import Comment, render
from newsroom.comments import LEVELS, ON_THE_STORY, Posted, in_order, newest, threads
from newsroom.problems import BuildFailedError

START = datetime(2026, 1, 2, 12, tzinfo=UTC)
FOLDER = "articles/2026/first"
PAGE = "2026/a-first-story"
SITE = "https://standfirst.example"
SERVICE = "https://comments.example.org/submit"
FIRST_FLIGHT = 13_500
WORDS = "The wardens of the kelp count what they leave and not what they take away"
UTF_8 = HTMLParser(encoding="utf-8")


@pytest.fixture
def comment(content):
    """Return a function that puts a comment beside the first story."""
    folder = content / FOLDER / "comments"
    folder.mkdir()

    def put(name, text="I was there.", *, hours=0, **keys):
        moment = START + timedelta(hours=hours)
        words = Comment(**{"author": "Ann", "date": moment, "text": text} | keys)
        (folder / f"{name}.md").write_text(render(words), "utf-8")

    return put


@pytest.fixture
def service(content):
    """Let the site have a service for comments; return the settings of such a build."""
    (content / "pages/comment-data.md").write_text(
        "Title: Comment data\nSummary: What becomes of it.\n\nIt is erased.\n", "utf-8"
    )
    return {"COMMENTS_URL": SERVICE}


@pytest.fixture
def many(comment):
    """Return a function that puts many comments, of ten threads' shapes."""

    def put(count):
        for number in range(count):
            parent = f"c{number - 1}" if number % 5 in {1, 2, 3} else ""
            words = WORDS.split()
            turned = " ".join(words[number % 15 :] + words[: number % 15])
            text = f"{turned}, {number} times.\n\n{turned[::-1]}"
            comment(
                f"c{number}",
                text,
                parent=parent,
                author=f"Reader {number}",
                hours=number,
            )

    return put


def tree(path):
    """Return the elements of a page."""
    return document_fromstring(path.read_bytes(), parser=UTF_8)


def said(element):
    """Return what an element says, every run of spaces being one."""
    return " ".join(element.text_content().split())


def ids(page):
    """Return the names of the comments on a page, in their order."""
    return [
        found.removeprefix("comment-")
        for found in page.xpath("//li[starts-with(@id, 'comment-')]/@id")
    ]


def data(page):
    """Return the page's structured data of its story."""
    return json.loads(page.findtext("head/script"))["@graph"][0]


# --- Threads --------------------------------------------------------------------------


def posted(number, parent):
    moment = START + timedelta(hours=number)
    return Posted(f"c{number}", "Ann", moment, "", parent, Markup("<p>x</p>"), number)


def walk(several, level=1, above=""):
    """Yield (level, the comment above, thread) of all threads."""
    for thread in several:
        yield level, above, thread
        yield from walk(thread.answers, level + 1, thread.comment.id)


@given(st.lists(st.integers(-1, 40), max_size=40))
def test_every_comment_stands_once_below_what_it_answers(parents):
    """Oldest first, three levels deep; the deepest say whom they answer."""
    comments = [
        posted(number, f"c{parent}" if -1 < parent < number else "")
        for number, parent in enumerate(parents)
    ]
    found = threads(comments)
    assert sorted(each.id for each in in_order(found)) == sorted(
        each.id for each in comments
    )
    for level, above, thread in walk(found):
        answered = thread.to.id if thread.to else above
        assert answered == thread.comment.parent
        assert level <= LEVELS
        assert level == LEVELS or thread.to is None
        dates = [answer.comment.date for answer in thread.answers]
        assert dates == sorted(dates)


@given(
    st.lists(st.integers(0, 3_000), max_size=30),
    st.integers(0, 9_000),
)
def test_a_storys_page_has_the_newest_threads_that_fit(sizes, words):
    """They follow each other up to the newest, and are left out where there is no room.

    Incompressible words are the worst that there can be.
    """
    digits = "".join(str(hash((n, "kelp")))[-15:] for n in range(1_000))
    several = threads(
        Posted(f"c{n}", "Ann", START, "", "", Markup(digits[: sizes[n]]))
        for n in range(len(sizes))
    )
    chosen = newest(several, digits[:words])
    assert chosen == several[len(several) - len(chosen) :]
    assert len(chosen) <= ON_THE_STORY
    if words < 3_000 and sum(sizes[-3:]) < 3_000:
        assert len(chosen) >= min(3, len(several))


# --- Pages ----------------------------------------------------------------------------


def test_no_answer_counts_before_what_it_answers(comment, build_content):
    """Whatever their files are called, and though their dates are one, or wrong."""
    comment("d")
    comment("c", parent="d")
    comment("b", parent="c", hours=-1)
    comment("a", parent="b")
    comment("e")
    page = tree(build_content() / PAGE / "comments/index.html")
    assert ids(page) == ["d", "c", "b", "a", "e"]
    numbers = page.xpath("//li[starts-with(@id, 'comment-')]")
    assert [said(each).split()[0] for each in numbers] == ["1", "3", "4", "5", "2"]


def test_a_story_shows_its_comments_in_threads(comment, build_content):
    """Each with its author, its day, a link to itself, and the answers to it inside."""
    comment("a", "First *words*.", url="https://example.org/ann")
    comment("b", "An answer.", parent="a", author="Ben <b>", hours=2)
    comment("c", "Second.", hours=1)
    page = tree(build_content() / PAGE / "index.html")
    assert ids(page) == ["a", "b", "c"]
    assert said(page.xpath("//section[@id='comments']/h2")[0]) == "3 comments"
    first, second = page.xpath("//section[@id='comments']/ol/li")
    assert said(first.find("p")).startswith("1 Ann, 2 January 2026")
    assert first.find("p/a/time").get("datetime") == "2026-01-02T12:00:00+00:00"
    assert first.find("p/a").get("href") == "comments/index.html#comment-a"
    author = first.find("p/b/a")
    assert author.get("href") == "https://example.org/ann"
    assert author.get("rel") == "nofollow ugc noopener"
    assert said(first.find("div")) == "First words."
    assert said(first.find("ol/li/p/b")) == "Ben <b>"
    assert said(second.find("div")) == "Second."


def test_a_story_without_comments_asks_for_the_first(build_content):
    """It has no page of comments, no feed, and no number in its data."""
    output = build_content()
    page = tree(output / PAGE / "index.html")
    assert "Be the first to comment." in said(page.get_element_by_id("comments"))
    assert not (output / PAGE / "comments").exists()
    assert not (output / PAGE / "comments.xml").exists()
    assert {"comment", "commentCount"}.isdisjoint(data(page))


def test_data_of_comments_is_what_readers_see(many, comment, build_content):
    """Search engines are told the number of all, and the words of those on the page."""
    many(30)
    comment("odd", '"</script>" & <b>', author="A </script>", hours=31)
    page = tree(build_content() / PAGE / "index.html")
    story = data(page)
    assert story["commentCount"] == 31
    shown = page.xpath("//li[starts-with(@id, 'comment-')]")
    assert 0 < len(shown) <= ON_THE_STORY
    assert [
        (each["author"]["name"], " ".join(each["text"].split()), each["datePublished"])
        for each in story["comment"]
    ] == [
        (
            said(each.find("p/b")),
            said(each.find("div")),
            each.find(".//time").get("datetime"),
        )
        for each in shown
    ]
    for each, element in zip(story["comment"], shown, strict=True):
        assert each["url"] == f"{SITE}/{PAGE}/comments/#{element.get('id')}"


def test_lists_say_how_many_comments_there_are(comment, build_content):
    """Beside the date, as a link to them; nothing where there are none."""
    assert "comment" not in said(tree(build_content() / "index.html").find(".//main"))
    comment("a")
    front = build_content() / "index.html"
    [link] = tree(front).xpath("//main//a[contains(@href, '#comments')]")
    assert said(link) == "1 comment"


def test_drafts_keep_their_comments_to_themselves(content, comment, build_content):
    """Until the story is published, nothing of them is: no page, no feed, no count."""
    comment("a", "Confidential.")
    article = content / FOLDER / "article.md"
    article.write_text(f"Status: draft\n{article.read_text('utf-8')}", "utf-8")
    output = build_content()
    assert not [
        path
        for path in output.rglob("*")
        if path.suffix in {".html", ".xml", ".json", ".md"}
        and "Confidential" in path.read_text("utf-8")
    ]
    assert json.loads((output / "comments.json").read_text("utf-8"))["stories"] == {}


def test_no_file_of_a_comment_is_copied(comment, build_content):
    """What is published of comments is pages, feeds and data; and no Markdown."""
    comment("a")
    assert [path.name for path in build_content().rglob("*.md")] == []


def test_a_reader_may_link_to_what_is_not_there(comment, build_content):
    """The build answers for the links of its authors, not for those of readers."""
    comment("a", f"See [this]({SITE}/nowhere/), [that](https://[ ) and {SITE}/no#p.")
    page = tree(build_content() / PAGE / "comments/index.html")
    assert f"{SITE}/nowhere/" in page.xpath("//li//a/@href")


def test_a_date_without_a_zone_is_of_the_sites(content, comment, build_content):
    """Whoever writes a comment's file by hand may leave it out."""
    comment("a")
    file = content / FOLDER / "comments/a.md"
    file.write_text(file.read_text().replace("12:00:00 +00:00", "12:00"), "utf-8")
    page = tree(build_content(TIMEZONE="Asia/Tokyo") / PAGE / "index.html")
    [moment] = page.xpath("//li//time/@datetime")
    assert moment == "2026-01-02T12:00:00+09:00"


@pytest.mark.parametrize("count", [200, 1_000])
def test_hundreds_of_comments_stand_on_a_page_of_their_own(
    many, service, build_content, count
):
    """The story's has the newest and stays in its budget; the other has them all."""
    many(count)
    output = build_content(**service)
    story, page = (
        output / PAGE / name for name in ("index.html", "comments/index.html")
    )
    assert len(gzip.compress(story.read_bytes(), 9)) <= FIRST_FLIGHT
    shown = ids(tree(story))
    assert 0 < len(shown) <= ON_THE_STORY
    assert shown[-1] == f"c{count - 1}"
    assert f"{count - len(shown)} earlier comments" in said(tree(story))
    everything = tree(page)
    assert len(ids(everything)) == count
    folded = everything.xpath("//details//li[starts-with(@id, 'comment-')]")
    assert count - len(folded) <= 150
    assert not everything.xpath("//details[@open]")


def test_two_builds_are_the_same(many, build_content):
    """Whatever the order in which files lie in a folder."""
    many(20)
    output = build_content()
    names = ("index.html", "comments/index.html", "comments.xml")
    first = [(output / PAGE / name).read_bytes() for name in names]
    assert [(build_content() / PAGE / name).read_bytes() for name in names] == first


# --- Feeds and data -------------------------------------------------------------------


def test_the_feeds_of_comments_are_valid(many, comment, build_content):
    """One of the site, one a story: the newest first, each leading to its comment."""
    many(25)
    comment("last", "<b>&amp;</b> ]]>", author="<i> & Sons", parent="c0", hours=99)
    output = build_content()
    schema = etree.RelaxNG(file=str(ROOT / "tests/schemas/atom.rng"))
    names = {"a": "http://www.w3.org/2005/Atom"}
    for path in (output / "comments.xml", output / PAGE / "comments.xml"):
        feed = etree.parse(path)
        schema.assertValid(feed)
        entries = feed.xpath("//a:entry", namespaces=names)
        assert len(entries) == 20
        newest_ = entries[0]
        assert newest_.findtext("a:author/a:name", namespaces=names) == "<i> & Sons"
        content = newest_.findtext("a:content", namespaces=names)
        assert said(document_fromstring(content)) == "<b>&</b> ]]>"
        [link] = newest_.xpath("a:link/@href", namespaces=names)
        assert link == f"{SITE}/{PAGE}/comments/#comment-last"
        updated = feed.xpath("//a:entry/a:updated/text()", namespaces=names)
        assert updated == sorted(updated, reverse=True)
        assert feed.findtext("a:updated", namespaces=names) == updated[0]


def test_a_site_without_comments_has_a_feed_all_the_same(build_content):
    """So that one can wait for the first."""
    schema = etree.RelaxNG(file=str(ROOT / "tests/schemas/atom.rng"))
    schema.assertValid(etree.parse(build_content() / "comments.xml"))


def test_the_service_is_told_of_the_stories_that_take_comments(comment, build_content):
    """Their address, headline and folder, until when, and what can be answered."""
    comment("a")
    comment("b", parent="a", hours=1)
    output = build_content(COMMENTS_CLOSE_AFTER_DAYS=9_000)
    assert json.loads((output / "comments.json").read_text("utf-8")) == {
        "version": 1,
        "site": SITE,
        "stories": {
            "a-first-story": {
                "url": f"{SITE}/{PAGE}/",
                "title": "A first story",
                "folder": FOLDER,
                "closes": "2050-08-24",
                "comments": ["a", "b"],
            }
        },
    }


@pytest.mark.parametrize(
    ("header", "days", "is_open"),
    [
        ("", 0, True),
        ("", 9_000, True),
        ("", 30, False),
        ("Comments: closed\n", 0, False),
        ("Comments: closed\n", 9_000, False),
    ],
)
def test_a_story_is_open_until_its_header_or_the_setting_closes_it(
    content, build_content, header, days, is_open
):
    """Closed, it says so, has no form, and the service is not told of it."""
    article = content / FOLDER / "article.md"
    article.write_text(f"{header}{article.read_text('utf-8')}", "utf-8")
    output = build_content(COMMENTS_CLOSE_AFTER_DAYS=days)
    page = said(tree(output / PAGE / "index.html").get_element_by_id("comments"))
    told = json.loads((output / "comments.json").read_text("utf-8"))["stories"]
    assert bool(told) == is_open
    assert ("Comments are closed." in page) != is_open
    assert ("Leave a reply" in page) == is_open


def test_the_last_day_is_a_whole_one(build_content, monkeypatch):
    """A story of 2 January that takes comments for ten days closes after the 12th."""
    for moment, is_open in (("2026-01-12T23:59", True), ("2026-01-13T00:00", False)):
        epoch = datetime.fromisoformat(f"{moment}:00+00:00").timestamp()
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(epoch)))
        output = build_content(COMMENTS_CLOSE_AFTER_DAYS=10)
        told = json.loads((output / "comments.json").read_text("utf-8"))["stories"]
        assert bool(told) == is_open
        assert all(story["closes"] == str(date(2026, 1, 12)) for story in told.values())


# --- The form -------------------------------------------------------------------------


def test_without_a_service_the_form_is_a_letter(comment, build_content):
    """Its subject names the story, or the comment that it answers; no Akismet is."""
    comment("a")
    page = tree(build_content() / PAGE / "index.html")
    section = page.get_element_by_id("comments")
    answer, letter = (
        link for link in section.xpath(".//a/@href") if link.startswith("mailto:")
    )
    body = f"body=https%3A//standfirst.example/{PAGE}/"
    desk = "mailto:newsdesk@standfirst.example"
    assert letter == f"{desk}?subject=Comment%20on%20a-first-story&{body}"
    assert answer == f"{desk}?subject=Reply%20to%20a%20on%20a-first-story&{body}"
    assert "Your email address will not be published." in said(section)
    assert "Akismet" not in said(section)
    assert not page.forms


def test_the_form_is_what_the_service_takes(fixture_site):
    """Its fields with labels, required marks, and what a browser can fill in."""
    page = tree(fixture_site / "2024/kelp/index.html")
    [form] = page.forms
    assert form.get("action") == "https://comments.fixture.example/"
    assert form.method == "POST"
    assert [field.get("name") for field in form.xpath(".//*[@name]")] == [
        *("story", "comment", "name", "email", "website", "subject")
    ]
    assert form.fields["story"] == "kelp"
    fields = {field.get("name"): field for field in form.inputs if field.get("name")}
    for name, label, completed in (
        ("comment", "Comment *", None),
        ("name", "Name *", "name"),
        ("email", "Email *", "email"),
        ("website", "Website", "url"),
    ):
        assert said(fields[name].getparent()) == label
        assert ("required" in fields[name].attrib) == label.endswith("*")
        assert fields[name].get("autocomplete") == completed
    [trap] = form.xpath(".//*[@hidden]//input")
    assert trap.get("name") == "subject"
    words = said(form)
    for sentence in (
        "Your email address will not be published.",
        "This site uses Akismet to reduce spam.",
        "Learn how your comment data is processed.",
    ):
        assert sentence in words
    [link] = form.xpath(".//a/@href")
    assert link == "../../comment-data/index.html"


def test_all_comments_can_be_answered_on_their_page(comment, service, build_content):
    """There the form asks which; each is in the list by its number and its author."""
    comment("a")
    comment("b", parent="a", author="Ben", hours=1)
    output = build_content(**service)
    page = tree(output / PAGE / "comments/index.html")
    [choice] = page.xpath("//select[@name='parent']")
    assert [(each.get("value"), said(each)) for each in choice] == [
        ("", "the story"),
        ("a", "1 Ann"),
        ("b", "2 Ben"),
    ]
    links = page.xpath("//li//a[starts-with(., 'Reply to')]")
    assert [(said(link), link.get("href")) for link in links] == [
        ("Reply to 1", "#reply"),
        ("Reply to 2", "#reply"),
    ]


@pytest.mark.parametrize("is_served", [False, True])
def test_forms_may_go_to_the_service_from_pages_that_have_one(
    service, build_content, is_served
):
    """And from no other page; the service's own answer is a page of the site."""
    output = build_content(**service if is_served else {})
    for path in output.rglob("*.html"):
        page = tree(path)
        if policy := page.xpath(
            "//meta[@http-equiv='Content-Security-Policy']/@content"
        ):
            allowed = re.search(r"form-action ([^;]+)", policy[0])[1]
            expected = "'self' https://comments.example.org" if page.forms else "'none'"
            assert allowed == expected, path
        assert bool(page.forms) == (is_served and path.parent.name == "a-first-story")


def test_the_service_can_lead_to_pages_of_the_site(fixture_site, build_content):
    """Thanks, and what a reader can do otherwise; no search engine is to list them."""
    for name in ("thanks", "closed", "wait", "later"):
        page = tree(fixture_site / f"comments/{name}/index.html")
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert len(said(page.find(".//main"))) > 80
    assert not (build_content() / "comments").exists()


def test_a_service_without_the_page_on_comment_data_is_refused(build_content):
    """The form promises that page, so there is none without it."""
    with pytest.raises(BuildFailedError, match=r"pages/comment-data\.md"):
        build_content(COMMENTS_URL=SERVICE)
