"""`make sources`: asks each address once, politely, and tells what is dead or moved."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy, copytree
from threading import Barrier, BrokenBarrierError, Event, Lock, Thread

import pytest
from conftest import ROOT, SETTINGS

from newsroom.badge import Badge, State
from newsroom.build import build
from newsroom.ledger import Claim, Ledger
from newsroom.overview import Checked
from newsroom.source_check import Answer, addresses, check, lines

AGENT = "Standfirst source check (+https://x.org/)"
TIMEOUT = 0.5  # seconds, for the tests alone


class Host(ThreadingHTTPServer):
    """A web server that answers as its paths say, and remembers who asked for what."""

    daemon_threads = True
    robots = ""
    robots_status = 200

    def __init__(self):
        """Listen to a free port of this machine; every name of it is a host."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock, self.over = Lock(), Event()
        self.meeting = Barrier(2)
        self.asked: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.open: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def url(self, path, name="127.0.0.1"):
        """Return the address of a path on the host of this name."""
        return f"http://{name}:{self.server_port}{path}"

    def times(self, path):
        """Return how often a path was asked for."""
        return sum(asked == path for _, asked in self.asked)

    def handle_error(self, *_):
        """Say nothing of who hung up."""


class Handler(BaseHTTPRequestHandler):
    """One request: `/200` is answered 200, and so on."""

    server: Host

    def do_GET(self):
        """Count who is being answered at once, by the name of the host."""
        host = self.host = self.headers["Host"].partition(":")[0].lower()
        with self.server.lock:
            self.server.asked.append((host, self.path))
            self.server.agents.add(self.headers["User-Agent"])
            self.server.open[host] += 1
            self.server.most[host] = max(self.server.most[host], self.server.open[host])
        try:
            self.answer()
        finally:
            self.count_off()

    def count_off(self):
        """Count the request no more: whoever has the answer may come with the next."""
        with self.server.lock:
            self.server.open[self.host] -= 1
        self.host = ""

    def answer(self):
        """Answer as the path says."""
        match self.path.partition("?")[0].split("/")[1:]:
            case ["robots.txt"]:
                self.send(self.server.robots_status, self.server.robots)
            case ["slow"]:
                self.server.over.wait(10)
            case ["broken"]:
                self.wfile.write(b"HTTP/1.1 2")
            case ["hang-up"]:
                self.connection.shutdown(socket.SHUT_RDWR)
            case ["take", seconds]:
                time.sleep(float(seconds))
                self.send(200)
            case ["meet"]:
                try:
                    self.server.meeting.wait(5)
                    self.send(200)
                except BrokenBarrierError:
                    self.send(500)
            case ["endless"]:
                self.send(200, length=10**9)
            case [status, *_]:
                self.send(int(status))

    def send(self, status, body="", length=None):
        """Send a status, the way on if it is a redirection, and a body."""
        self.count_off()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/moved?here=1")
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing of each request."""


@contextmanager
def running() -> Iterator[Host]:
    """Run a host in a thread."""
    with Host() as host:
        thread = Thread(target=host.serve_forever, args=(0.01,))
        thread.start()
        yield host
        host.over.set()
        host.shutdown()
        thread.join()


@pytest.fixture
def host(monkeypatch):
    """Return a running host, asked without whatever proxy this machine has."""
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as host:
        yield host


def ask(host, *paths):
    """Return the answers for paths of a host."""
    return check([host.url(path) for path in paths], AGENT, TIMEOUT)


ANSWERS = {
    "/200": ("alive", ""),
    "/204": ("alive", ""),
    "/302": ("alive", ""),
    "/303": ("alive", ""),
    "/307": ("alive", ""),
    "/301": ("moved", "to /moved?here=1"),
    "/308": ("moved", "to /moved?here=1"),
    "/404": ("dead", "404 Not Found"),
    "/410": ("dead", "410 Gone"),
    "/403": ("unknown", "403 Forbidden"),
    "/429": ("unknown", "429 Too Many Requests"),
    "/500": ("unknown", "500 Internal Server Error"),
    "/503": ("unknown", "503 Service Unavailable"),
    "/slow": ("unknown", "ReadTimeout"),
    "/broken": ("unknown", "RemoteProtocolError: "),
    "/hang-up": ("unknown", "RemoteProtocolError: Server disconnected"),
    "/endless": ("alive", ""),
}


@pytest.mark.parametrize("path", ANSWERS)
def test_an_answer_is_what_it_says(host, path):
    """Gone is dead, gone elsewhere is moved, and what may come back is not dead."""
    [answer] = ask(host, path)
    state, why = ANSWERS[path]
    assert (answer.url, answer.state) == (host.url(path), state)
    assert answer.why.startswith(why)
    assert bool(answer.why) == bool(why)


def test_each_address_is_asked_once_and_answered_in_order(host):
    """What fails is not asked again, no redirection is followed, robots.txt is one."""
    paths = [*ANSWERS, "/200?a=1", "/200?a=2"]
    assert [answer.url for answer in ask(host, *paths)] == [*map(host.url, paths)]
    assert Counter(path for _, path in host.asked) == Counter([*paths, "/robots.txt"])
    assert host.asked[0] == ("127.0.0.1", "/robots.txt")


def test_who_asks_is_said(host):
    """The one User-Agent is ours, with an address to complain to."""
    ask(host, "/200", "/404")
    assert host.agents == {AGENT}


def test_a_host_is_asked_one_thing_at_a_time(host):
    """However many sources it has, no second request comes before its answer."""
    paths = [f"/take/0.0{n}" for n in range(1, 9)]
    ask(host, *paths)
    assert len(host.asked) == 9
    assert host.most == {"127.0.0.1": 1}


@pytest.mark.parametrize("name", ["LOCALHOST", "localhost"])
def test_a_host_is_one_however_its_address_is_written(host, name):
    """Neither https for http nor capitals make two hosts (RFC 3986, 3.2.2)."""
    with running() as other:
        other.most = host.most
        other.open, other.lock = host.open, host.lock
        second = other if name == "localhost" else host
        urls = [host.url(f"/take/0.0{n}", "localhost") for n in range(1, 5)]
        urls += [second.url(f"/take/0.0{n}", name) for n in range(5, 9)]
        answers = check(urls, AGENT, TIMEOUT)
    assert {answer.state for answer in answers} == {"alive"}
    assert host.most == {"localhost": 1}


def test_hosts_are_asked_at_the_same_time(host):
    """Two hosts meet: each answers only when the other has been asked too."""
    urls = [host.url("/meet"), host.url("/meet", "localhost")]
    answers = check(urls, AGENT, 8)
    assert [answer.state for answer in answers] == ["alive", "alive"]


def test_a_slow_host_holds_up_no_other(host):
    """The answers of one are there, whatever becomes of the other."""
    began = time.monotonic()
    urls = [host.url("/slow"), host.url("/200", "localhost")]
    slow, quick = check(urls, AGENT, TIMEOUT)
    assert (slow.state, quick.state) == ("unknown", "alive")
    assert time.monotonic() - began < 5


def test_a_host_that_is_not_there_is_unknown(monkeypatch):
    """A name without a host, or a host without a server, may be there tomorrow."""
    monkeypatch.setenv("NO_PROXY", "*")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        answers = check([nobody, "http://nowhere.invalid/"], AGENT, TIMEOUT)
    assert [answer.state for answer in answers] == ["unknown", "unknown"]
    assert all(answer.why.startswith("Connect") for answer in answers)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:99999/", "http://[::1/", "http://a..b/", "https://:1/"),
        *("https://exämple..com/", "https://xn--a.example/", "https://-ü-.example/"),
    ],
)
def test_an_address_that_cannot_be_asked_for_is_unknown(host, url):
    """One slip stops no check, and is told with what is wrong."""
    answers = check([host.url("/200"), url], AGENT, TIMEOUT)
    assert [answer.state for answer in answers] == ["alive", "unknown"]
    assert answers[1].why


# --- robots.txt -----------------------------------------------------------------------

ROBOTS = {
    "all for everybody": ("User-agent: *\nDisallow: /\n", {"/200", "/404", "/200/b"}),
    "all for us": ("User-agent: Standfirst\nDisallow: /\n", {"/200", "/404", "/200/b"}),
    "one folder": ("User-agent: *\nDisallow: /200/\n", {"/200/b"}),
    "one path": ("User-agent: *\nDisallow: /404\n", {"/404"}),
    "all for others": ("User-agent: Elsebot\nDisallow: /\n", set()),
    "nothing": ("", set()),
    "a page": ("<!doctype html><title>Welcome</title>", set()),
}


@pytest.mark.parametrize(("rules", "forbidden"), ROBOTS.values(), ids=ROBOTS)
def test_what_robots_txt_forbids_is_not_asked_for(host, rules, forbidden):
    """It is unknown, with the reason; all else is asked for."""
    host.robots = rules
    answers = ask(host, "/200", "/404", "/200/b")
    refused = {a.url for a in answers if a.why == "robots.txt asks not to look"}
    assert refused == {host.url(path) for path in forbidden}
    assert {a.state for a in answers if a.url in refused} <= {"unknown"}
    paths = {path for _, path in host.asked}
    assert paths == {"/200", "/404", "/200/b", "/robots.txt"} - forbidden


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_rules_forbids_nothing(host, status):
    """A robots.txt that is not to be had allows all (RFC 9309, section 2.3.1.3)."""
    host.robots, host.robots_status = "User-agent: *\nDisallow: /\n", status
    assert [answer.state for answer in ask(host, "/200")] == ["alive"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_host_whose_rules_cannot_be_had_today_is_left_in_peace(host, status):
    """It must be taken to forbid everything (RFC 9309, section 2.3.1.4)."""
    host.robots_status = status
    [answer] = ask(host, "/200")
    assert answer.state == "unknown"
    assert host.times("/200") == 0


# --- What is asked for, and what is said ----------------------------------------------

SOURCE = {
    "publisher": "P",
    "title": "T",
    "url": "https://p.example/",
    "accessed": date(2026, 1, 2),
    "kind": "press",
    "origin": "P",
}


def story(name, **sources):
    """Return a story of sources, each given as its address or its two."""
    listed = {
        key: SOURCE | dict(zip(("url", "archived"), urls, strict=False))
        for key, urls in sources.items()
    }
    ledger = Ledger(
        sources=listed, claims=[Claim(id="a", claim="A", verdict="unproven")]
    )
    return Checked(Path(f"content/{name}/article.md"), ledger, Badge(State.NONE))


def test_the_addresses_are_those_of_sources_and_their_copies():
    """One that several stories cite is one, with all who cite it."""
    found = [
        story("boats", log=("https://a.example/", "https://archive.example/a")),
        story("ferry", book=("https://a.example/",), log=("https://b.example/",)),
        Checked(Path("content/none/article.md"), None, Badge(State.NONE)),
    ]
    assert addresses(found) == {
        "https://a.example/": ["boats/log", "ferry/book"],
        "https://archive.example/a": ["boats/log"],
        "https://b.example/": ["ferry/log"],
    }


def test_what_is_alive_is_counted_and_the_rest_is_listed():
    """Each line has the state, the address, the reason and who cites it."""
    cited = {"http://a/": ["x/a", "y/b"], "http://b/": ["x/b"], "http://c/": ["x/c"]}
    answers = [
        Answer("http://a/", "dead", "410 Gone"),
        Answer("http://b/", "moved", "to http://d/"),
        Answer("http://c/", "alive"),
    ]
    assert [*lines(answers, cited)] == [
        "dead: http://a/ (410 Gone), x/a, y/b",
        "moved: http://b/ (to http://d/), x/b",
        "1 of 3 addresses are alive.",
    ]


def test_nothing_is_asked_of_nobody():
    """A site without sources has none to look for."""
    assert check([], AGENT) == []
    assert [*lines([], {})] == ["0 of 0 addresses are alive."]


LEDGER = """\
[sources.log]
publisher = "P"
title = "T"
url = "{url}"
archived = "{archived}"
accessed = 2026-01-02
kind = "primary"
origin = "P"

[[claims]]
id = "first"
claim = "It is the first."
about = "the headline"
verdict = "corroborated"
[[claims.evidence]]
source = "log"
stance = "supports"
says = "It is."
"""


@pytest.fixture
def cite(tmp_path, content):
    """Return a function that has a site of one story cite a source and its copy."""
    copytree(ROOT / "content/extra", content / "extra", dirs_exist_ok=True)
    copy(ROOT / "pelicanconf.py", tmp_path)
    for name in ("theme", "plugins"):
        (tmp_path / name).symlink_to(ROOT / name)

    def run(url, archived):
        ledger = LEDGER.format(url=url, archived=archived)
        (content / "articles/2026/first/ledger.toml").write_text(ledger)
        return tmp_path

    return run


def sources(site):
    """Run the command; return its exit code, what it said and complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "newsroom", "sources"],
        cwd=site,
        env=os.environ | {"PYTHONPATH": "plugins"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("path", "code", "line"),
    [
        ("/200", 0, ""),
        ("/301", 0, "moved: {} (to /moved?here=1), first/log\n"),
        ("/429", 0, "unknown: {} (429 Too Many Requests), first/log\n"),
        ("/410", 1, "dead: {} (410 Gone), first/log\n"),
    ],
)
def test_the_command_fails_for_what_is_dead(host, cite, path, code, line):
    """What moved or cannot be told is reported; what is dead is to be mended."""
    site = cite(host.url(path), host.url("/204"))
    alive = 2 if path == "/200" else 1
    count = f"{alive} of 2 addresses are alive.\n"
    assert sources(site) == (code, line.format(host.url(path)) + count, "")
    assert host.agents == {"Standfirst source check (+https://standfirst.example/)"}
    assert host.times(path) == host.times("/204") == 1


def test_the_command_asks_nobody_for_a_ledger_with_mistakes(host, cite):
    """They are named instead, with their lines."""
    site = cite(host.url("/200"), "nowhere")
    code, out, err = sources(site)
    assert (code, out) == (1, "")
    assert err == (
        "content/articles/2026/first/ledger.toml:5: "
        'archived = "nowhere" is no web address\n'
    )
    assert host.asked == []


def test_a_build_asks_nobody(host, cite):
    """Only `make sources` looks: a site is built without a network."""
    site = cite(host.url("/200"), host.url("/404"))
    output = site / "output"
    build(SETTINGS, PATH=str(site / "content"), OUTPUT_PATH=str(output))
    ledger = (output / "2026/a-first-story/ledger/index.html").read_text("utf-8")
    assert host.url("/404") in ledger
    assert host.asked == []
