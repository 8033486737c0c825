"""Goes through folders of hundreds of thousands of files, by every core."""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from newsroom import workers

Found = TypeVar("Found")
# Given folders, and the paths of those that it is to pass over, it yields what it finds
# in them and below.
Look = Callable[[Iterable[str], Container[str]], Iterable[Found]]

# Folders that pay for a worker.
WORTH = 250


def gathered(folder: str, look: Look[Found]) -> list[Found]:
    """Return what `look` finds below a folder, in no order."""
    return gathering(folder, look)()


def gathering(folder: str, look: Look[Found]) -> Callable[[], list[Found]]:
    """Begin to do the same; what is given waits for it."""
    parts = branches(folder)

    def below(folders: Sequence[str]) -> Iterator[list[Found]]:
        yield [*look(folders, ())]

    begun = workers.Begun(below, parts, WORTH)
    return lambda: [*look([folder], {*parts}), *chain.from_iterable(begun.results())]


def branches(folder: str) -> list[str]:
    """Return the folders of the first depth that has enough to share, if any has."""
    level = [folder]
    while 0 < len(level) < 2 * WORTH:
        level = [path for above in level for path in _folders(above)]
    return level


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [each.path for each in entries if each.is_dir(follow_symlinks=False)]
    except OSError:  # whoever looks for more meets it again
        return []
