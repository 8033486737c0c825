"""Writes a file in one step: who reads it meanwhile finds all of it, or the old one."""

import os
import shutil
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write `data` to `path`; a file that stands there keeps its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of its own: others may be writing the same.
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        draft.write_bytes(data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
