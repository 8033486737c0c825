"""What is read while a story or a page is made: what makes it stale when it changes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

WRITING = frozenset("wax+")
# The traces that are being kept, the innermost last.
_kept: list["Trace"] = []


@dataclass
class Trace:
    """What was read: context names, stories' bodies, files, and the clock.

    `until` is the moment up to which what was made holds; None says for ever.
    """

    names: set[str] = field(default_factory=set)
    bodies: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    until: datetime | None = None

    def add(self, other: "Trace") -> None:
        """Add what was read elsewhere."""
        self.names |= other.names
        self.bodies |= other.bodies
        self.files |= other.files
        self.hold(other.until)

    def hold(self, moment: datetime | None) -> None:
        """Be right until `moment` at the longest."""
        if moment and (self.until is None or moment < self.until):
            self.until = moment


@contextmanager
def kept() -> Iterator[Trace]:
    """Keep a trace of what is read inside."""
    trace = Trace()
    _kept.append(trace)
    try:
        yield trace
    finally:
        _kept.pop()


def read_name(name: str) -> None:
    """Note that a template asked its context for `name`."""
    if _kept:
        _kept[-1].names.add(name)


def read_body(path: str) -> None:
    """Note that more of the story in `path` was read than lists are made of."""
    if _kept:
        _kept[-1].bodies.add(path)


def holds_until(moment: datetime) -> None:
    """Note that what is being made is right until `moment`, and stale from then on."""
    if _kept:
        _kept[-1].hold(moment)


def read_again(trace: Trace) -> None:
    """Note that what was read for something made before was read here too."""
    if not _kept:
        return
    _kept[-1].names |= trace.names
    _kept[-1].bodies |= trace.bodies
    _kept[-1].files |= trace.files
    if trace.until:
        holds_until(trace.until)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _kept and isinstance(arguments[0], str | bytes):
        mode = arguments[1]
        if mode is None or not set(str(mode)) & WRITING:
            _kept[-1].files.add(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100


# Python itself says what is opened, so that nothing that is read goes unnoticed.
sys.addaudithook(_hear)
