"""Compressed twins beside the text files of a publish, for hosts that send them."""

import filecmp
import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pelican.generators import Generator
from pelican.plugins import signals

from newsroom import release
from newsroom.problems import report

TEXTS = frozenset(
    {".css", ".csl", ".html", ".ics", ".js", ".json", ".md", ".ris", ".svg", ".txt"}
    | {".webmanifest", ".xml"}
)
# Bytes below which a twin would save no packet, and so no time.
SMALLEST = 512


def _brotli(data: bytes) -> bytes:
    import brotli  # noqa: PLC0415 - only a publish needs it

    return bytes(brotli.compress(data, quality=11))


# Each at its highest level; the result has neither a date nor a name in it.
FORMS: dict[str, Callable[[bytes], bytes]] = {
    ".br": _brotli,
    ".gz": lambda data: zlib.compress(data, 9, wbits=31),
}


def write(output: Path, standing: Path) -> int:
    """Put twins beside the texts in `output`; return how many were made anew.

    Brotli takes its time at the highest level, so the twin of a text that is the same
    in the release that stands is a link to the one there.
    """
    texts = list(_texts(output))

    def make(text: Path) -> int:
        return _twins(text, standing / text.relative_to(output))

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # both let other threads run
        return sum(pool.map(make, texts))


def _texts(output: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(output):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in TEXTS and path.stat().st_size >= SMALLEST:
                yield path


def _twins(text: Path, before: Path) -> int:
    """Make or link the twins of one text; `before` is its place in what stands."""
    same = before.is_file() and filecmp.cmp(text, before, shallow=False)
    made = 0
    for suffix, compress in FORMS.items():
        twin, known = Path(f"{text}{suffix}"), Path(f"{before}{suffix}")
        if same and known.is_file():
            if not twin.exists():
                release.link(known, twin)
        else:
            twin.unlink(missing_ok=True)  # it may be a link to that of a release
            twin.write_bytes(compress(text.read_bytes()))
            made += 1
    return made


def _keep_off(generators: list[Generator]) -> None:
    """Report an author's file that a host would send in the place of another."""
    files = generators[0].context["staticfiles"]
    names = {file.save_as for file in files}
    for file in files:
        name, dot, ending = file.save_as.rpartition(".")
        if name in names and dot + ending in FORMS:
            report(
                file.source_path,
                0,
                f"hosts would send it in the place of {name}; give it another name",
            )


def register() -> None:
    """Compare the names once every file has its place."""
    signals.all_generators_finalized.connect(_keep_off)
