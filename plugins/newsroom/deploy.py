"""`make deploy`: brings a published site to a host, in an order that breaks no page.

All that a host needs is that rclone knows it: https://rclone.org/overview/
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from newsroom import headers, published, release, twins
from newsroom.media_types import media_type

# The order in which files are brought; those that are gone are deleted in the other.
ASSETS, PAGES, FEEDS = range(3)
NAMES = ("assets", "pages", "feeds and sitemaps")
# Neither a reader nor a server has a use for these.
OURS = (release.CARRIED, published.NAME)
# What a server of one's own reads, and an object store does not.
SERVERS = (".htaccess", ".nginx.conf", ".Caddyfile")
LAST_WORDS = 5  # lines of rclone's that say why it failed
SHOWN = 100  # names of a kind
UPLOAD = "--header-upload"
# The remote's times say nothing: https://rclone.org/overview/#modtime
TIMELESS = 3_153_600_000_000_000_000  # nanoseconds
# The share of what is there that may go without being asked for.
MOST_DELETED = 1 / 10
FEW = 100  # files that may go in any case: a story has a dozen or two


class DeployError(Exception):
    """Nothing, or not all, was brought to the host; the sentence says why."""


@dataclass(frozen=True)
class Host:
    """A place that rclone knows, and what it can tell of its files."""

    destination: str
    store: bool
    compare: tuple[str, ...]

    @classmethod
    def of(cls, destination: str) -> "Host":
        """Ask what kind of host this is."""
        told = json.loads(_rclone("backend", "features", destination))
        features = told["Features"]
        if told["Hashes"] and not features["SlowHash"]:
            compare: tuple[str, ...] = ("--checksum",)
        elif told["Precision"] < TIMELESS:
            compare = ()  # by size and time; by hash where times differ
        else:
            compare = ("--ignore-times",)  # it cannot tell: all is brought again
        return cls(destination, bool(features["BucketBased"]), compare)


@dataclass(frozen=True)
class Plan:
    """The files by what the host has of them: nothing, another, the same, only it."""

    new: list[str]
    changed: list[str]
    same: list[str]
    gone: list[str]

    @property
    def deletes_much(self) -> bool:
        """Whether this may be the wrong place, or the site has lost much of itself.

        A place that has files and none of this site's is somebody's.
        """
        ours = len(self.changed) + len(self.same)
        gone = len(self.gone)
        return bool(gone) and (
            not ours or (gone > FEW and gone > (ours + gone) * MOST_DELETED)
        )


def deploy(
    output: Path, destination: str, *, go: bool, may_delete: bool
) -> Iterator[str]:
    """Show what would change at a host and, with `go`, change it; yield what to say.

    Raises DeployError where nothing, or not all, was done.
    """
    host = Host.of(destination)
    wanted = plan(output, host)
    yield from lines(wanted, host)
    needs_more = wanted.deletes_much and not may_delete
    count = f"{len(wanted.gone)} file{'s' * (len(wanted.gone) != 1)} would be deleted"
    if not go:
        more = f", and DELETE=yes if it is meant that {count}" if needs_more else ""
        yield f"Nothing was changed yet; add GO=yes to do it{more}."
        return
    if needs_more:
        raise DeployError(
            f"Nothing was done: {count}. If that is meant, add DELETE=yes."
        )
    yield from carry_out(output, host, wanted)
    yield "Done."


def plan(output: Path, host: Host) -> Plan:
    """Compare the site with what the host has, and change nothing."""
    with _listed(map(_literal, _kept_back(output, host))) as excluded:
        told = _rclone(
            "sync",
            output,
            host.destination,
            "--dry-run",
            *("--combined", "-"),
            *("--exclude-from", excluded),
            *host.compare,
        )
    found: dict[str, list[str]] = {mark: [] for mark in "+*=-"}
    for line in told.splitlines():
        found[line[0]].append(line[2:])
    return Plan(*(sorted(found[mark]) for mark in "+*=-"))


def lines(wanted: Plan, host: Host) -> Iterator[str]:
    """Say what differs, and how many files do."""
    for what, names in (
        ("new", wanted.new),
        ("changed", wanted.changed),
        ("deleted", wanted.gone),
    ):
        yield from (f"{what:8} {name}" for name in names[:SHOWN])
        if len(names) > SHOWN:
            yield f"{what:8} and {len(names) - SHOWN:,} more"
    if "--ignore-times" in host.compare:
        yield "This host tells neither times nor hashes: every file is brought again."
    yield (
        f"{host.destination}: {len(wanted.new)} new, {len(wanted.changed)} changed, "
        f"{len(wanted.gone)} deleted, {len(wanted.same)} as they are."
    )


def carry_out(output: Path, host: Host, wanted: Plan) -> Iterator[str]:
    """Bring new assets first, then pages, then feeds; delete what is gone afterwards.

    A page is brought only when all that it shows is there, one that is new before
    those that lead to it. So it may be stopped at any moment, and begun again. Yields
    a line before each step.
    """
    for turn in (ASSETS, PAGES, FEEDS):
        for kind, names in (("new", wanted.new), ("changed", wanted.changed)):
            if batch := [name for name in names if _turn(name) == turn]:
                yield f"{kind:8} {NAMES[turn]}: {len(batch):,} ..."
                _bring(output, host, batch)
    for turn in (FEEDS, PAGES, ASSETS):
        if batch := [name for name in wanted.gone if _turn(name) == turn]:
            yield f"deleting {NAMES[turn]}: {len(batch):,} ..."
            with _listed(batch) as listed:
                _rclone("delete", host.destination, "--files-from-raw", listed)
    if wanted.gone and not host.store:
        _rclone("rmdirs", host.destination, "--leave-root")


def _bring(output: Path, host: Host, batch: list[str]) -> None:
    for options, names in _alike(batch, host):
        with _listed(names) as listed:
            _rclone(
                "copy",
                output,
                host.destination,
                *("--files-from-raw", listed),
                *("--ignore-times", "--no-traverse"),
                *options,
            )


def _turn(name: str) -> int:
    """Say when a file is brought; its twins are with it."""
    for suffix in twins.FORMS:
        name = name.removesuffix(suffix)
    if name.endswith((".xml", "feed.json")):
        return FEEDS
    return PAGES if name.endswith(".html") else ASSETS


def _kept_back(output: Path, host: Host) -> Iterable[str]:
    """Yield the files that are not for this host, and neither brought nor deleted.

    What this release has from the one before is there since that was brought.
    """
    yield from OURS
    names = set(release.files(output))
    yield from names - set(release.own_files(output)) - set(OURS)
    if host.store:
        yield from SERVERS
        for name in names:
            if any(
                name.endswith(suffix) and name.removesuffix(suffix) in names
                for suffix in twins.FORMS
            ):
                yield name


def _alike(
    names: Iterable[str], host: Host
) -> Iterable[tuple[tuple[str, ...], list[str]]]:
    """Group files by the headers that a store is to keep for them."""
    if not host.store:
        return [((), list(names))]
    groups = defaultdict(list)
    for name in names:
        lasting = re.search(headers.FINGERPRINTED, name)
        cache = headers.LONG if lasting else headers.SHORT
        groups[media_type(PurePosixPath(name).suffix), cache].append(name)
    return [
        (
            (UPLOAD, f"Content-Type: {kind}", UPLOAD, f"Cache-Control: {cache}"),
            alike,
        )
        for (kind, cache), alike in sorted(groups.items())
    ]


def _literal(name: str) -> str:
    """Write a name so that rclone takes no sign in it for a pattern."""
    return "/" + re.sub(r"([\\*?\[\]{}])", r"\\\1", name)


@contextmanager
def _listed(names: Iterable[str]) -> Iterator[str]:
    """Yield the path of a file with a line for each name."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in names)
        file.flush()
        yield file.name


def _rclone(*words: str | Path) -> str:
    """Run rclone, and return what it prints; raise DeployError with what it says."""
    program = Path(sys.executable).with_name("rclone")
    if not program.exists():
        raise DeployError("rclone is not installed; begin with make deploy")
    run = subprocess.run(  # noqa: S603 - the owner's own words
        [program, *words, "--transfers", "16"],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = run.stderr.splitlines()[-LAST_WORDS:] or [f"code {run.returncode}"]
        raise DeployError("rclone could not: {}".format("\n".join(said)))
    return run.stdout
