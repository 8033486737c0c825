"""Releases of the site: staged beside the output, put in its place at once, kept.

Beside `output` lie `.output.staging`, the release that is being built,
`.output.previous`, the one before, and `.output.lock`. Releases share the files that
both have (hard links): so a file of a release is replaced, and never written to.
"""

import ctypes
import fcntl
import filecmp
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from newsroom import swap

# Names that carry a hash of the content: of 12 hexadecimal digits or more after a dot,
# as `quay.0f3a9c1b7d2e.webp`; and those that Pagefind gives to the parts of its index.
FINGERPRINTED = re.compile(r"\.[0-9a-f]{12,64}\.\w+$|_[0-9a-f]{7,64}\.pf_\w+$")
# A release's list of the files that it has from the one before it.
CARRIED = ".carried"
# Of what is published: readable by every web server, whoever built it.
FILE_MODE, FOLDER_MODE = 0o644, 0o755


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
        """The release that is being built."""
        return self._beside("staging")

    @property
    def previous(self) -> Path:
        """The release before the one in `output`."""
        return self._beside("previous")

    @property
    def lock(self) -> Path:
        """Held by whoever builds; it names the folder that a swap takes out of use."""
        return self._beside("lock")

    def _beside(self, what: str) -> Path:
        return self.output.with_name(f".{self.output.name.lstrip('.')}.{what}")


@contextmanager
def staged(places: Places) -> Iterator[None]:
    """Hold the lock, with an empty staging folder that is gone afterwards.

    Waits while another build holds the lock. What a stopped build left is cleared.
    """
    with _locked(places) as lock:
        _finish(places, lock)
        places.staging.mkdir()
        try:
            yield
        finally:
            _finish(places, lock)


@contextmanager
def undisturbed(places: Places) -> Iterator[None]:
    """Hold the lock, so that no build takes the output away meanwhile."""
    with _locked(places) as lock:
        _finish(places, lock)
        yield


def put_in_place(places: Places, *, keep: bool) -> None:
    """Let the staged release be the output; call it inside `staged`.

    `keep` says whether this is published: then the output before it is kept for
    `roll_back`, and the files that both have keep their times, so that no reader
    fetches them again.
    """
    if keep:
        settle(places.staging, places.output)
        if places.output.exists():
            carry(places.staging, places.output)
            places.lock.write_text(_identity(places.output), "utf-8")
        _flush(places.staging)
    _exchange(places.output, places.staging)


def roll_back(places: Places) -> bool:
    """Exchange the output with the release before it; False where there is none."""
    with _locked(places) as lock:
        _finish(places, lock)
        if not places.previous.exists():
            return False
        _exchange(places.output, places.previous)
        return True


def clone(standing: Path, staging: Path) -> None:
    """Fill the empty folder `staging` with links to the files of another release.

    Left out is what that release had from the one before it.
    """
    carried = _carried(standing)
    for name in files(standing):
        if name not in carried and name != CARRIED:
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            link(standing / name, target)


def settle(staging: Path, standing: Path) -> None:
    """Make links of the files that are the same in both, and set everybody's modes.

    A file that changed is younger by a second at least: a web server tells by it.
    """
    _set_mode(staging, FOLDER_MODE)
    standing_now = {}
    if standing.is_dir() and not standing.is_symlink():
        standing_now = {entry.name: entry for entry in os.scandir(standing)}
    for entry in os.scandir(staging):
        new, old = staging / entry.name, standing_now.get(entry.name)
        if entry.is_dir(follow_symlinks=False):
            settle(new, standing / entry.name)
        elif old is None or not old.is_file(follow_symlinks=False):
            _set_mode(new, FILE_MODE)
        elif old.inode() != entry.inode():
            _set_mode(new, FILE_MODE)
            _settle(new, Path(old))


def carry(staging: Path, standing: Path) -> None:
    """Link the fingerprinted files of the standing release into the staged one.

    A reader whose page is of the release before finds them still, for one release.
    Those of a folder that is gone, as a withdrawn story's, go with it.
    """
    before = _carried(standing)
    carried = []
    for name in files(standing):
        new = staging / name
        if (
            FINGERPRINTED.search(name)
            and name not in before
            and new.parent.is_dir()
            and not new.exists()
        ):
            link(standing / name, new)
            carried.append(name)
    if carried:
        (staging / CARRIED).write_text("".join(f"{name}\n" for name in carried))


def files(folder: Path) -> list[str]:
    """Return the path of every file below `folder`, with slashes, in order."""
    return sorted(
        f"{parent}/{name}"[len(str(folder)) + 1 :]
        for parent, _, names in os.walk(folder)
        for name in names
    )


def own_files(folder: Path) -> list[str]:
    """Return the files of a release without those that it has from another."""
    carried = _carried(folder) | {CARRIED}
    return [name for name in files(folder) if name not in carried]


def _carried(folder: Path) -> set[str]:
    listed = folder / CARRIED
    return set(listed.read_text("utf-8").splitlines()) if listed.exists() else set()


def _settle(new: Path, old: Path) -> None:
    now, was = new.stat(), old.stat()
    if not filecmp.cmp(new, old, shallow=False):
        if int(now.st_mtime) <= int(was.st_mtime):
            os.utime(new, (now.st_atime, int(was.st_mtime) + 1))
    elif now.st_mode == was.st_mode:
        link(old, new)
    else:
        os.utime(new, ns=(was.st_atime_ns, was.st_mtime_ns))


def link(old: Path, new: Path) -> None:
    """Let `new` be the file `old`, or where disks have no such links a copy of it."""
    beside = new.with_name(f".{new.name}.link")
    try:
        os.link(old, beside)
    except OSError:
        shutil.copy2(old, beside)
    beside.replace(new)


def _set_mode(path: Path, mode: int) -> None:
    now = stat.S_IMODE(path.stat().st_mode)
    if now & 0o777 != mode:
        path.chmod(now & ~0o777 | mode)


@contextmanager
def _locked(places: Places) -> Iterator[TextIO]:
    """Hold the lock; when its process ends, however it does, the system lets go."""
    places.output.parent.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            name = places.output.name
            sys.stderr.write(
                f"Another build of {name}/ is under way; waiting for it.\n"
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def _finish(places: Places, lock: TextIO) -> None:
    """End what the last swap began, stopped or not, and clear the staging folder."""
    swap.recover(places.output, places.staging)
    swap.recover(places.output, places.previous)
    lock.seek(0)
    if places.staging.exists() and _identity(places.staging) == lock.read():
        _exchange(places.previous, places.staging)
    lock.truncate(0)
    if places.staging.exists():
        shutil.rmtree(places.staging)


def _exchange(place: Path, other: Path) -> None:
    if place.exists():
        swap.exchange(place, other)
    else:
        other.rename(place)


def _identity(folder: Path) -> str:
    return str(folder.stat().st_ino)


def _flush(folder: Path) -> None:
    """Have the disk that `folder` is on write all that it was given.

    Without this, a power cut after a swap could leave empty files in the output.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if libc.syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(descriptor)
