"""Notices files that change, or go, while a build reads them."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import translate

from newsroom.problems import report

# What editors write beside the file that is being edited; no build reads it.
LITTER = (".*", "*~", "#*#")

LITTER_NAME = re.compile("|".join(map(translate, LITTER)))

# A file's time of change (in ns), its size (in bytes) and its inode.
FileState = tuple[int, int, int]


@contextmanager
def noticed(before: Mapping[str, FileState]) -> Iterator[None]:
    """Report the files that the end does not find as they were before."""
    yield
    for path, state in before.items():
        now = _state(path)
        if now is None:
            report(path, 0, "is gone since the build began; build again")
        elif now != state:
            report(path, 0, "changed while the site was being built; build again")


def snapshot(folder: str) -> dict[str, FileState]:
    """Return the state of every file below `folder` by its path."""
    return dict(_below(folder))


def _below(folder: str) -> Iterator[tuple[str, FileState]]:
    try:
        entries = os.scandir(folder)
    except OSError:  # content_files.py says why
        return
    with entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            elif LITTER_NAME.match(entry.name) or not entry.is_file(
                follow_symlinks=False
            ):
                continue  # a link or a pipe is none; content_files.py says so
            elif state := _state(entry.path):
                yield entry.path, state


def _state(path: str) -> FileState | None:
    try:
        stat = os.stat(path)  # noqa: PTH116 - tens of thousands of them
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
