"""What tests borrow from the machine: a browser, a validator, a static web host."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
NODE_MODULES = Path(__file__).parent / "node_modules"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A page of each kind: where a site of any content has one, as a glob below its output.
KINDS = {
    "home": "index.html",
    "story": "[12]???/*/index.html",
    "cite": "[12]???/*/cite/index.html",
    "page": "about/index.html",
    "category": "category/*/index.html",
    "tag": "tag/*/index.html",
    "author": "author/*/index.html",
    "year": "[12]???/index.html",
    "archive": "archive/index.html",
    "a-z": "a-z/index.html",
    "sections": "category/index.html",
    "topics": "tag/index.html",
    "bylines": "author/index.html",
    "404": "404.html",
}
# What only the owner's site has: a story with its evidence.
OWNERS_KINDS = KINDS | {
    "ledger": "[12]???/*/ledger/index.html",
    "timeline": "[12]???/*/timeline/index.html",
    "map": "[12]???/*/map/index.html",
    "claims": "claims/index.html",
    "corrections": "corrections/index.html",
    "method": "how-we-check/index.html",
}
# What only the fixture site has, and what it has in a form that is hard to set.
FIXTURE_KINDS = KINDS | {
    "story": "2025/ferry-inquiry/index.html",
    "cite": "2025/ferry-inquiry/cite/index.html",
    "opinion": "2024/in-praise-*/index.html",
    "fact-check": "2025/no-the-lighthouse-*/index.html",
    "timeline": "2025/lantern-bay-lights-*/timeline/index.html",
    "map": "2025/lantern-bay-lights-*/map/index.html",
    "picture": "2025/lantern-bay-lights-*/index.html",
    "all-markup": "2024/kelp/index.html",
    "long-headline": "2025/after-eleven-*/index.html",
    "arabic": "2025/myn-*/index.html",
    "page": "how-we-check/index.html",
    "category": "category/harbour/index.html",
    "comments": "2024/kelp/comments/index.html",
    "comments-closed": "2024/three-clocks-*/index.html",
    "comment-answer": "comments/wait/index.html",
    "category-2": "category/harbour/page/2/index.html",
    "archive-2": "archive/page/2/index.html",
    "search": "search/index.html",
}
# What only `make serve` shows: every component in every state, on one page.
GUIDE_KINDS = {"style-guide": "index.html"}
KINDS_OF = {
    "owners_site": OWNERS_KINDS,
    "fixture_site": FIXTURE_KINDS,
    "guide_site": GUIDE_KINDS,
}
EVERY_KIND = [(site, kind) for site, kinds in KINDS_OF.items() for kind in kinds]


def built(output: Path, site: str, kind: str) -> Path:
    """Return the page of `kind` in `output`, that of the fixture `site`."""
    return min(output.glob(KINDS_OF[site][kind]))


def leads_on(page: Path) -> bool:
    """Whether a page is what stands at an old address, which nothing leads to."""
    return b'http-equiv="refresh"' in page.read_bytes()


def start(site, *command, **environment):
    """Start a command in the site's folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "newsroom", *command],
        cwd=site,
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def printed_in_any_order(code: str) -> set[bytes]:
    """Return what `code` prints where sets have another order each time."""
    path = os.pathsep.join(map(str, (ROOT / "plugins", ROOT / "tests")))
    return {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "123"
    }


def run(site, *command, **environment):
    """Run a command; return its exit code, what it said, and what it complained of."""
    with start(site, *command, **environment) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test, or the module, for want of `what`; where CI is "true", fail."""
    message = f"{what} is missing, so this was NOT tested. To get it: {remedy}"
    if in_ci():
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)


def in_ci() -> bool:
    """Whether this machine is to have all that a test needs."""
    return os.environ.get("CI") == "true"


def chromium_path() -> str:
    """Return the machine's Chromium, or else Playwright's own."""
    for found in filter(None, map(shutil.which, CHROMIUMS)):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    missing(
        "Chromium",
        "sudo apt install chromium, or .venv/bin/python -m playwright install chromium",
    )


@contextmanager
def served(site: Path, **environment: str) -> Iterator[str]:
    """Run `make serve`'s command; yield its address, and see that it stays up."""
    with subprocess.Popen(
        [sys.executable, "-m", "newsroom", "serve", "--port", "0"],
        cwd=site,
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            address = re.search(r"http://\S+/", process.stdout.readline())
            assert address
            yield address[0]
            assert process.poll() is None
        finally:
            process.terminate()
            process.communicate(timeout=10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium that nobody sees."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def java() -> str:
    """Return the Java runtime that vnu needs."""
    return shutil.which("java") or missing("Java", "sudo apt install default-jre")


def vnu_jar() -> Path:
    """Return the Nu Html Checker."""
    return npm_file("vnu-jar/build/dist/vnu.jar")


def axe_source() -> str:
    """Return axe-core's script, to be run in a page."""
    return npm_file("axe-core/axe.min.js").read_text("utf-8")


def npm_file(path: str) -> Path:
    """Return a file of the npm packages in tests/package.json."""
    found = NODE_MODULES / path
    return found if found.exists() else missing(f"npm's {path}", "make test, with npm")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def static_host(folder: Path) -> Iterator[str]:
    """Serve `folder` as the plainest of static hosts does; yield its address."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
