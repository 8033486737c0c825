"""`make bench`: how long a writer waits for a saved edit in a browser, beside Hugo.

Each runs its own server over the same stories, and has the browser reload the page.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import hosts
from builders import ROOT, Builder, Hugo, NotFetchedError, Standfirst
from corpus import stories, story
from playwright.sync_api import Page
from tools import chromium, served

EDITS = 7
SETTLED = 3  # seconds; what was saved just before is looked at twice
LONGEST = 300_000  # milliseconds


def waits(page: Page, save: Callable[[str], object]) -> list[float]:
    """Save edits, and return the seconds until each is on the page."""
    found = []
    for number in range(EDITS):
        words = f"Saved as edit number {number}."
        begun = time.perf_counter()
        save(words)
        page.get_by_text(words).wait_for(timeout=LONGEST)
        found.append(time.perf_counter() - begun)
        time.sleep(SETTLED)  # for the lists, which may follow
    return found


@contextmanager
def hugo(builder: Hugo) -> Iterator[str]:
    """Run Hugo's server; yield the address once all is built."""
    port = hosts.free_port()
    program, *_ = builder.command()
    with subprocess.Popen(
        [program, "server", "--port", str(port)],
        cwd=builder.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            if not any("Web Server is available" in line for line in process.stdout):
                raise RuntimeError("Hugo does not serve")
            yield f"http://localhost:{port}/"
        finally:
            process.terminate()
            process.communicate()


def of_this_site(folder: Path) -> list[float]:
    """Return the waits for edits of the story that comes with the checkout."""
    for name in ("content", "plugins", "theme"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pelicanconf.py", folder)
    article = next((folder / "content/articles").rglob("article.md"))
    text = article.read_text("utf-8")
    (slug,) = re.findall(r"^Slug: (\S+)", text, re.MULTILINE)
    with served(folder) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}2016/{slug}/")
        return waits(page, lambda words: article.write_text(f"{text}\n\n{words}\n"))


def of_stories(builder: Builder, count: int, address: str) -> list[float]:
    """Return the waits for edits of the newest of so many stories."""
    newest = story(count - 1)
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}{newest.date.year}/{newest.slug}/", timeout=LONGEST)
        return waits(
            page,
            lambda words: builder.write(
                replace(newest, body=f"{newest.body}\n\n{words}")
            ),
        )


def said(found: list[float]) -> str:
    """Say the median of some waits, and their range."""
    return (
        f"{statistics.median(found):.2f} s "
        f"({len(found)} edits, {min(found):.2f} to {max(found):.2f} s)"
    )


def main() -> None:
    """Measure this site, then made-up stories in both, and print medians and ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=1000)
    count = parser.parse_args().stories
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "own").mkdir()
        print(f"Standfirst, this site: {said(of_this_site(folder / 'own'))}")
        ours = Standfirst(folder / "ours", folder)
        theirs = Hugo(folder / "theirs", folder)
        for one in stories(count):
            ours.write(one)
            theirs.write(one)
        time.sleep(SETTLED)
        with served(ours.folder) as address:
            us = of_stories(ours, count, address)
        print(f"Standfirst, {count:,} stories: {said(us)}", flush=True)
        try:
            Hugo.fetch(folder)
        except NotFetchedError as missing:
            print(f"Hugo was NOT measured: {missing}")
            return
        with hugo(theirs) as address:
            them = of_stories(theirs, count, address)
        ratio = statistics.median(us) / statistics.median(them)
        print(f"Hugo, {count:,} stories: {said(them)}: Standfirst takes {ratio:.2f} x")


if __name__ == "__main__":
    main()
