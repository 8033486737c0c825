"""`make bench`: how long a publish takes, with the compressed twins of all texts.

Beside it, Hugo and a script that compresses what Hugo wrote, which is all of it each
time: few generators do so themselves.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from pathlib import Path

import builds
from builders import ROOT, Builder, Hugo, NotFetchedError, Standfirst
from corpus import USUAL

from newsroom.twins import FORMS, SMALLEST, TEXTS

KEPT = (".cache", "output")
CASES = ("first publish", "one body edited", "one body edited, in a pipeline")


class Published(Standfirst):
    """The site of this checkout, as `make publish` builds it, but without cards."""

    twins = "yes"

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder, tools)
        for part in ("pyproject.toml", "publishconf.py", "requirements.txt"):
            shutil.copy(ROOT / part, folder)

    def command(self) -> list[str]:
        """Publish to an address."""
        settings = ("SITEURL=https://news.example.org", f"TWINS={self.twins}")
        return ["env", *settings, sys.executable, "-m", "newsroom", "publish"]


class Plain(Published):
    """The same, for a host that compresses by itself."""

    twins = "no"


class Compressed(Hugo):
    """Hugo, and after it a script that makes the same twins."""

    def command(self) -> list[str]:
        """Build, then compress."""
        path = f"PYTHONPATH={ROOT / 'plugins'}"
        script = f'"$@" && {path} exec {sys.executable} {__file__} --compress output'
        return ["sh", "-c", script, "sh", *super().command()]


def compress(output: Path) -> None:
    """Put the same twins beside all texts, by as many threads as there are cores."""

    def make(text: Path) -> None:
        for suffix, form in FORMS.items():
            Path(f"{text}{suffix}").write_bytes(form.compressed(text.read_bytes()))

    texts = [path for path in output.rglob("*") if path.suffix in TEXTS]
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(make, (p for p in texts if p.stat().st_size >= SMALLEST)):
            pass


def measured(builder: Builder, many: int) -> Iterator[float]:
    """Yield the seconds of each case, for a site of so many stories.

    Nothing is removed: on ext4, a minute's removed files slow down those that are made.
    """
    builds.fill([builder], many, USUAL)
    chosen = builds.choose(many, USUAL)
    yield builds.measured("cold", builder, chosen, many).wall
    time.sleep(builds.SETTLED)
    yield builds.measured("body edited", builder, chosen, many).wall
    restore(builder)
    again = replace(chosen.body, body=f"{chosen.body.body}\n\nOnce more.")
    chosen = replace(chosen, body=again)
    time.sleep(builds.SETTLED)
    yield builds.measured("body edited", builder, chosen, many).wall


def restore(builder: Builder) -> None:
    """Do as a pipeline does: what it kept of the last run comes from an archive."""
    tar = ["tar", "--posix", "-C", str(builder.folder), "-f", f"{builder.folder}.tar"]
    subprocess.run([*tar, "-c", *KEPT], check=True)
    before = Path(f"{builder.folder}.before")
    before.mkdir()
    for path in (
        *builder.folder.glob(".output.*"),
        *map(builder.folder.joinpath, KEPT),
    ):
        path.rename(before / path.name)
    subprocess.run([*tar, "-x"], check=True)


def main() -> None:
    """Publish made-up stories, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compress", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.compress:
        compress(arguments.compress)
        return
    took: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        kinds: list[type[Builder]] = [Published, Plain, Compressed]
        try:
            Hugo.fetch(Path(name))
        except NotFetchedError as missing:
            print(f"Hugo was NOT measured: {missing}")
            kinds.remove(Compressed)
        for run, kind in product(range(arguments.runs), kinds):
            builder = kind(Path(name, f"{kind.__name__}-{run}"), Path(name))
            took.setdefault(kind.__name__, []).append(
                [*measured(builder, arguments.stories)]
            )
    medians = {
        kind: [*map(statistics.median, zip(*runs, strict=True))]
        for kind, runs in took.items()
    }
    for case, what in enumerate(CASES):
        with_, without, *others = (found[case] for found in medians.values())
        line = f"{what}: {with_:.1f} s, without twins {without:.1f} s"
        for other in others:
            line += f"; Hugo and a script {other:.1f} s: {with_ / other:.2f} x"
        print(line)


if __name__ == "__main__":
    main()
