"""Compressed twins beside the text files of a publish, for hosts that send them."""

import filecmp
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from pelican.generators import Generator
from pelican.plugins import signals

from newsroom import release
from newsroom.problems import report
from newsroom.staging import is_open
from newsroom.state import GONE, Stamp, stamp

TEXTS = frozenset(
    {".css", ".csl", ".html", ".ics", ".js", ".json", ".md", ".ris", ".svg", ".txt"}
    | {".webmanifest", ".xml"}
)
# Bytes below which a twin would save no packet, and so no time.
SMALLEST = 512


class Form(NamedTuple):
    """How a twin is made of a text, and the text of a twin; ValueError of none."""

    compressed: Callable[[bytes], bytes]
    expanded: Callable[[bytes], bytes]


def _brotli(data: bytes) -> bytes:
    import brotli  # noqa: PLC0415 - only a publish needs it

    return bytes(brotli.compress(data, quality=11))


def _of_brotli(data: bytes) -> bytes:
    import brotli  # noqa: PLC0415

    try:
        return bytes(brotli.decompress(data))
    except brotli.error as error:
        raise ValueError(error) from error


def _of_gzip(data: bytes) -> bytes:
    reading = zlib.decompressobj(wbits=31)
    try:
        text = reading.decompress(data)
    except zlib.error as error:
        raise ValueError(error) from error
    if not reading.eof or reading.unused_data:
        raise ValueError("it ends early, or goes on")
    return text


# Each at its highest level; the result has neither a date nor a name in it.
FORMS = {
    ".br": Form(_brotli, _of_brotli),
    ".gz": Form(lambda data: zlib.compress(data, 9, wbits=31), _of_gzip),
}


def write(output: Path, standing: Path, known: Mapping[str, Stamp]) -> int:
    """Put twins beside the texts in `output`; return how many were made anew.

    Brotli takes its time at the highest level, so the twin of a text that is the same
    in the release that stands is a link to the one there. That one must still say so:
    it does if it stands as it is `known`, by its name, and is read otherwise.
    """
    texts = list(_texts(output))

    def make(text: Path) -> int:
        return _twins(text, standing / text.relative_to(output), unspoilt)

    def unspoilt(twin: Path) -> bool:
        name = twin.relative_to(standing).as_posix()
        return stamp(twin) == known.get(name, GONE) != GONE

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # both let other threads run
        return sum(pool.map(make, texts))


def _texts(output: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(output):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in TEXTS and path.stat().st_size >= SMALLEST:
                yield path


def _twins(text: Path, before: Path, unspoilt: Callable[[Path], bool]) -> int:
    """Make or link the twins of one text; `before` is its place in what stands."""
    same = before.is_file() and filecmp.cmp(text, before, shallow=False)
    made = 0
    for suffix, form in FORMS.items():
        twin, known = Path(f"{text}{suffix}"), Path(f"{before}{suffix}")
        is_good = known.is_file() and is_open(known.stat())
        if same and is_good and (unspoilt(known) or _says(known, text, form)):
            if not twin.exists():
                release.link(known, twin)
        else:
            twin.unlink(missing_ok=True)  # it may be a link to that of a release
            twin.write_bytes(form.compressed(text.read_bytes()))
            made += 1
    return made


def _says(twin: Path, text: Path, form: Form) -> bool:
    """Whether there is a twin of a text, and says the same."""
    try:
        return form.expanded(twin.read_bytes()) == text.read_bytes()
    except (OSError, ValueError):
        return False


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
