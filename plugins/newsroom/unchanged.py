"""Whether the site that stands is the one that a build would make again.

Then there is nothing to do, and nothing is written.
"""

import pickle
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

from newsroom import release
from newsroom.state import Stamp, State, content_of, digest_of, seen


def told(content: Mapping[str, Stamp]) -> bytes:
    """Return the digest of what the files of the content are like."""
    return digest_of(pickle.dumps(sorted(content.items())))


def stands(
    state: State, content: Mapping[str, Stamp], output: Path, now: datetime
) -> bool:
    """Whether `output` is what the build left that the state is of, and holds still.

    `content` has the stamps of its files, which are what they were then.
    """
    stories, pages = state.stories.values(), state.pages.values()
    untils = [record.until for record in stories]
    untils += [record.until for record in pages]
    return (
        all(until is None or now < until for until in untils)
        and all(
            seen(path) == was and state.is_sure_of(was)
            for path, was in _elsewhere(state, content)
        )
        and _surely(state, content)
        and output.is_dir()
        and release.stamps(output) == state.everything(state.stamps())
    )


def _surely(state: State, content: Mapping[str, Stamp]) -> bool:
    """Whether what may have been changed again unseen is the same.

    Of stories the bytes are known.
    """
    late = {path for path, was in content.items() if not state.is_sure_of(was)}
    for record in state.stories.values() if late else ():
        if not late.isdisjoint(record.inputs):
            if content_of(record.inputs) != record.content:
                return False
            late.difference_update(record.inputs)
    return not late


def _elsewhere(
    state: State, content: Mapping[str, Stamp]
) -> Iterator[tuple[str, Stamp]]:
    """Yield what was read that is no file of the content, as it was."""
    stories = (record.inputs for record in state.stories.values())
    pages = (record.files for record in state.pages.values())
    known = chain(stories, pages, [state.inputs])
    read = {path: was for files in known for path, was in files.items()}
    for path in read.keys() - content.keys():
        yield path, read[path]
