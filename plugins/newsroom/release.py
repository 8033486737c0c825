"""Releases of the site: staged beside the output, put in its place at once, kept.

Beside `output` lie `.output.previous`, the release before, `.output.staging`, where the
next is built (staging.py), and `.output.lock`. Releases share the files that both have
(hard links): so a file of a release is replaced, and never written to.
"""

import fcntl
import filecmp
import os
import re
import stat
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from newsroom import swap, tree, workers
from newsroom.staging import (
    FILE_MODE,
    WORTH,
    Staging,
    Sweep,
    begin_as,
    flush,
    is_open,
    open_folders,
    set_mode,
)
from newsroom.state import Left, Stamp, stamp, stamp_of

# Names that carry a hash of the content: of 12 hexadecimal digits or more after a dot,
# as `quay.0f3a9c1b7d2e.webp`; and those that Pagefind gives to the parts of its index.
FINGERPRINTED = re.compile(r"\.[0-9a-f]{12,64}\.\w+$|_[0-9a-f]{7,64}\.pf_\w+$")
# A release's list of the files that it has from the one before it.
CARRIED = ".carried"
SECOND = 10**9  # ns


@dataclass(frozen=True)
class Places:
    """Where the releases of one output lie."""

    output: Path

    @classmethod
    def of(cls, output: Path | str) -> "Places":
        """Behind a symbolic link, the folder that it leads to is the one to replace."""
        return cls(Path(output).resolve())

    @property
    def staging(self) -> Path:
        """The release that is being built, of an old one that is used up."""
        return self._beside("staging")

    @property
    def previous(self) -> Path:
        """The release before the one in `output`."""
        return self._beside("previous")

    @property
    def lock(self) -> Path:
        """Held by whoever builds; it names the folder that a swap takes out of use."""
        return self._beside("lock")

    @property
    def beginnings(self) -> tuple[str, str]:
        """What the paths of all files of releases begin with, and that of the lock."""
        return f"{self.output}/", f"{self._beside('')}"

    def at(self, name: str) -> Path:
        """Return where a file of the new release is: in the output until staged."""
        staged = self.staging / name
        return staged if staged.exists() else self.output / name

    def _beside(self, what: str) -> Path:
        return self.output.with_name(f".{self.output.name.lstrip('.')}.{what}")


@dataclass(frozen=True)
class Lock:
    """The lock of an output, held since before anything was written."""

    places: Places
    file: TextIO


@contextmanager
def locked(places: Places) -> Iterator[Lock]:
    """Hold the lock, so that no other build changes anything; wait for one that does.

    What a build that was stopped left half-way is ended.
    """
    with _held(places) as lock:
        _finish(lock)
        yield lock


@contextmanager
def staged(
    lock: Lock,
    known: Mapping[str, Stamp] = MappingProxyType({}),
    left: Left | None = None,
) -> Iterator[Staging]:
    """Have a staging folder that comes to have what `known` knows.

    That has the stamps of files by their names. What is staged otherwise is taken away,
    and what is not staged is linked from the output, if it stands there so.

    What is there is looked for, unless no build has staged anything since one of this
    process noted what it `left`. What a build that failed left is cleared.
    """
    places, file = lock.places, lock.file.fileno()
    untouched = left and left.lock == os.fstat(file).st_mtime_ns
    os.utime(file)
    places.staging.mkdir(exist_ok=True)
    found = None
    try:
        there = left.stamps if left and untouched else None
        found = Staging(places.staging, places.output, known, there)
        yield found
    except BaseException:
        if found:
            found.stop()
        _finish(lock)
        if places.staging.exists() and not Sweep(places.staging, known).names:
            places.staging.rmdir()
        raise
    found.stop()
    _finish(lock)


def put_in_place(
    lock: Lock,
    *,
    keep: bool,
    new: Iterable[str] | None = None,
    standing: dict[str, Stamp] | None = None,
    meanwhile: Callable[[dict[str, Stamp]], None] = lambda _stamps: None,
) -> Left | None:
    """Let the staged release be the output; call it inside `staged`.

    Return what lies in the staging folder then, if it is known.

    While the disk writes it, `meanwhile` is called with the stamps of its new files.

    `keep` says whether this is published: then the output before it is kept for
    `roll_back`, and the files that both have keep their times, so that no reader
    fetches them again. `new` are the names of the files that are other than there, and
    `standing` those of the files there, with their stamps; None has them looked for.
    """
    places = lock.places
    names = files(places.staging) if new is None else [*new]
    if keep:
        stamps = settle(places.staging, places.output, names)
        if places.output.exists():
            carry(places.staging, places.output, standing)
            places.lock.write_text(_identity(places.output), "utf-8")
        with ThreadPoolExecutor(1) as other:
            flushed = other.submit(flush, lock.file.fileno())
            meanwhile(stamps)
            flushed.result()
    else:
        meanwhile({name: stamp(f"{places.staging}/{name}") for name in names})
    _exchange(places.output, places.staging)
    if keep or standing is None:  # what is kept goes on to its own place
        return None
    return Left(places.lock.stat().st_mtime_ns, standing)


def roll_back(places: Places) -> bool:
    """Exchange the output with the release before it; False where there is none."""
    with locked(places):
        if not places.previous.exists():
            return False
        _exchange(places.output, places.previous)
        return True


def settle(staging: Path, standing: Path, names: Sequence[str]) -> dict[str, Stamp]:
    """Make links of the files that are the same in both, and set everybody's modes.

    A file that changed is younger by a second at least: a web server tells by it.
    `names` are the files to be looked at; returned are their stamps.
    """
    new, old = f"{staging}/", f"{standing}/" if standing.exists() else None

    def settled(names: Sequence[str]) -> dict[str, Stamp]:
        open_folders(staging, names)
        return {name: _settled(new + name, old and old + name) for name in names}

    shares = workers.shared(settled, names, WORTH)
    return {name: found for share in shares for name, found in share.items()}


def carry(staging: Path, standing: Path, names: Iterable[str] | None = None) -> None:
    """Link the fingerprinted files of the standing release into the staged one.

    A reader whose page is of the release before finds them still, for one release.
    Those of a folder that is gone, as a withdrawn story's, go with it. `names` are
    those of the files that stand; None has them looked for.
    """
    before = _carried(standing)
    carried = []
    for name in files(standing) if names is None else names:
        if not FINGERPRINTED.search(name):
            continue
        new = staging / name
        old = standing / name  # which somebody may have taken away
        if (
            name not in before
            and new.parent.is_dir()
            and not new.exists()
            and old.is_file()
        ):
            link(old, new)
            carried.append(name)
    if carried:
        (staging / CARRIED).write_text("".join(f"{name}\n" for name in carried))


def files(folder: Path, past: Iterable[str] = ()) -> list[str]:
    """Return the path of every file below `folder`, with slashes, in order.

    Folders are passed over whose own path is in `past`.
    """
    root = f"{folder}/"
    found = _walk(str(folder), {root + path for path in past})
    return sorted(entry.path.removeprefix(root) for entry in found)


def stamps(folder: Path) -> dict[str, Stamp]:
    """Return the stamp of every file below `folder` by its path."""
    root = f"{folder}/"

    def look(
        folders: Iterable[str], past: Container[str]
    ) -> Iterator[tuple[str, Stamp]]:
        for each in folders:
            for entry in _walk(each, past):
                yield (
                    entry.path.removeprefix(root),
                    stamp_of(entry.stat(follow_symlinks=False)),
                )

    return dict(tree.gathered(str(folder), look))


def _walk(folder: str, past: Container[str]) -> Iterator["os.DirEntry[str]"]:
    """Yield the files below a folder, but for those of folders that are past."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry
            elif entry.path not in past:
                yield from _walk(entry.path, past)


def own_files(folder: Path) -> list[str]:
    """Return the files of a release without those that it has from another."""
    carried = _carried(folder) | {CARRIED}
    return [name for name in files(folder) if name not in carried]


def _carried(folder: Path) -> set[str]:
    listed = folder / CARRIED
    return set(listed.read_text("utf-8").splitlines()) if listed.exists() else set()


def _settled(new: str, old: str | None) -> Stamp:
    """Settle a file, and return its stamp then; where it goes `old` may stand."""
    now = os.lstat(new)
    set_mode(new, now, FILE_MODE)
    if old is None:
        return stamp_of(now)
    try:
        was = os.lstat(old)
    except OSError:
        return stamp_of(now)
    if not stat.S_ISREG(was.st_mode) or was.st_ino == now.st_ino:
        return stamp_of(now)
    if not filecmp.cmp(new, old, shallow=False):
        if int(now.st_mtime) <= int(was.st_mtime):
            # Whatever else took its place, or will, has another fraction of a second.
            time = (int(was.st_mtime) + 1) * SECOND + now.st_mtime_ns % SECOND
            os.utime(new, ns=(now.st_atime_ns, time))
    elif is_open(was):
        link(Path(old), Path(new))
    else:
        os.utime(new, ns=(was.st_atime_ns, was.st_mtime_ns))
    return stamp(new)


def link(old: Path, new: Path) -> None:
    """Let `new` be the file `old`, or where disks have no such links a copy of it."""
    beside = new.with_name(f".{new.name}.link")
    beside.unlink(missing_ok=True)
    begin_as(str(old), str(beside))
    beside.replace(new)


@contextmanager
def _held(places: Places) -> Iterator[Lock]:
    """Hold the lock; when its process ends, however it does, the system lets go."""
    places.output.parent.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            name = places.output.name
            sys.stderr.write(
                f"Another build of {name}/ is under way; waiting for it.\n"
            )
            fcntl.flock(file, fcntl.LOCK_EX)
        yield Lock(places, file)


def _finish(lock: Lock) -> None:
    """End what the last swap began, stopped or not."""
    places, file = lock.places, lock.file
    swap.recover(places.output, places.staging)
    swap.recover(places.output, places.previous)
    file.seek(0)
    taken = file.read()
    if places.staging.exists() and _identity(places.staging) == taken:
        _exchange(places.previous, places.staging)
    if taken:
        file.truncate(0)


def _exchange(place: Path, other: Path) -> None:
    if place.exists():
        swap.exchange(place, other)
    else:
        other.rename(place)


def _identity(folder: Path) -> str:
    return str(folder.stat().st_ino)
