"""Writes a file in one step: who reads it finds all of it, or the old one.

That is so after a power cut too: nobody looks again at what was kept.
"""

import os
import shutil
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write `data` to `path`; a file that stands there keeps its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of its own: others may be writing the same.
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        write_through(draft, data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_through(path: Path, data: bytes) -> None:
    """Write a file that the disk has, so that no power cut empties it later."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
