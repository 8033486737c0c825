"""`make bench`: what a build costs, as ratios of paired runs on the same machine."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORIES, CLAIMS, RUNS = 1_000, 20, 7
BUILD = """
import sys
from newsroom.build import build
build("pelicanconf.py", PATH=sys.argv[1], OUTPUT_PATH=sys.argv[2], CARDS=False)
"""


def corpus(folder: Path, *, ledgers: bool) -> Path:
    """Write a site of `STORIES` stories, with ledgers or without; return it."""
    shutil.copytree(ROOT / "content" / "extra", folder / "extra")
    shutil.copytree(ROOT / "tests" / "minimal" / "pages", folder / "pages")
    for number in range(STORIES):
        story = folder / "articles" / f"story-{number}"
        story.mkdir(parents=True)
        paragraphs = [
            paragraph(number, claim, marked=ledgers) for claim in range(CLAIMS)
        ]
        text = HEADER.format(number=number) + "\n\n".join(paragraphs)
        (story / "article.md").write_text(text, "utf-8")
        if ledgers:
            tables = [SOURCES, *(CLAIM.format(claim=claim) for claim in range(CLAIMS))]
            (story / "ledger.toml").write_text("\n".join(tables), "utf-8")
    return folder


def paragraph(story: int, claim: int, *, marked: bool) -> str:
    """Return some words of a story, one of them a claim."""
    words = f"council said {story + claim} houses"
    said = f"[{words}](claim:claim-{claim})" if marked else words
    return (
        f"On the day after the storm the {said} had been inspected, and *more* would "
        "be before the week was over, if the weather and the budget of the town let it."
    )


HEADER = """\
Title: The council counts its houses, part {number}
Date: 2026-01-02
Category: Local
Tags: Housing
Author: A Reporter
Summary: The council gave a number of houses, and the newspaper counted them.

"""
SOURCES = """\
[sources.council]
publisher = "The council"
title = "Minutes"
url = "https://council.example/minutes"
accessed = 2026-01-02
kind = "primary"
origin = "The council"
"""
CLAIM = """\
[[claims]]
id = "claim-{claim}"
claim = "The council said that it inspected these houses."
verdict = "corroborated"
note = "The minutes have the number, and the newspaper counted to it."

[[claims.evidence]]
source = "council"
stance = "supports"
says = "The number of houses."
"""


def seconds(content: Path, output: Path) -> float:
    """Build the site of `content` in a process of its own; return its seconds."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", BUILD, str(content), str(output)], check=True, cwd=ROOT
    )
    return time.perf_counter() - start


def main() -> None:
    """Build both sites in turn, and print the medians and their ratio.

    Each into a folder of its own, and none is removed before the end: on ext4, a
    minute's removed files slow down those that are created.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = corpus(Path(folder, "plain"), ledgers=False)
        checked = corpus(Path(folder, "checked"), ledgers=True)
        pairs = [
            (
                seconds(plain, Path(folder, str(run), "plain")),
                seconds(checked, Path(folder, str(run), "checked")),
            )
            for run in range(RUNS)
        ]
    without, with_ = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{STORIES} stories: {without:.1f} s; with {CLAIMS} claims each: {with_:.1f} s"
    )
    print(f"Ledgers cost: {with_ / without:.2f} x (may cost 1.50)")


if __name__ == "__main__":
    main()
