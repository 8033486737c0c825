"""Notices files that change, or go, while a build reads them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch

from newsroom.problems import report

# What editors write beside the file that is being edited; no build reads it.
LITTER = (".*", "*~", "#*#")

State = tuple[int, int, int]


@contextmanager
def noticed(folders: Iterable[str]) -> Iterator[None]:
    """Report the files below `folders` that the end does not find as the beginning."""
    before = snapshot(folders)
    try:
        yield
    finally:
        for path, state in before.items():
            now = _state(path)
            if now is None:
                report(path, 0, "is gone since the build began; build again")
            elif now != state:
                report(path, 0, "changed while the site was being built; build again")


def snapshot(folders: Iterable[str]) -> dict[str, State]:
    """Return the state of every file below `folders` by its path."""
    states = {}
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                if not any(fnmatch(name, pattern) for pattern in LITTER):
                    path = f"{folder}/{name}"
                    if state := _state(path):
                        states[path] = state
    return states


def _state(path: str) -> State | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 - tens of thousands of them
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
