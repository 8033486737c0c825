"""The note in a published site by which a deploy knows that it may go out."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

from newsroom import changes, release, workers
from newsroom.fingerprint import theme_folders

NAME = ".published"
HOUSE = Path(__file__).parents[2]
# Files that pay for a worker.
WORTH = 2_000


@dataclass(frozen=True)
class Note:
    """Hashes of what a site was made of and of what was made; its address, to read."""

    site: str
    made_of: str
    made: str


def write(output: Path, settings: Mapping[str, Any]) -> list[str]:
    """Write the note, last of all, into a site that passed its checks.

    Returned are the names of what was written.
    """
    note = Note(settings["SITEURL"], _sources(settings), _made(output))
    (output / NAME).unlink(missing_ok=True)  # it may be a link to that of a release
    (output / NAME).write_text(f"{json.dumps(vars(note), indent=1)}\n", "utf-8")
    return [NAME]


def hindrance(
    output: Path, settings: Mapping[str, Any], *, may_be_old: bool = False
) -> str:
    """Say why the site in `output` is not to be shown to the world, or nothing."""
    try:
        note = Note(**json.loads((output / NAME).read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return f"{output.name}/ does not hold a published site"
    except (ValueError, TypeError):
        return f"{output.name}/{NAME} is not as make publish left it"
    if not may_be_old and note.made_of != _sources(settings):
        return (
            f"{output.name}/ is older than its content: stories, theme or settings "
            "changed since it was published"
        )
    if note.made != _made(output):
        return (
            f"{output.name}/ is not as make publish left it: files in it were changed, "
            "added or taken away"
        )
    return ""


def _made(output: Path) -> str:
    names = [name for name in release.own_files(output) if name != NAME]
    return _hash((name, output / name) for name in names)


def _sources(settings: Mapping[str, Any]) -> str:
    """Return the hash of all that a build reads; where it lies does not count."""
    files = {
        f"{number}/{path.relative_to(folder).as_posix()}": path
        for number, folder in enumerate([settings["PATH"], *theme_folders(settings)])
        for path in _files(Path(folder))
    }
    for path in (HOUSE / "pelicanconf.py", HOUSE / "publishconf.py"):
        files[path.name] = path
    for path in _files(HOUSE / "plugins" / "newsroom"):
        if path.suffix == ".py":
            files[f"newsroom/{path.name}"] = path
    return _hash(sorted(files.items()))


def _files(folder: Path) -> Iterable[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            if not any(fnmatch(name, pattern) for pattern in changes.LITTER):
                yield Path(parent, name)


def _hash(files: Iterable[tuple[str, Path]]) -> str:
    def lines(share: Sequence[tuple[str, Path]]) -> str:
        return "".join(
            f"{sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in share
        )

    shares = workers.shared(lines, [*files], WORTH)
    return sha256("".join(shares).encode()).hexdigest()
