"""What the last build knew of its stories and pages, in a folder that may be deleted.

`state` holds the records, and beside it packs hold what is too much to keep in memory:
of each story its body, ledger and the rest that no list shows. A state is believed only
if it is whole, of this very code and these settings, of no later day, and of the very
output that stands; anything else is a clean build. Of another theme, it is still right
about the stories.
"""

import io
import os
import pickle
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from hashlib import blake2b
from mmap import ACCESS_READ, mmap
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

from newsroom import trace
from newsroom.garbage import quick
from newsroom.problems import shown

MAGIC = b"standfirst state 10\n"
# In how many parts records are pickled: few change from build to build.
PARTS = 1024
PARTED = ("stories", "pages")
# More packs than this are made one: each build that reads a story adds one.
PACKS = 12

# A file changed this shortly before it was read (in ns) may change again unseen.
RACE = 2_000_000_000

# Of a file that was made: when it was written (in ns), which a release keeps, and its
# size (in bytes). Of one that is read: when it was changed in any way, which no program
# can set back, as some set all files to one day; its size; when it was written; and its
# inode, which tells it from one that another folder brought to its place.
Stamp = tuple[int, ...]
# The stamp of a file that is not there.
GONE = (0, 0)
# In the place of a digest: no other is the same.
OUTDATED = b""


class Left(NamedTuple):
    """What lies in the staging folder, if the lock is still of this time (in ns)."""

    lock: int
    stamps: dict[str, Stamp]


class SpoiltError(Exception):
    """Something in the folder is not as it was written."""


class Body(NamedTuple):
    """Where something is kept: pack, first byte and length; and its digest."""

    pack: str
    start: int
    length: int
    digest: bytes


class StoryRecord(NamedTuple):
    """A story as it was read: from which files, until when, and what lists show."""

    inputs: dict[str, Stamp]
    content: bytes
    until: datetime | None
    shown: dict[str, Any]
    told: bytes  # the digest of `shown`
    body: Body


class PagesRecord(NamedTuple):
    """Pages that are made together: what they read, the digest of that, what they are.

    Of each, by its place below the output: its anchors (links.py) in a pack and its
    policy (page_policy.py), empty for what is no HTML, and its stamp. `most` are the
    bytes that a story's page has at most, compressed (weights.py).
    """

    places: tuple[str, ...]
    names: tuple[str, ...]
    bodies: tuple[str, ...]
    files: dict[str, Stamp]
    until: datetime | None
    key: bytes
    anchors: Body
    policies: tuple[str, ...]
    most: int
    stamps: tuple[Stamp, ...] = ()


class Part(NamedTuple):
    """Some of the records, by their names, and the same as the state has them."""

    records: dict[str, Any]
    pickled: bytes


class RelatedRecord(NamedTuple):
    """Which stories go with each, by their places, and what it was found by.

    `key` is the digest of all stories as lists show them; the body has their profiles.
    """

    key: bytes = b""
    best: dict[str, list[str]] = {}  # noqa: RUF012 - never changed
    body: Body | None = None


@dataclass
class State:
    """The records of stories by their path, and of pages by what they are made of.

    That is the path of their story, or the place of the one page. They are right about
    the day of `built`; what changed later than `since` (in ns), which is just before it
    was read, may have changed again unseen. `others` are the
    stamps of the files that are no such pages, `own` the packed anchors of those that
    are HTML, `late` the stamps of those that were written once the links had been
    checked. `release` is the inode of the output, `content` the
    digest of what the files of the content were like, `report` what the build said.
    `inputs` are the stamps of what was read, but for no story and no page. `left` is
    for the next build of this process alone.
    """

    folder: Path
    fingerprint: bytes = b""
    theme: bytes = b""
    built: datetime | None = None
    since: int = 0
    stories: dict[str, StoryRecord] = field(default_factory=dict)
    pages: dict[str, PagesRecord] = field(default_factory=dict)
    others: dict[str, Stamp] = field(default_factory=dict)
    own: dict[str, bytes] = field(default_factory=dict)
    late: dict[str, Stamp] = field(default_factory=dict)
    release: int = 0
    content: bytes = b""
    inputs: dict[str, Stamp] = field(default_factory=dict)
    report: Any = None
    related: RelatedRecord = field(default_factory=RelatedRecord)
    left: Left | None = None
    _packs: dict[str, mmap] = field(default_factory=dict)
    _parts: dict[str, dict[int, Part]] = field(default_factory=dict)
    # The packs that what was prepared needs: to ask each record again takes as long.
    _needed: set[str] = field(default_factory=set)

    @classmethod
    def load(
        cls,
        folder: Path,
        fingerprints: tuple[bytes, bytes],
        now: datetime,
        known: "State | None" = None,
    ) -> "State":
        """Return the state in `folder`, or an empty one that says why on stderr.

        One that is `known` need not be read, if it is of the same, and if no other
        build has dropped its packs. The `fingerprints` are that of all, and that of the
        theme: where only this is another, the stories are known still, and of the
        pages where they stand; but none is what it would be now.
        """
        fingerprint, theme = fingerprints
        if known and known._fits(fingerprint, now):
            state = known
        else:
            state = cls._read(folder, fingerprint, now) or cls(folder, fingerprint)
        if state.theme != theme:
            pages = {
                name: record._replace(key=OUTDATED)
                for name, record in state.pages.items()
            }
            return replace(state, theme=theme, pages=pages, content=OUTDATED)
        return state

    @classmethod
    def _read(cls, folder: Path, fingerprint: bytes, now: datetime) -> "State | None":
        """Return the state in `folder`, if it can be used."""
        path = folder / "state"
        if not path.exists():
            return None
        try:
            data = _unsealed(path.read_bytes())
            if data[: len(fingerprint)] != fingerprint:
                return None
            with quick():
                kept = pickle.loads(data[len(fingerprint) :])  # noqa: S301 - our own
                parts = {name: _loaded(kept.pop(name)) for name in PARTED}
        except (OSError, ValueError, pickle.PickleError, EOFError) as error:
            say(f"What the last build knew cannot be used ({error}): building anew.")
            return None
        state = cls(folder, fingerprint, **kept, _parts=parts)
        for part in parts["stories"].values():
            state.stories |= part.records
        for part in parts["pages"].values():
            state.pages |= part.records
        if not state._is_before(now):
            say("The last build was made later than now: building anew.")
            return None
        if not state._whole():
            say("Part of what the last build knew is gone: building anew.")
            return None
        return state

    def _fits(self, fingerprint: bytes, now: datetime) -> bool:
        same = self.fingerprint == fingerprint
        return same and self._is_before(now) and self._whole()

    def _is_before(self, now: datetime) -> bool:
        return self.built is not None and self.built <= now

    def is_sure_of(self, was: Stamp) -> bool:
        """Whether a file that was read with this stamp was not changed again unseen."""
        return was[0] <= self.since

    def body(self, body: Body) -> Any:
        """Return what is kept there, or raise SpoiltError."""
        return pickle.loads(self.pickled(body))  # noqa: S301 - sealed, our own

    def pickled(self, body: Body) -> bytes:
        """Return the same as it is kept."""
        data = self._cut(body)
        if digest_of(data) != body.digest:
            raise SpoiltError(f"{shown(self.folder / body.pack)} is spoilt")
        return data

    def _cut(self, body: Body) -> bytes:
        if body.pack not in self._packs:
            path = self.folder / body.pack
            # So that no page is said to show the pack.
            try:
                with trace.Trace(), path.open("rb") as file:
                    self._packs[body.pack] = mmap(file.fileno(), 0, access=ACCESS_READ)
            except FileNotFoundError as error:
                raise SpoiltError(f"{shown(path)} is gone") from error
        return self._packs[body.pack][body.start : body.start + body.length]

    def _kept(self) -> Iterator[Body]:
        """Yield all that is kept in packs and is needed."""
        yield from (record.body for record in self.stories.values())
        yield from (record.anchors for record in self.pages.values())
        if self.related.body:
            yield self.related.body

    def stamps(self) -> dict[str, Stamp]:
        """Return the stamp of each page by its place."""
        return {
            place: found
            for record in self.pages.values()
            for place, found in zip(record.places, record.stamps, strict=True)
        }

    def everything(self, pages: dict[str, Stamp]) -> dict[str, Stamp]:
        """Return the stamp of each file of the output; `pages` has those of pages."""
        return pages | self.others | self.late

    def _whole(self) -> bool:
        """Whether each pack is as long as its bodies say."""
        ends: dict[str, int] = {}
        for pack, start, length, _ in self._kept():
            if start + length > ends.get(pack, 0):
                ends[pack] = start + length
        packs = {name: self.folder / name for name in ends}
        return all(
            packs[name].exists() and packs[name].stat().st_size >= end
            for name, end in ends.items()
        )

    def save(self) -> None:
        """Write the state, all or nothing."""
        self.prepare()
        self.keep()

    def prepare(self) -> None:
        """Write the state beside the one that is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._needed = {body.pack for body in self._kept()}
        if len(self._needed) > PACKS:
            self._repack()
            self._needed = {body.pack for body in self._kept()}
        kept = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in {"folder", "fingerprint", "left"}
            and not each.name.startswith("_")
        }
        with quick():
            for name in PARTED:
                parts = _parted(kept[name], self._parts.get(name, {}))
                self._parts[name] = parts
                kept[name] = {number: part.pickled for number, part in parts.items()}
            data = self.fingerprint, pickle.dumps(kept, pickle.HIGHEST_PROTOCOL)
        with (self.folder / "state.new").open("wb") as file:
            file.writelines([MAGIC, digest_of(*data), *data])

    def keep(self) -> None:
        """Let what was prepared be the state; drop the packs that it does not need."""
        with kept_if_possible():
            (self.folder / "state.new").replace(self.folder / "state")
            for name in self._packs.keys() - self._needed:
                self._packs.pop(name).close()
            for path in self.folder.glob("*.pack"):
                if path.name not in self._needed:
                    path.unlink()

    def _repack(self) -> None:
        """Make one pack of small or half forgotten ones."""
        needed: Counter[str] = Counter()
        for body in self._kept():
            needed[body.pack] += body.length
        stay = {
            name
            for name, length in needed.items()
            if length * PACKS > needed.total()
            and length * 2 > (self.folder / name).stat().st_size
        }
        with Pack(self.folder) as pack:
            for path, story in self.stories.items():
                if story.body.pack not in stay:
                    new = pack.add(self._cut(story.body))
                    self.stories[path] = story._replace(body=new)
            for name, page in self.pages.items():
                if page.anchors.pack not in stay:
                    new = pack.add(self._cut(page.anchors))
                    self.pages[name] = page._replace(anchors=new)
            rest = self.related.body
            if rest and rest.pack not in stay:
                self.related = self.related._replace(body=pack.add(self._cut(rest)))


class Pack:
    """A new pack, to which bodies are added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{os.getpid()}-{os.urandom(4).hex()}.pack"
        self._path = folder / self.name
        self._file: io.BufferedWriter | None = None

    def __enter__(self) -> "Pack":
        """Open it when the first body comes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, so that all can read."""
        if self._file:
            self._file.close()

    def add(self, data: bytes) -> Body:
        """Append a body; return where it is."""
        if self._file is None:
            self._file = self._path.open("wb")
        start = self._file.tell()
        self._file.write(data)
        return Body(self.name, start, len(data), digest_of(data))


def code(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return folders, a slash after each, of what is no input: program and caches."""
    caches = (Path(settings["CACHE_PATH"]).absolute(), Path(".cache").absolute())
    return (*trace.MACHINE, *(f"{folder}/" for folder in caches))


def unsure_since() -> int:
    """Return since when (in ns) what is read now may have changed, and may again."""
    return time.time_ns() - RACE


def outside(names: Iterable[str], folders: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of what is neither one of the folders nor below; each has a /."""
    return (name for name in names if not f"{name}/".startswith(folders))


def seen(path: str | Path, *, follow_links: bool = True) -> Stamp:
    """Return the stamp of a file that is read, or GONE."""
    try:
        found = os.stat(path, follow_symlinks=follow_links)  # noqa: PTH116 - of thousands
    except OSError:
        return GONE
    return seen_of(found)


def seen_of(found: os.stat_result) -> Stamp:
    """Return the stamp of a file that is read, and was looked at."""
    return found.st_ctime_ns, found.st_size, found.st_mtime_ns, found.st_ino


def stamp(path: str | Path) -> Stamp:
    """Return the stamp of a file that was made, or GONE; a link is another file."""
    try:
        found = os.lstat(path)
    except OSError:
        return GONE
    return stamp_of(found)


def stamp_of(found: os.stat_result) -> Stamp:
    """Return the stamp of a file that was made, and looked at."""
    return found.st_mtime_ns, found.st_size


def digest_of(*parts: bytes | memoryview) -> bytes:
    """Return a digest of 16 bytes, of all parts as if they were one."""
    total = blake2b(digest_size=16)
    for part in parts:
        total.update(part)
    return total.digest()


def content_of(
    paths: Iterable[str], read: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    """Return a digest of the names and the bytes of files, and the names in folders.

    Those that were `read` before are not read again. A file need not be there: that is
    another digest. A pipe is not waited for.
    """
    total = blake2b(digest_size=16)
    for path in sorted(paths):
        total.update(digest_of(os.fsencode(path)))
        if path in read:
            total.update(digest_of(read[path]))
            continue
        with suppress(OSError):  # whoever has to read it says why that cannot be
            mode = os.stat(path).st_mode  # noqa: PTH116 - of thousands of files
            if S_ISREG(mode):
                total.update(digest_of(Path(path).read_bytes()))
            elif S_ISDIR(mode):
                names = "\0".join(sorted(os.listdir(path)))  # noqa: PTH208 - names alone
                total.update(digest_of(os.fsencode(names)))
    return total.digest()


def _loaded(parts: Mapping[int, bytes]) -> dict[int, Part]:
    return {
        number: Part(pickle.loads(pickled), pickled)  # noqa: S301 - sealed, our own
        for number, pickled in parts.items()
    }


def _parted(records: Mapping[str, Any], before: Mapping[int, Part]) -> dict[int, Part]:
    """Part records by their names; what is as `before` is not pickled again."""
    parts: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for name, record in records.items():
        parts[crc32(os.fsencode(name)) % PARTS][name] = record
    return {
        number: was
        if (was := before.get(number)) and was.records == part
        else Part(part, pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        for number, part in parts.items()
    }


def _unsealed(data: bytes) -> memoryview:
    """Return what a state file holds; ValueError where it is not as it was written."""
    if not data.startswith(MAGIC):
        raise ValueError("it is of another version")
    rest = memoryview(data)[len(MAGIC) :]  # no copy: it is the state of a whole site
    seal, payload = rest[:16], rest[16:]
    if digest_of(payload) != seal:
        raise ValueError("it is spoilt")
    return payload


@contextmanager
def kept_if_possible() -> Iterator[None]:
    """Say so where the state cannot be kept: the site that it is of stands already."""
    try:
        yield
    except OSError as error:
        say(f"What this build knows cannot be kept ({error}): the next takes longer.")


def say(sentence: str) -> None:
    """Tell the author, on stderr, what a build makes of it."""
    sys.stderr.write(f"{sentence}\n")
