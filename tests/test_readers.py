"""Readers who read while the site is published again and again: nobody notices.

A real nginx, and the server of `make serve`, have the output open across the swaps.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from conftest import ROOT, SETTINGS
from hosts import nginx

from newsroom.serve import make_server

PAGES = ("/", "/about/", "/2026/a-first-story/", "/category/world/", "/archive/")
READERS = 3
LINGER = 0.15  # seconds from a page to its picture, as over a slow line
PACE = 0.005  # seconds between two answers, so that a publisher has the processor too
# Publishes a site so often, each release with its number on every page, and with a
# picture of its own that carries a hash.
PUBLISHER = """\
import sys
from pathlib import Path
from newsroom.build import build

settings, content, output, preview, builds = sys.argv[1:]
extra, page = Path(content, "extra"), Path(content, "pages/about.md")
about = page.read_text("utf-8")
for number in range(1, int(builds) + 1):
    for old in extra.glob("quay.*.svg"):
        old.unlink()
    name = f"quay.{number:016x}.svg"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    Path(extra, name).write_text(f"{svg}<title>{number}</title></svg>", "utf-8")
    text = f'![The quay]({{static}}/extra/{name}){{credit="A. Name"}}'
    page.write_text(f"{about}\\n{text}\\n", "utf-8")
    build(
        settings, PATH=content, OUTPUT_PATH=output, PREVIEW=preview == "yes",
        SITESUBTITLE=f"Release {number}.",
    )
    print(number, flush=True)
"""


class Reader:
    """Reads pages over one connection, as long as told, and counts what it got."""

    def __init__(self, address: str, *, pictures: bool) -> None:
        parts = urlsplit(address)
        self.line = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.pictures = pictures
        self.found: Counter[str] = Counter()
        self.versions: dict[tuple[str, str], bytes] = {}

    def read(self, end: Event) -> Counter[str]:
        """Read all pages over and over."""
        while not end.is_set():
            for page in PAGES:
                time.sleep(PACE)
                number = self.page(page)
                if number and page == "/about/" and self.pictures:
                    self.picture(number)
        self.line.close()
        return self.found

    def page(self, path: str) -> int:
        """Read a page; return the number of its release, 0 where it has not one."""
        status, tag, body = self.get(path)
        numbers = {int(number) for number in re.findall(rb"Release (\d+)\.", body)}
        whole = len(numbers) == 1 and body.rstrip().endswith(b"</html>")
        if self.pictures and path == "/about/":
            pictures = re.findall(rb"quay\.([0-9a-f]{16})\.svg", body)
            whole = whole and {int(number, 16) for number in pictures} == numbers
        self.found["pages"] += 1
        self.found["not 200"] += status != 200
        self.found["cut or mixed"] += not whole
        if tag:
            # What a browser keeps under a tag is what it shows when told of no change.
            self.found["stale"] += self.versions.setdefault((path, tag), body) != body
        return numbers.pop() if whole else 0

    def picture(self, number: int) -> None:
        """Read the picture of a page that was read a while ago."""
        time.sleep(LINGER)
        status, _, body = self.get(f"/quay.{number:016x}.svg")
        self.found["pictures"] += 1
        if status == 200 and f"<title>{number}<" in body.decode():
            return
        # Two releases later, a picture may be gone.
        late = self.page("/about/") > number + 1
        self.found["pictures asked for too late" if late else "pictures missing"] += 1

    def get(self, path: str) -> tuple[int, str | None, bytes]:
        """Return the status, the ETag and the body of an answer."""
        self.line.request("GET", path)
        answer = self.line.getresponse()
        return answer.status, answer.headers["ETag"], answer.read()


@contextmanager
def publishing(content: Path, output: Path, builds: int, *, preview: bool = False):
    """Publish a site so often in a process of its own; the first time is over."""
    settings = [SETTINGS, str(content), str(output), "yes" if preview else "no"]
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, *settings, str(builds)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "1\n"
        yield process
        assert process.wait() == 0


def hammered(address: str, publisher, *, pictures: bool) -> Counter[str]:
    """Read until the publisher is done; return what all readers together found."""
    end = Event()
    with ThreadPoolExecutor(READERS) as pool:
        readers = [
            pool.submit(Reader(address, pictures=pictures).read, end)
            for _ in range(READERS)
        ]
        try:
            swaps = len(publisher.stdout.read().splitlines())
        finally:
            end.set()
        found = sum((reader.result() for reader in readers), Counter())
    print(f"{swaps} swaps: {dict(found)}")
    return +found


MANY = pytest.param(301, marks=pytest.mark.long)


@pytest.mark.parametrize("builds", [21, MANY])
def test_readers_through_nginx_notice_nothing(content, tmp_path, builds):
    """No page is missing, cut, mixed or stale, and none without its picture."""
    output = tmp_path / "output"
    with (
        publishing(content, output, builds) as publisher,
        nginx(output, tls=False, live=True) as address,
    ):
        one = Reader(address, pictures=False)
        before = one.get("/favicon.svg")
        one.line.close()
        found = hammered(address, publisher, pictures=True)
        assert one.get("/favicon.svg") == before
        one.line.close()
    assert found["pictures"] >= builds
    assert found.keys() <= {"pages", "pictures", "pictures asked for too late"}


@pytest.mark.parametrize("builds", [11, MANY])
def test_readers_of_the_preview_notice_nothing(content, tmp_path, builds):
    """The server of `make serve` has every page while another preview is put there."""
    output = tmp_path / ".preview"
    with (
        publishing(content, output, builds, preview=True) as publisher,
        make_server(output, "127.0.0.1", 0) as server,
    ):
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            found = hammered(address, publisher, pictures=False)
        finally:
            server.shutdown()
            thread.join()
    assert found["pages"] > builds
    assert found.keys() == {"pages"}
