"""What the tests of the comments' service share: the service, and a local Akismet."""

import json
import multiprocessing
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode

from conftest import ROOT, TESTS

from intake.__main__ import main

# Starts a process in a fraction of the time that importing Pelican takes.
FORKS = multiprocessing.get_context("forkserver")
SITE = "http://news.test"
SLUG = "a-first-story"
FOLDER = "articles/2026/first"
FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "story": SLUG,
    "parent": "",
    "name": "Mia Reader",
    "email": "mia@readers.test",
    "website": "",
    "comment": "The quay is longer than that.",
    "subject": "",
}
STORY = {
    "url": f"{SITE}/2026/{SLUG}/",
    "title": "A first story",
    "folder": FOLDER,
    "closes": None,
    "comments": [],
}
SETTINGS = """
SITEURL = {site!r}
COMMENTS_URL = "http://127.0.0.1:8100/"
"""


@dataclass
class Reply:
    """What a web server answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """The last name in the address that it leads to."""
        return self.headers.get("Location", "").rstrip("/").rpartition("/")[2]


@dataclass
class Service:
    """A running service, and the folder of its site."""

    folder: Path
    port: int
    process: BaseProcess
    log: Path

    @property
    def queue(self) -> Path:
        """The file of the queue."""
        return self.folder / ".comments/queue.db"

    def post(self, origin: str = SITE, headers=None, **fields: str) -> Reply:
        """Send the form, with `fields` changed."""
        body = urlencode(FIELDS | fields).encode()
        return self.ask("POST", body=body, headers={"Origin": origin} | (headers or {}))

    def ask(self, method: str, path: str = "/", body=None, headers=None) -> Reply:
        """Send any request at all."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        typed = {"Content-Type": FORM} if body is not None else {}
        with closing(connection):
            connection.request(method, path, body, typed | (headers or {}))
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        return Reply(answer.status, dict(answer.getheaders()), text)

    def run(self, *command: str, **environment: str) -> tuple[int, str, str]:
        """Run a command of the desk; return its exit code, words and complaints."""
        return run(self.folder, *command, **environment)

    def events(self) -> list[dict]:
        """Return what the log has."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


def make_site(folder: Path, **stories: dict) -> Path:
    """Make a site of one story in `folder`, as if it had been built."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(TESTS / "minimal", folder / "content")
    settings = (ROOT / "pelicanconf.py").read_text("utf-8")
    (folder / "pelicanconf.py").write_text(
        settings + SETTINGS.format(site=SITE), "utf-8"
    )
    for name in ("theme", "plugins"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "output").mkdir()
    (folder / "output/trust.json").write_text("{}")  # as of a build before
    list_stories(folder, {SLUG: STORY} | stories)
    return folder


def list_stories(folder: Path, stories: dict[str, dict], site: str = SITE) -> None:
    """Write comments.json, as a build does: in one step."""
    text = json.dumps({"version": 1, "site": site, "stories": stories})
    new = folder / "output/comments.json.new"
    new.write_text(text)
    new.replace(folder / "output/comments.json")


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a service that listens anywhere."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COMMENTS_")
    }
    return (
        plain
        | {"PYTHONPATH": str(ROOT / "plugins"), "COMMENTS_LISTEN": "127.0.0.1:0"}
        | more
    )


def run(folder: Path, *command: str, **variables: str) -> tuple[int, str, str]:
    """Run `python -m intake` in the site's folder."""
    out, err = folder / "out.txt", folder / "err.txt"
    process = Command(folder, command, variables, out, err).begin()
    process.join(60)
    texts = [file.read_text("utf-8") for file in (out, err)]
    out.unlink()
    err.unlink()
    return process.exitcode, *texts


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Service]:
    """Run the service in the site's folder, and stop it as systemd does."""
    service = start(folder, **variables)
    try:
        yield service
    finally:
        service.process.terminate()
        service.process.join(30)


def start(folder: Path, file_size: int = 0, **variables: str) -> Service:
    """Start the service; return once it listens."""
    log = folder / "service.log"
    log.touch()
    begun = log.stat().st_size
    process = Command(folder, ("serve",), variables, log, log, file_size).begin()
    end = time.monotonic() + 30
    while time.monotonic() < end and process.is_alive():
        said = log.read_bytes()[begun:].decode()
        for line in said.splitlines(keepends=True):
            if '"listening"' in line and line.endswith("\n"):
                port = int(json.loads(line)["port"])
                return Service(folder, port, process, log)
        time.sleep(0.005)
    process.kill()
    raise AssertionError(log.read_text("utf-8"))


@dataclass
class Command:
    """A command of `python -m intake`, and where what it says goes."""

    folder: Path
    words: tuple[str, ...]
    variables: dict[str, str]
    out: Path
    err: Path
    file_size: int = 0

    def begin(self) -> BaseProcess:
        """Begin it in a process forked from one where all is imported already."""
        _prepare()
        process = FORKS.Process(target=self.be)
        process.start()
        return process

    def be(self) -> NoReturn:
        """Be this command in the place of the process."""
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(environment(**self.variables))
        for number, file in ((1, self.out), (2, self.err)):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        if self.file_size:
            size = self.file_size, self.file_size
            resource.setrlimit(resource.RLIMIT_FSIZE, size)
        sys.argv = ["intake", *self.words]
        sys.exit(main())


@cache
def _prepare() -> None:
    """Start the process that others are forked from; it finds modules by its path."""
    FORKS.set_forkserver_preload(["intake_tools", "intake.app", "intake.server"])
    path = f"{ROOT / 'plugins'}:{TESTS}"
    with patch.dict(os.environ, {"PYTHONPATH": path}):
        forkserver.ensure_running()


@dataclass
class LocalAkismet:
    """A server that speaks Akismet's protocol.

    `mode` is how it answers, `calls` what it was asked: (operation, fields).
    """

    address: str = ""
    mode: str = "ham"
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    released: Event = field(default_factory=Event)

    def asked(self, operation: str) -> list[dict[str, str]]:
        """Return the fields of each call of an operation."""
        return [fields for name, fields in self.calls if name == operation]

    def answer(self, operation: str) -> tuple[int, str, dict[str, str]]:
        """Return status, text and headers, as Akismet's documentation has them."""
        if self.mode == "garbage":
            return 200, "<html>It works!</html>", {}
        if self.mode == "broken":
            return 500, "", {}
        if self.mode == "wrong-key":
            return 200, "invalid", {"X-akismet-debug-help": "We were unable to parse"}
        if self.mode == "slow":
            self.released.wait(5)
        if operation == "verify-key":
            return 200, "valid", {}
        if operation.startswith("submit-"):
            return 200, "Thanks for making the web a better place.", {}
        tip = {"X-akismet-pro-tip": "discard"} if self.mode == "discard" else {}
        return 200, "true" if self.mode in {"spam", "discard"} else "false", tip


@contextmanager
def local_akismet() -> Iterator[LocalAkismet]:
    """Run a local Akismet on any port."""
    akismet = LocalAkismet()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            fields = {
                name: values[0]
                for name, values in parse_qs(body, keep_blank_values=True).items()
            }
            operation = self.path.removeprefix("/1.1/")
            akismet.calls.append((operation, fields))
            status, text, headers = akismet.answer(operation)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except ConnectionError:  # the client has not waited
                self.close_connection = True

        def log_message(self, *_):
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        akismet.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield akismet
        finally:
            akismet.released.set()
            server.shutdown()
            thread.join()
