"""The service as readers and robots meet it: over HTTP, in a process of its own."""

import json
import os
import random
import signal
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from intake_tools import (
    FIELDS,
    FORM,
    SITE,
    SLUG,
    STORY,
    LocalAkismet,
    Reply,
    Service,
    list_stories,
    local_akismet,
    make_site,
    run,
    running,
    start,
)

from intake.checks import SIZE
from intake.queue import Queue, Sent
from intake.stories import Story

MANY = "100000"


@pytest.fixture(scope="module")
def akismet():
    with local_akismet() as server:
        yield server


@pytest.fixture(scope="module")
def service(tmp_path_factory, akismet):
    """Run one service for all that neither changes nor ends it."""
    folder = make_site(tmp_path_factory.mktemp("service") / "site")
    with running(
        folder,
        COMMENTS_LIMIT=MANY,
        COMMENTS_PROXIES="127.0.0.1",
        COMMENTS_AKISMET_KEY="a-key",
        COMMENTS_AKISMET_URL=akismet.address,
    ) as service:
        yield service


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path / "site")


@pytest.fixture(autouse=True)
def _akismet_finds_nothing(akismet):
    akismet.mode = "ham"
    akismet.calls.clear()


def rows(service: Service, condition: str = "1") -> list[sqlite3.Row]:
    """Return what the queue's file has, past all of our own code."""
    with sqlite3.connect(service.queue) as sql:
        sql.row_factory = sqlite3.Row
        found = sql.execute(f"SELECT * FROM comments WHERE {condition}").fetchall()
    sql.close()
    return found


def count(service: Service) -> int:
    return len(rows(service))


def is_alive(service: Service) -> bool:
    return service.ask("GET", "/health").status == 200


def test_a_comment_waits_and_its_reader_is_thanked(service):
    """The answer is 303 to the site's page of thanks, and the row has every field."""
    words = "First line.\r\n\r\nUnd ein Absatz – mit „Zeichen“ 🌊.\x0c"
    reply = service.post(comment=words, website="https://mia.test/a?b=c#d")
    assert (reply.status, reply.headers["Location"]) == (
        303,
        f"{SITE}/comments/thanks/",
    )
    (row,) = rows(service, "website <> ''")
    assert row["text"] == "First line.\n\nUnd ein Absatz – mit „Zeichen“ 🌊."
    assert row["state"] == "pending"
    assert (row["story"], row["title"], row["url"], row["folder"]) == (
        SLUG,
        *(STORY[key] for key in ("title", "url", "folder")),
    )
    assert (row["name"], row["email"]) == (FIELDS["name"], FIELDS["email"])


def test_no_answer_is_kept_by_a_browser(service):
    """Answers are of one reader: none is stored on the way, none is sniffed."""
    for reply in (service.post(), service.post(name=""), service.ask("GET")):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_comment_is_kept_once(service):
    """Who presses the button twice, or whose answer was lost, is thanked again."""
    before = count(service)
    replies = [service.post(comment="Only once, please.") for _ in range(3)]
    assert [reply.place for reply in replies] == ["thanks"] * 3
    assert count(service) == before + 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Please give a name"),
        ({"name": " . "}, "with a letter or a digit"),
        ({"name": "x" * 81}, "At most 80 characters, please; these are 81."),
        ({"email": ""}, "it is not published"),
        ({"email": "mia"}, "This is no e-mail address"),
        ({"email": "mia@a@b.test"}, "This is no e-mail address"),
        ({"email": "m" * 250 + "@b.test"}, "At most 254"),
        ({"website": "mia.test"}, "This is no web address"),
        ({"website": "javascript:alert(1)"}, "This is no web address"),
        ({"website": "https://a.test:99999/"}, "This is no web address"),
        ({"website": "https://[::1/"}, "This is no web address"),
        ({"comment": " \r\n "}, "Please write a comment."),
        ({"comment": "a\n<<<<<<< HEAD\nb"}, "Please put a space before the line"),
        ({"comment": "é" * 10_001}, "At most 10,000 characters"),
    ],
)
def test_a_mistake_is_named_and_the_words_are_kept(service, fields, words):
    """The answer is 422 and the form again: filled in, the mistake beside its field."""
    before = count(service)
    typed = {"name": "Zoë <b>", "comment": "Kept & <i>safe</i>."} | fields
    reply = service.post(**typed)
    assert reply.status == 422
    assert reply.text.count(words) == 1
    assert "<b>Z" not in reply.text
    assert "<i>safe" not in reply.text
    if "name" not in fields:
        assert "Zoë &lt;b&gt;" in reply.text
    if "comment" not in fields:
        assert "Kept &amp; &lt;i&gt;safe&lt;/i&gt;." in reply.text
    assert count(service) == before


def test_the_page_of_mistakes_holds_its_browser_to_a_policy(service):
    """Nothing runs or loads there, and its form leads here and to the site alone."""
    policy = service.post(name="").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert f"form-action 'self' {SITE};" in policy


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://news.test", "http://news.test:81", "http://news.test.evil"],
)
def test_a_form_elsewhere_is_refused(service, origin):
    """Only the site's own pages may send a form: 403, and nothing is stored."""
    before = count(service)
    headers = {"Origin": origin} if origin else {}
    reply = service.ask("POST", body=urlencode(FIELDS).encode(), headers=headers)
    assert reply.status == 403
    assert count(service) == before


@pytest.mark.parametrize(
    ("origin", "shown_at"),
    [("http://127.0.0.1:8100", SITE), ("http://preview.test", "http://preview.test")],
)
def test_the_services_own_page_and_a_preview_may_send_it(site, origin, shown_at):
    """The page of mistakes is the service's; a variable names others.

    Who tries it in a preview is led back there: the site may have no address yet.
    """
    with running(site, COMMENTS_ORIGINS="http://preview.test/") as service:
        thanks = service.post(origin=origin).headers["Location"]
        assert thanks == f"{shown_at}/comments/thanks/"
        again = service.post(origin=origin, name="")
        policy = again.headers["Content-Security-Policy"]
        assert f"form-action 'self' {shown_at};" in policy


def test_a_filled_trap_is_spam(service, akismet):
    """A robot is thanked like all; a person can find its comment, among the spam."""
    assert service.post(comment="I fill in all", subject="x").place == "thanks"
    (row,) = rows(service, "verdict = 'honeypot'")
    assert row["state"] == "spam"
    assert akismet.asked("comment-check") == []


def test_a_closed_story_takes_none(site):
    """An unknown story, and one whose last day is over: the page that says so."""
    list_stories(
        site,
        {
            SLUG: STORY,
            "ended": STORY | {"closes": "2026-01-02"},
            "open": STORY | {"closes": "2199-01-02"},
        },
    )
    with running(site) as service:
        places = [service.post(story=slug).place for slug in ("gone", "ended", "open")]
        assert places == ["closed", "closed", "thanks"]
        assert count(service) == 1


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_a_story_closes_by_the_sites_own_clock(site, zone):
    """Its last day ends where the site is: somewhere that is another day than UTC's."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(f"\nTIMEZONE = {zone!r}\n")
    today = datetime.now(ZoneInfo(zone)).date()
    days = {"ended": today - timedelta(days=1), "last-day": today}
    list_stories(
        site, {slug: STORY | {"closes": str(day)} for slug, day in days.items()}
    )
    with running(site) as service:
        assert [service.post(story=slug).place for slug in days] == ["closed", "thanks"]


def test_a_new_list_of_stories_is_seen_at_once(site):
    """After a build the new stories are known; a half-written list is no loss."""
    with running(site) as service:
        assert service.post(story="new").place == "closed"
        list_stories(site, {"new": STORY})
        assert service.post(story="new").place == "thanks"
        (site / "output/comments.json").write_text('{"version"')
        assert service.post(story="new", comment="Another.").place == "thanks"
        (site / "output/comments.json").unlink()
        assert service.post(story="new", comment="A third.").place == "thanks"


def test_a_list_of_stories_that_stays_broken_is_said(site):
    """The last good list serves on; a fault is logged once, and /health tells it."""
    file = site / "output/comments.json"
    with running(site) as service:
        assert service.post().place == "thanks"
        file.write_text(json.dumps({"version": 2, "site": SITE, "stories": {}}))
        for n in range(3):
            assert service.post(comment=f"Comment {n}").place == "thanks"
            assert not is_alive(service)
        file.unlink()
        assert not is_alive(service)
        assert not is_alive(service)
        list_stories(site, {SLUG: STORY})
        assert is_alive(service)
        failed = [e for e in service.events() if e["event"] == "stories-failed"]
    assert [event["level"] for event in failed] == ["warning", "warning"]
    assert "is of version 2, and this service reads 1" in failed[0]["why"]
    assert "No such file or directory" in failed[1]["why"]


def test_an_answer_to_a_comment_that_is_gone_is_one_to_the_story(site):
    """A known parent is kept, an unknown one is not: it was taken down meanwhile."""
    known = "2026-01-02-030405-abcdef"
    list_stories(site, {SLUG: STORY | {"comments": [known]}})
    with running(site) as service:
        service.post(comment="One", parent=known)
        service.post(comment="Two", parent="2026-01-02-030405-ffffff")
        assert [row["parent"] for row in rows(service)] == [known, ""]


# --- hostile input ------------------------------------------------------------------


def encoded(**fields: str) -> bytes:
    return urlencode(FIELDS | fields).encode()


HOSTILE = {
    "nul-in-comment": (400, encoded(comment="a\0b")),
    "nul-in-name": (400, encoded(name="a\0b")),
    "header-in-name": (400, encoded(name="Mia\r\nUrl: https://evil.test")),
    "header-in-name-lf": (400, encoded(name="Mia\nParent: x")),
    "header-in-email": (400, encoded(email="mia@a.test\r\nBcc: all@b.test")),
    "header-in-website": (400, encoded(website="https://a.test/\nX: y")),
    "header-in-story": (400, encoded(story="a\r\nLocation: http://evil.test")),
    "escape-in-name": (400, encoded(name="\x1b[2J\x1b]0;x\x07")),
    "traversal": (400, encoded(story="../../etc/passwd")),
    "traversal-encoded": (400, encoded(story="..%2f..%2fetc")),
    "traversal-parent": (400, encoded(parent="../../../x")),
    "absolute-story": (400, encoded(story="/etc/passwd")),
    "upper-case-story": (400, encoded(story="A-FIRST-STORY")),
    "invalid-utf-8": (400, b"story=a-first-story&name=%ff%fe&comment=x"),
    "overlong-utf-8": (400, b"story=a-first-story&name=%c0%ae&comment=x"),
    "surrogate": (400, b"story=a-first-story&name=%ed%a0%80&comment=x"),
    "raw-bytes": (400, b"story=a-first-story&name=\xc3\xa9&comment=x"),
    "10,000-fields": (400, b"&".join(b"f%d=" % n for n in range(10_000))),
    "10,000-times-one": (400, b"comment=a&" * 9_999 + b"story=x"),
    "field-twice": (400, encoded() + b"&name=Other"),
    "unknown-field": (400, encoded() + b"&admin=1"),
    "no-story": (400, b"comment=x&name=y"),
    "no-fields": (400, b""),
    "no-pairs": (400, b"just words"),
    "json": (400, json.dumps(FIELDS).encode()),
    "10-megabytes": (413, b"comment=" + b"a" * 10 * 2**20),
    "over-the-limit": (413, b"comment=" + b"a" * SIZE),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_form_sends_is_refused(service, case):
    """A clear 4xx, in words; nothing is stored; the service goes on."""
    status, body = HOSTILE[case]
    before = count(service)
    reply = raw(service, body)
    assert reply.status == status
    assert reply.text
    assert count(service) == before
    assert is_alive(service)


def raw(service: Service, body: bytes, type_: str = FORM) -> Reply:
    """Post a body, and read the answer even if it comes before all was sent."""
    head = (
        f"POST / HTTP/1.1\r\nHost: c.test\r\nOrigin: {SITE}\r\nConnection: close\r\n"
        f"Content-Type: {type_}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as sock:
        try:
            sock.sendall(head.encode() + body)
        except ConnectionError:
            assert len(body) > SIZE
        answer = b""
        try:
            while part := sock.recv(65536):
                answer += part
        except ConnectionError:
            assert answer
    status, _, text = answer.decode().partition("\r\n\r\n")
    return Reply(int(status.split()[1]), {}, text)


@pytest.mark.parametrize(
    "type_", ["", "text/plain", "application/json", "multipart/form-data; boundary=x"]
)
def test_another_type_of_content_is_refused(service, type_):
    """What is no urlencoded form is answered with 415."""
    before = count(service)
    assert raw(service, encoded(), type_).status == 415
    assert count(service) == before


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"]
)
def test_another_method_is_refused(service, method):
    """405 says which there is."""
    reply = service.ask(method)
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/x", "/../etc/passwd", "/%2e%2e/", "/health/", "/%00", "/" + "a" * 9000]
)
def test_another_path_is_not_found(service, path):
    """The service has two addresses, and no redirect to a third."""
    assert service.ask("GET", path).status in {400, 404}
    assert is_alive(service)


def test_broken_http_is_no_harm(service):
    """Half requests, wrong lengths, smuggled ones and noise: nothing stored, alive."""
    before = count(service)
    noise = random.Random(4)
    tries = [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Length: 4\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"\0" * 4096,
        *(noise.randbytes(512) + b"\r\n\r\n" for _ in range(50)),
    ]
    for sent in tries:
        with socket.create_connection(("127.0.0.1", service.port), timeout=5) as sock:
            answer = b""
            with suppress(OSError):  # it may have hung up before it heard all
                sock.sendall(sent)
                sock.shutdown(socket.SHUT_WR)
                answer = sock.recv(65536)
        assert b" 303 " not in answer
        assert b" 500 " not in answer
    assert count(service) == before
    assert is_alive(service)


# --- who sent it --------------------------------------------------------------------


def test_the_limit_is_exact_however_many_come_at_once(site):
    """Of 200 posts at once under a limit of 50, 50 are kept and 150 told to wait."""
    with running(site, COMMENTS_LIMIT="50") as service:
        places = at_once(service, 200)
        assert sorted(set(places)) == ["thanks", "wait"]
        assert places.count("thanks") == 50
        assert count(service) == 50


def test_no_post_is_lost_however_many_come_at_once(service):
    """Of 200 posts at once all are kept, each one once."""
    before = count(service)
    assert at_once(service, 200) == ["thanks"] * 200
    assert count(service) == before + 200
    assert len(rows(service, "text LIKE 'At once %'")) == 200


def at_once(service: Service, number: int) -> list[str]:
    """Send `number` comments over as many connections at the same moment."""
    barrier = threading.Barrier(number)

    def post(n: int) -> str:
        barrier.wait()
        return service.post(comment=f"At once {n}").place

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(post, range(number)))


def test_a_proxy_is_believed_only_if_it_was_named(site):
    """Without COMMENTS_PROXIES, a header that anybody can write lifts no limit."""
    with running(site, COMMENTS_LIMIT="1") as service:
        places = [
            service.post(
                comment=str(n), headers={"X-Forwarded-For": f"192.0.2.{n}"}
            ).place
            for n in range(3)
        ]
    assert places == ["thanks", "wait", "wait"]


def test_a_named_proxy_tells_readers_apart(site):
    """With it, each reader has a limit; what a reader writes in front is not read."""
    with running(
        site, COMMENTS_LIMIT="1", COMMENTS_PROXIES="127.0.0.0/8, 10.1.2.3"
    ) as service:
        given = ["192.0.2.1", "192.0.2.2", "9.9.9.9, 192.0.2.1", "192.0.2.3, 10.1.2.3"]
        places = [
            service.post(comment=who, headers={"X-Forwarded-For": who}).place
            for who in given
        ]
    assert places == ["thanks", "thanks", "wait", "thanks"]


# --- Akismet ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "state", "verdict"),
    [
        ("ham", "pending", "ham"),
        ("spam", "spam", "spam"),
        ("slow", "pending", "unchecked: too slow"),
        ("garbage", "pending", "unchecked: no answer that can be understood"),
        ("broken", "pending", "unchecked: status 500"),
        ("wrong-key", "pending", "unchecked: wrong key"),
    ],
)
def test_what_akismet_says_decides_where_it_waits(
    service, akismet: LocalAkismet, mode, state, verdict
):
    """Spam is set apart; when Akismet cannot say, the comment waits for a person."""
    akismet.mode = mode
    akismet.released.clear()
    began = time.monotonic()
    assert service.post(comment=f"Akismet is {mode}").place == "thanks"
    assert time.monotonic() - began < 4.5
    akismet.released.set()
    (row,) = rows(service, f"text = 'Akismet is {mode}'")
    assert (row["state"], row["verdict"]) == (state, verdict)


def test_blatant_spam_is_not_kept(service, akismet):
    """What Akismet says to discard is thanked for and thrown away, and logged."""
    akismet.mode = "discard"
    before = count(service)
    assert service.post(comment="Buy now").place == "thanks"
    assert count(service) == before
    assert service.events()[-1]["verdict"] == "discard"


def test_akismet_is_told_what_its_documentation_asks(service, akismet):
    """The call has the fields of comment-check, and the reader's own address."""
    service.post(
        comment="For Akismet",
        website="https://mia.test/",
        headers={
            "X-Forwarded-For": "192.0.2.77",
            "User-Agent": "A browser",
            "Referer": STORY["url"],
        },
    )
    (fields,) = akismet.asked("comment-check")
    assert len(fields.pop("comment_date_gmt")) == len("2026-11-24T18:00:05Z")
    assert fields == {
        "api_key": "a-key",
        "blog": f"{SITE}/",
        "user_ip": "192.0.2.77",
        "user_agent": "A browser",
        "referrer": STORY["url"],
        "permalink": STORY["url"],
        "comment_type": "comment",
        "comment_author": FIELDS["name"],
        "comment_author_email": FIELDS["email"],
        "comment_author_url": "https://mia.test/",
        "comment_content": "For Akismet",
        "blog_lang": "en",
        "blog_charset": "UTF-8",
    }


def test_without_a_key_all_wait_for_a_person(site):
    """No key: the service says so once, and takes comments all the same."""
    with running(site) as service:
        assert service.post().place == "thanks"
        assert [row["verdict"] for row in rows(service)] == ["unchecked: no key"]
        assert "akismet-has-no-key" in [event["event"] for event in service.events()]


def test_with_akismet_down_the_service_starts_and_comments_wait(site):
    """A host that does not answer is logged; no comment is lost by it."""
    with running(
        site, COMMENTS_AKISMET_KEY="k", COMMENTS_AKISMET_URL="http://127.0.0.1:9"
    ) as service:
        assert service.post().place == "thanks"
        assert [row["verdict"] for row in rows(service)] == ["unchecked: not reached"]
        failed = [e for e in service.events() if e["event"] == "akismet-failed"]
        assert [e["at"] for e in failed] == ["verify-key", "comment-check"]


# --- starting and stopping ----------------------------------------------------------


def test_a_wrong_key_stops_the_start(site, akismet):
    """Akismet's own word on the key is asked for at the start; the remedy is named."""
    akismet.mode = "wrong-key"
    code, out, err = run(
        site,
        "serve",
        COMMENTS_AKISMET_KEY="wrong",
        COMMENTS_AKISMET_URL=akismet.address,
    )
    assert (code, out) == (1, "")
    assert "Akismet does not know the key in COMMENTS_AKISMET_KEY" in err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LISTEN", "localhost", "is no IP address and port, such as 127.0.0.1:8100"),
        ("LISTEN", "127.0.0.1:99999", "is no IP address and port"),
        ("PROXIES", "10.0.0.1/8", "has host bits set; write addresses or networks"),
        ("ORIGINS", "news.test", "news.test is no web address"),
        ("LIMIT", "0", "greater than 0"),
        ("LIMIT", "many", "valid integer"),
        ("QUEUE_MB", "-1", "greater than 0"),
        ("AKISMET_URL", "akismet.com", "is no web address"),
        ("STORIES", "nowhere.json", "Build the site first (make publish)"),
        ("STORIES", "pelicanconf.py", "is no list of stories as a build writes it"),
        ("STORIES", "http://127.0.0.1:9/comments.json", "Publish the site first"),
        ("QUEUE", "/dev/null/queue.db", "/dev/null/queue.db: "),
        ("QUEUE", "pelicanconf.py", "pelicanconf.py: file is not a database"),
        ("LIMITS", "3", "COMMENTS_LIMITS is no variable of the comments' service; did"),
    ],
)
def test_a_wrong_variable_is_named(site, name, value, words):
    """The start fails with one sentence, and no traceback."""
    code, out, err = run(site, "serve", **{f"COMMENTS_{name}": value})
    assert (code, out) == (1, "")
    assert words in err
    assert "Traceback" not in err


def test_without_a_form_that_leads_to_it_the_service_does_not_start(site):
    """COMMENTS_URL is needed, and an example of it is given."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('\nCOMMENTS_URL = ""\n')
    code, _, err = run(site, "serve")
    assert code == 1
    assert "COMMENTS_URL in pelicanconf.py is empty" in err


def test_a_proxy_that_names_no_sender_is_logged(service):
    """All readers would share one limit: who set up nginx can see why."""
    assert service.post().place == "thanks"
    events = [event["event"] for event in service.events()[-2:]]
    assert events == ["proxy-names-no-sender", "accepted"]


def test_all_wrong_variables_are_named_at_once(site):
    """Two mistakes are two lines."""
    _, _, err = run(site, "serve", COMMENTS_LIMIT="x", COMMENTS_PROXIES="y")
    assert [line.partition("=")[0] for line in err.splitlines()] == [
        "COMMENTS_PROXIES",
        "COMMENTS_LIMIT",
    ]


def test_a_list_of_another_version_is_refused(site):
    """A service of another version than the site says so, and does not guess."""
    (site / "output/comments.json").write_text(
        json.dumps({"version": 2, "site": SITE, "stories": {}})
    )
    code, _, err = run(site, "serve")
    assert code == 1
    assert "is of version 2, and this service reads 1" in err


def test_a_taken_port_is_named(site, service):
    """Another place is suggested."""
    code, _, err = run(site, "serve", COMMENTS_LISTEN=f"127.0.0.1:{service.port}")
    assert code == 1
    assert f"Cannot listen on 127.0.0.1, port {service.port}" in err


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_stop_finishes_what_was_begun(site, akismet, monkeypatch, name):
    """Requests in flight have their answers; new connections are refused; exit 0."""
    service = start(
        site,
        COMMENTS_LIMIT=MANY,
        COMMENTS_AKISMET_KEY="k",
        COMMENTS_AKISMET_URL=akismet.address,
    )
    akismet.mode = "slow"
    akismet.released.clear()
    connected, connect = [], HTTPConnection.connect

    def count_in(connection):
        connect(connection)
        connected.append(connection)

    monkeypatch.setattr(HTTPConnection, "connect", count_in)
    with ThreadPoolExecutor(12) as pool:
        # More than there are threads, so that some wait for one.
        posts = [pool.submit(service.post, comment=f"Begun {n}") for n in range(12)]
        while len(akismet.asked("comment-check")) < 8 or len(connected) < 12:
            time.sleep(0.01)
        time.sleep(0.2)  # in which the service takes the last of them
        os.kill(service.process.pid, getattr(signal, name))
        time.sleep(0.3)
        with pytest.raises(ConnectionError):
            service.ask("GET", "/health")
        akismet.mode = "ham"
        akismet.released.set()
        assert [post.result().place for post in posts] == ["thanks"] * 12
    service.process.join(10)
    assert service.process.exitcode == 0
    assert count(service) == 12
    assert service.events()[-1]["event"] == "stopped"


def test_its_health_is_the_queues_health(site):
    """With a broken queue, the service says at /health that it is not well."""
    with running(site) as service:
        assert is_alive(service)
        with sqlite3.connect(service.queue) as sql:
            sql.execute("DROP TABLE comments")
        sql.close()
        reply = service.ask("GET", "/health")
        assert (reply.status, reply.text) == (503, "The service has a fault.")
        assert service.post().status == 503


# --- faults -------------------------------------------------------------------------


def kills(service_folder, number: int) -> tuple[int, int]:
    """Kill the service `number` times amid posts; return how many were thanked, lost.

    Each reader whose answer was cut off sends the comment again, as people do.
    """
    chance = random.Random(303)
    thanked: set[str] = set()
    unanswered: list[str] = []
    for round_ in range(number):
        service = start(service_folder, COMMENTS_LIMIT=MANY)
        todo = [*unanswered, *(f"Round {round_}, comment {n}" for n in range(6))]
        unanswered = []

        def post(words: str, service=service) -> tuple[str, str]:
            try:
                return words, service.post(comment=words).place
            except (OSError, HTTPException):
                return words, ""

        with ThreadPoolExecutor(4) as pool:
            posts = [pool.submit(post, words) for words in todo]
            time.sleep(chance.uniform(0, 0.06))
            service.process.kill()
            service.process.join()
            for words, place in [done.result() for done in posts]:
                if place == "thanks":
                    thanked.add(words)
                else:
                    unanswered.append(words)
    kept = [row["text"] for row in rows(service)]
    assert len(kept) == len(set(kept))
    return len(thanked), len(thanked - set(kept))


def test_no_thanked_comment_is_lost_by_a_kill(site):
    """After kills at random moments, all thanked for are there, and none twice."""
    thanked, lost = kills(site, 40)
    assert thanked
    assert lost == 0


@pytest.mark.long
def test_no_thanked_comment_is_lost_by_200_kills(site):
    """The same 200 times."""
    thanked, lost = kills(site, 200)
    assert thanked > 200
    assert lost == 0


def full(service: Service) -> int:
    """Post until the disk is full; return how many were kept before."""
    for number in range(2_000):
        reply = service.post(comment=f"{number} {'x' * 9_000}")
        if reply.status != 303:
            break
    assert reply.status == 503
    assert reply.headers["Retry-After"] == "60"
    assert "your words are still here" in reply.text
    assert "x" * 9_000 in reply.text
    return number


def is_whole(service: Service) -> bool:
    with sqlite3.connect(service.queue) as sql:
        found = sql.execute("PRAGMA integrity_check").fetchone()[0]
    sql.close()
    return found == "ok"


def test_a_full_queue_is_said_and_ends_by_itself(site):
    """At COMMENTS_QUEUE_MB: 503 with the words kept; after a deletion it goes on."""
    with running(site, COMMENTS_QUEUE_MB="1", COMMENTS_LIMIT=MANY) as service:
        kept = full(service)
        assert 50 < kept < 120
        assert count(service) == kept
        assert is_whole(service)
        assert service.run("delete", "1", "2")[0] == 0
        assert service.post(comment="There is room again").status == 303


def test_a_full_disk_is_said_and_corrupts_nothing(site):
    """When the system refuses to write, the answer is 503, and the kept is whole."""
    service = start(site, file_size=600_000, COMMENTS_LIMIT=MANY)
    kept = full(service)
    assert kept > 5
    assert is_alive(service)
    service.process.terminate()
    service.process.join(20)
    assert service.process.exitcode == 0
    assert count(service) == kept
    assert is_whole(service)
    with running(site) as again:
        assert again.post(comment="After the disk was cleared").status == 303
        assert count(again) == kept + 1


# --- privacy ------------------------------------------------------------------------


def test_the_log_and_the_queue_know_no_address(service):
    """No IP address, e-mail, name or word of a comment is in the log."""
    secret = "203.0.113.99"
    service.post(headers={"X-Forwarded-For": secret}, comment="Sesame", name="Zelda")
    service.post(headers={"X-Forwarded-For": secret}, name="", comment="Sesame")
    service.post(headers={"X-Forwarded-For": secret}, name="Zelda\n")
    service.ask("GET", f"/?q={secret}", headers={"X-Forwarded-For": secret})
    log = service.log.read_text("utf-8")
    for word in (secret, "Sesame", "Zelda", FIELDS["email"], FIELDS["name"]):
        assert word not in log
    for file in service.queue.parent.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_what_is_erased_is_gone_from_the_files(tmp_path):
    """No e-mail address is left in the pages, the freelist or the log of SQLite."""
    queue = Queue(tmp_path / "queue.db", 64)
    story = Story(**STORY)
    chance = random.Random(7)
    for number in range(150):
        words = "w" * chance.choice((10, 300, 2_000, 9_000))
        email = f"secret-{number}-{'x' * chance.randrange(200)}@readers.test"
        sent = Sent(SLUG, "", f"N {number}", email, "", f"{number} {words}")
        queue.add(sent, story, "ham", "pending", datetime.now(UTC))
    for row in chance.sample(queue.rows("pending"), 150):
        match chance.randrange(3):
            case 0:
                decisions = [queue.approving(row, "a/comments/b.md")]
            case 1:
                decisions = [queue.deleting(row)]
            case _:
                spam = replace(row, state="spam")
                decisions = [
                    queue.marking_spam(row),
                    queue.approving(spam, "a/comments/b.md"),
                ]
        for decision in decisions:
            with decision:
                pass
        if chance.random() < 0.1:
            assert email_count(tmp_path) == len(
                [r for s in ("pending", "spam") for r in queue.rows(s)]
            )
    assert email_count(tmp_path) == 0
    queue.close()
    assert email_count(tmp_path) == 0


def email_count(folder) -> int:
    return sum(file.read_bytes().count(b"secret-") for file in folder.iterdir())
