"""What is read while a story or a page is made: what makes it stale when it changes.

Python itself says which files are opened and which folders are listed, and whether
another program, a host or a database is asked, which is then done in every build. What
it does not say is what is taken from the environment, from a clock, or from a look at
whether a file is there: that must come from newsroom/clock.py, or be told to
`holds_until`.
"""

import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR
# Events of Python's: https://docs.python.org/3/library/audit_events.html
LISTING = frozenset({"os.listdir", "os.scandir"})
ASKING = frozenset(
    {
        *("os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"),
        *("socket.connect", "sqlite3.connect"),
    }
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Where Python, the libraries, and this package are, whose versions are known.
LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
MACHINE = (
    *{f"{sysconfig.get_path(name)}/" for name in LIBRARIES},
    *("/usr/lib/", "/usr/share/", f"{Path(__file__).parent}/"),
)
# The names of modules that are known to be loaded, and the files of those that came
# after the first build had begun: whoever comes after them may use them too.
_loaded: set[str] = set()
_late: set[str] = set()
# The traces that are being kept, the innermost last.
_kept: list["Trace"] = []


@dataclass
class Trace:
    """What is read inside its `with`: names, bodies, files and folders, and the clock.

    `texts` has the bytes of those files that a person wrote; `until` is the moment up
    to which what was made holds; None says for ever.
    """

    names: set[str] = field(default_factory=set)
    bodies: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    texts: dict[str, bytes] = field(default_factory=dict)
    until: datetime | None = None

    def __enter__(self) -> "Trace":
        """Begin to keep it."""
        _kept.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Keep it no more."""
        _kept.pop()
        if len(sys.modules) > len(_loaded):
            _late.update(_loaded_now())
        self.files |= _late

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


@cache
def loaded() -> frozenset[str]:
    """Return the files of modules at the first call, but for libraries.

    Those that come later are noted.
    """
    return frozenset(_loaded_now())


def _loaded_now() -> Iterator[str]:
    """Yield the files of modules that were not known to be loaded, but for libraries.

    Python tells of some imports only that files are opened, as others do too.
    """
    new = sys.modules.keys() - _loaded
    _loaded.update(new)
    files = (getattr(sys.modules.get(name), "__file__", None) for name in new)
    return (path for path in _paths(*files) if not path.startswith(MACHINE))


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


def read_file(path: str) -> None:
    """Note that a file was read, or would have been if it had not been before."""
    if _kept:
        _kept[-1].files.add(path)


def read_text(path: str, data: bytes) -> None:
    """Note what was in a file, so that it need not be read again for its digest."""
    if _kept:
        _kept[-1].texts[path] = data


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _kept:
        return
    if event in ASKING:
        holds_until(LONG_AGO)
    elif event == "open" and not arguments[2] & WRITING:
        _kept[-1].files.update(_paths(arguments[0]))
    elif event in LISTING:
        looked_through = _folders_of_imports(tuple(sys.path))
        _kept[-1].files.update({*_paths(arguments[0] or "")} - looked_through)


@lru_cache(maxsize=1)
def _folders_of_imports(path: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_paths(*path))


def _paths(*names: object) -> Iterator[str]:
    """Yield them in full; no numbers of open files, which have been opened before."""
    for name in names:
        if isinstance(name, str | bytes | os.PathLike):
            yield os.path.abspath(os.fsdecode(name))  # noqa: PTH100 - of thousands


sys.addaudithook(_hear)
