"""Compressed twins beside the text files of a publish, for hosts that send them."""

import filecmp
import os
import zlib
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from posixpath import splitext
from typing import NamedTuple

from pelican.generators import Generator
from pelican.plugins import signals

from newsroom import release
from newsroom.problems import report
from newsroom.staging import is_open, remove
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


class Twins:
    """The twins in a release that is built of the last one's, which may be there."""

    def __init__(self, output: Path, late: Mapping[str, Stamp]) -> None:
        """Take those of the last build from what it wrote `late`."""
        self._output = output
        # By their names: the last build's, then those that stay.
        self.stamps = {
            name: was for name, was in late.items() if splitext(name)[1] in FORMS
        }

    def has(self, name: str) -> bool:
        """Whether a file in the release is the twin that the last build left."""
        was = self.stamps.get(name, GONE)
        return was != GONE and stamp(self._output / name) == was

    def write(
        self,
        standing: Path,
        names: Iterable[str],
        there: Container[str],
        stay: Container[str],
    ) -> list[str]:
        """Put twins beside the texts among `names` that have none; return their names.

        What is `there` of the last build's is left alone where its text is among those
        that `stay`, and taken away otherwise. Brotli takes its time at the highest
        level, so the twin of a text that is the same in the release that stands is a
        link to the one there. That one must still say so: it does if it stands as the
        last build left it, and is read otherwise.
        """
        before = self.stamps
        staged = {name: was for name, was in before.items() if name in there}
        self.stamps = {
            name: was for name, was in staged.items() if splitext(name)[0] in stay
        }
        for name in staged.keys() - self.stamps.keys():
            if (self._output / name).is_file():  # a page may be where its folder was
                remove(self._output, name)
        texts = [
            name
            for name in sorted(names)
            if splitext(name)[1] in TEXTS
            and not all(f"{name}{suffix}" in self.stamps for suffix in FORMS)
            and (self._output / name).stat().st_size >= SMALLEST
        ]
        make = partial(_make, self._output, standing, before)
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # both let other threads run
            return [*chain.from_iterable(pool.map(make, texts))]


def _make(
    output: Path, standing: Path, before: Mapping[str, Stamp], name: str
) -> list[str]:
    """Make or link the twins of one text; return their names."""
    text, old = output / name, standing / name
    same = old.is_file() and (
        text.samefile(old) or filecmp.cmp(text, old, shallow=False)
    )
    made = []
    for suffix, form in FORMS.items():
        twin, known = Path(f"{text}{suffix}"), Path(f"{old}{suffix}")
        made.append(f"{name}{suffix}")
        unspoilt = stamp(known) == before.get(made[-1], GONE) != GONE
        is_good = known.is_file() and is_open(known.stat())
        if same and is_good and (unspoilt or _says(known, text, form)):
            release.link(known, twin)
        else:
            twin.unlink(missing_ok=True)  # it may be a link to that of a release
            twin.write_bytes(form.compressed(text.read_bytes()))
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
