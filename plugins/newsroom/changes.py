"""Notices files that change, or go, while a build reads them."""

import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import translate
from itertools import chain

from newsroom import tree, workers
from newsroom.problems import report
from newsroom.state import GONE, Stamp, seen

# What editors write beside the file that is being edited; no build reads it.
LITTER = (".*", "*~", "#*#")

LITTER_NAME = re.compile("|".join(map(translate, LITTER)))

# Files to be looked at again that pay for a worker.
WORTH = 5_000


@contextmanager
def noticed(before: Mapping[str, Stamp]) -> Iterator[None]:
    """Report the files that are not as they were before all was read.

    They are looked at while what is inside goes on, which must read none of them.
    """
    begun = workers.Begun(_changed, [*before.items()], WORTH)
    try:
        yield
        for path, is_gone in chain.from_iterable(begun.results()):
            what = (
                "is gone since the build began"
                if is_gone
                else "changed while the site was being built"
            )
            report(path, 0, f"{what}; build again")
    finally:
        begun.stop()


def _changed(before: Iterable[tuple[str, Stamp]]) -> Iterator[list[tuple[str, bool]]]:
    """Yield the files that are not as they were, and whether each is gone."""
    found = ((path, was, seen(path, follow_links=False)) for path, was in before)
    # A backup or a change of modes leaves the rest as it was.
    yield [(path, now == GONE) for path, was, now in found if now[1:] != was[1:]]


def snapshot(folder: str) -> dict[str, Stamp]:
    """Return the stamp of every file below `folder` by its path."""
    return dict(tree.gathered(folder, _below))


def _below(folders: Iterable[str], past: Container[str]) -> Iterator[tuple[str, Stamp]]:
    """Yield the stamps of files, but for those of folders that are past."""
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.path not in past:
                        yield from _below([entry.path], past)
                elif not LITTER_NAME.match(entry.name):
                    found = seen(entry.path, follow_links=False)
                    if found != GONE:
                        yield entry.path, found
