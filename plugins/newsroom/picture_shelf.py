"""Where made pictures are kept: by what their file holds, so that each is made once."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from newsroom.picture_file import Picture, kind_of
from newsroom.whole_file import write_through

# What a picture becomes changes with this, and with the library that makes it.
RECIPE = "5"
SIZE = "size.json"


@dataclass(frozen=True)
class Made:
    """A picture's size, and the folder with its cleaned file and its renditions."""

    picture: Picture
    whole: Path
    offered: Path


@dataclass(frozen=True)
class Shelf:
    """The folder of made pictures, which can be deleted at any time."""

    folder: Path

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Shelf":
        """Return the shelf of the site with these settings."""
        return cls(Path(settings["CACHE_PATH"], "pictures"))

    @cached_property
    def _recipe(self) -> bytes:
        from importlib.metadata import version  # noqa: PLC0415 - slow to load

        return f"{RECIPE} {version('pillow')}".encode()

    def take(self, path: Path) -> Made | None:
        """Return what is made of the picture at `path`; None for another file.

        Its cleaned file is there then. Raises UnusableError for one that cannot be
        published.
        """
        if (kind := kind_of(path)) is None:
            return None
        data = path.read_bytes()
        key = blake2b(data, digest_size=16, key=self._recipe).hexdigest()
        whole = self.folder / f"{key}.{kind.lower()}"

        def clean() -> Iterator[tuple[str, bytes]]:
            content, picture = _cleaned(data, kind)
            yield "whole", content
            yield SIZE, json.dumps(asdict(picture)).encode()

        _fill(whole, clean)
        picture = Picture(**json.loads((whole / SIZE).read_bytes()))
        return Made(picture, whole / "whole", self.folder / f"{key}.offered")

    def offer(self, path: Path, made: Made) -> None:
        """See to it that what a page offers of the picture at `path` is there."""

        def render() -> Iterator[tuple[str, bytes]]:
            from newsroom import picture_maker  # noqa: PLC0415 - slow to load

            return picture_maker.renditions(path.read_bytes(), made.picture)

        if made.picture.plain:
            _fill(made.offered, render)


def _cleaned(data: bytes, kind: str) -> tuple[bytes, Picture]:
    if kind == "SVG":
        from newsroom import drawing  # noqa: PLC0415 - seldom needed

        return drawing.cleaned(data)
    from newsroom import picture_maker  # noqa: PLC0415 - slow to load

    return picture_maker.cleaned(data, kind)


def _fill(folder: Path, make: Callable[[], Iterator[tuple[str, bytes]]]) -> None:
    """Make what is to stand in `folder`, unless it stands there, in one step."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".", dir=folder.parent))
    try:
        for name, content in make():
            write_through(draft / name, content)
        draft.rename(folder)
    except OSError:
        if not folder.exists():  # else another build was quicker, with the same bytes
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
