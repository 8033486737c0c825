"""The checks on any input at all, and the small parts that they are made of."""

from contextlib import suppress
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from threading import Thread
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_tools import FIELDS, FORM, SITE, SLUG, STORY, list_stories

from intake.checks import Again, Checks, Page, Refusal, Request
from intake.form import FIELDS as NAMES
from intake.form import FormError, parse
from intake.limit import PERIOD, Limit
from intake.moderation import Moderation
from intake.origins import origin_of
from intake.queue import Queue
from intake.sender import sender
from intake.spam import AKISMET, Akismet
from intake.stories import Source, Stories, StoriesError, Story
from newsroom import comment_file
from newsroom.problems import Collector
from newsroom.serve import make_server
from newsroom.text_file import text_of

# What people type, what breaks formats, and any character there is.
TEXTS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "",
            " ",
            "\0",
            "a\r\nb: c",
            "-" * 99,
            "---\n",
            "﻿x",
            "\u202eabc",
            "a\u2028b",
            "<<<<<<< a",
        ]
    ),
    st.text("\0\r\n\t\x1b\x7f\x85 :-#<>&\"'[](){}`*_\\/.@%+=\u2028\ufeff", max_size=60),
    st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.test", fullmatch=True),
    st.from_regex(r"https://[a-z]{1,9}\.test/[!-~]{0,30}", fullmatch=True),
)


@pytest.fixture(scope="module")
def checks(tmp_path_factory):
    """Return the checks of a site of one story, with a queue and no Akismet."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "output").mkdir()
    (folder / "content" / STORY["folder"]).mkdir(parents=True)
    list_stories(folder, {SLUG: STORY})
    queue = Queue(folder / "queue.db", 256)
    queue.content = folder / "content"
    yield Checks(
        Source(str(folder / "output/comments.json")),
        [],
        "",
        [],
        Limit(10**9),
        Akismet("", SITE, "en", AKISMET),
        queue,
        ZoneInfo("UTC"),
    )
    queue.close()


def request(body: bytes) -> Request:
    return Request(body, FORM, SITE, "192.0.2.1", "", "", "")


@pytest.mark.parametrize("field", NAMES)
def test_any_text_in_a_field_is_answered_and_kept_as_a_comment_can_be(checks, field):
    """Whatever a field holds there is an answer; what is taken can be published."""
    moderation = Moderation(checks.queue, checks.akismet, checks.queue.content)

    @settings(max_examples=60, deadline=None, database=None)
    @given(TEXTS)
    def attempt(text: str) -> None:
        try:
            body = urlencode(FIELDS | {field: text}).encode()
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8
            return
        answer = checks.take(request(body))
        assert isinstance(answer, Page | Again | Refusal)
        if isinstance(answer, Again):
            assert set(answer.form.mistakes) == {field}
        for row in [*checks.queue.rows("pending"), *checks.queue.rows("spam")]:
            moderation.approve(row)
            file = checks.queue.content / checks.queue.get(row.id).file
            with Collector() as collector:
                comment, mistakes = comment_file.parse(text_of(file))
            assert mistakes == collector.problems == []
            assert (comment.author, comment.url) == (row.name, row.website)
            assert comment.text == row.text
            moderation.delete(checks.queue.get(row.id))

    attempt()


@settings(max_examples=200, deadline=None, database=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_are_refused(body):
    """No body makes the reader of forms fail in another way than it says."""
    with suppress(FormError):
        assert set(parse(body).values) == set(NAMES)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("192.0.2.1", "", [], "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", [], "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1,10.0.0.2", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", ["10.0.0.0/8"], "10.0.0.3"),
        ("10.0.0.1", "", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "unknown", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:4711", ["10.0.0.0/8"], "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::1", ["10.0.0.0/8"], "2001:db8::1"),
        ("::1", "2001:db8::1", ["::1"], "2001:db8::1"),
    ],
)
def test_a_proxy_is_believed_as_far_as_it_is_trusted(peer, forwarded, proxies, found):
    """Of X-Forwarded-For, what our own proxies wrote counts, from the end."""
    assert sender(peer, forwarded, list(map(ip_network, proxies))) == ip_address(found)


def test_the_limit_forgets_and_counts_anew_with_another_salt():
    """A count lasts ten minutes at the most; the hashes of two are not alike."""
    now = [0.0]
    limit = Limit(2, lambda: now[0])
    reader = ip_address("192.0.2.1")
    assert [limit.allows(reader) for _ in range(3)] == [True, True, False]
    before = set(limit._counts)
    now[0] = PERIOD
    assert [limit.allows(reader) for _ in range(3)] == [True, True, False]
    assert before.isdisjoint(limit._counts)
    assert len(limit._counts) == 1


def test_the_limit_takes_a_household_of_ipv6_for_one():
    """Whoever has one IPv6 address has 2^64 of them; a mapped IPv4 is that IPv4."""
    limit = Limit(1)
    given_ = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.2.1"]
    assert [limit.allows(ip_address(a)) for a in given_] == [True, False, True, True]
    assert not limit.allows(ip_address("::ffff:192.0.2.1"))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://News.test/a/b?c", "https://news.test"),
        ("https://news.test:443", "https://news.test"),
        ("http://news.test:443/", "http://news.test:443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://news.test:99999", None),
        ("ftp://news.test", None),
        ("news.test", None),
        ("", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(address, origin):
    """Scheme, host and port, but not the port that the scheme has anyway."""
    assert origin_of(address) == origin


def test_a_story_takes_comments_on_its_last_day():
    """Not from the day after; one without a last day always does."""
    last = date(2026, 11, 24)
    story = Story(**STORY | {"closes": last})
    stories = Stories(version=1, site=SITE, stories={"a": story, "b": Story(**STORY)})
    assert stories.open("a", last)
    assert stories.open("a", date(2026, 11, 25)) is None
    assert stories.open("b", date(2199, 1, 1))


@pytest.fixture
def remote(tmp_path):
    """Publish a list of stories; return its file and its web address."""
    (tmp_path / "output").mkdir()
    list_stories(tmp_path, {SLUG: STORY})
    file = tmp_path / "output/comments.json"
    with make_server(file.parent, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield file, f"http://127.0.0.1:{server.server_port}/{file.name}"
        server.shutdown()
        thread.join()


def test_what_a_web_server_answered_counts_until_it_is_asked_again(remote, monkeypatch):
    """A list that it lost is a fault meanwhile, and the one before it is kept."""
    file, address = remote
    away = file.with_name("away.json")
    source = Source(address)
    source.check()
    file.rename(away)
    source.check()
    with monkeypatch.context() as due:
        due.setattr("intake.stories.EVERY", 0)
        with pytest.raises(StoriesError, match="404"):
            source.check()
    away.rename(file)
    with pytest.raises(StoriesError, match="404"):
        source.check()
    assert set(source.current().stories) == {SLUG}
    monkeypatch.setattr("intake.stories.EVERY", 0)
    source.check()


def test_a_comment_is_known_again_without_its_address(checks):
    """The digest of the same words is one whatever the e-mail: it cannot tell of it."""
    queue, story, now = checks.queue, Story(**STORY), datetime.now(UTC)
    one = parse(urlencode(FIELDS).encode()).sent()
    other = parse(urlencode(FIELDS | {"email": "tom@readers.test"}).encode()).sent()
    assert queue.add(one, story, "ham", "pending", now)
    assert not queue.add(other, story, "ham", "pending", now)
    with queue.deleting(queue.rows("pending")[0]):
        pass
