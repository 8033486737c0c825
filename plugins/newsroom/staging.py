"""The folder in which a release is built, and how it comes to have what stays.

It begins as what was released last but one, of which most files are right still. The
others are swept out, and what it lacks is linked from the output, by workers while the
build goes on. So whoever writes there makes a file anew: what stands at its place, or
comes to, may be a link to a file of a release.
"""

import ctypes
import errno
import os
import shutil
import stat
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from itertools import compress, filterfalse
from pathlib import Path

from newsroom import tree, workers
from newsroom.state import GONE, Stamp, stamp, stamp_of

# Of what is published: readable by every web server, whoever built it.
FILE_MODE, FOLDER_MODE = 0o644, 0o755
# Files that pay for a worker.
WORTH = 2_000


class Staging:
    """A folder that comes to have what is known of the output, and nothing else.

    `known` has the stamps of files by their names; `left` those of what lies in the
    folder, where that need not be looked for. Nothing may be put there until the
    `names` are known. What they name may come at any time from then on, until
    `complete` was called; where a file is already, that stays.
    """

    def __init__(
        self,
        folder: Path,
        output: Path,
        known: Mapping[str, Stamp],
        left: Mapping[str, Stamp] | None = None,
    ) -> None:
        self._folder = folder
        self._output = output
        self._known = known
        self._sweep = Sweep(folder, known, left)
        self._missing: set[str] = set()
        self._filling: workers.Begun[str, list[str]] | None = None
        self._is_complete = False
        if not self._sweep.takes_long:
            self._fill()

    def _fill(self) -> workers.Begun[str, list[str]]:
        """Begin to link what is not there."""
        # In their order, so that each worker goes from folder to folder.
        missing = [*filterfalse(self._sweep.names.__contains__, self._known)]
        self._missing = {*missing}
        link = partial(_linked, self._folder, self._output, self._known)
        self._filling = workers.Begun(link, missing, WORTH, niceness=10)
        return self._filling

    @cached_property
    def names(self) -> set[str]:
        """The names of what is there, and of what will be."""
        filling = self._filling or self._fill()
        return self._sweep.names | self._missing.difference(*filling.step())

    def complete(self) -> None:
        """Wait until all is there."""
        if self.names and self._filling and not self._is_complete:
            self._filling.step()
            self._is_complete = True

    def stop(self) -> None:
        """Let nothing more come or go."""
        self._sweep.stop()
        if self._filling:
            self._filling.stop()


class Sweep:
    """Takes all files out of a folder but those that are known, and empty folders.

    It begins at once, unless the stamps of what was `left` there are given.
    """

    def __init__(
        self,
        folder: Path,
        known: Mapping[str, Stamp],
        left: Mapping[str, Stamp] | None = None,
    ) -> None:
        self._folder = folder
        self._root = f"{folder}/"
        self._known = known
        self._left = left
        self._branches = tree.branches(str(folder)) if left is None else []
        self._begun = workers.Begun(self._swept, self._branches, tree.WORTH)

    @property
    def takes_long(self) -> bool:
        """Whether there is so much that it is better not waited for."""
        return bool(self._branches)

    @cached_property
    def names(self) -> set[str]:
        """The names of the files that stay; until they are known, others may go."""
        if self._left is not None:
            return self._thinned(self._left)
        found: set[str] = set()
        for stays, emptied in self._begun.results():
            found.update(compress(self._known, stays))
            for each in emptied:
                os.rmdir(each)  # noqa: PTH106 - of thousands
        self._empty(str(self._folder), found, {*self._branches})
        return found

    def _thinned(self, left: Mapping[str, Stamp]) -> set[str]:
        stay = {
            name for name, was in left.items() if self._known.get(name) == was != GONE
        }
        for name in left.keys() - stay:
            remove(self._folder, name)
        return stay

    def _swept(self, folders: Sequence[str]) -> Iterator[tuple[bytes, list[str]]]:
        """Sweep folders; yield which of the known files stay, and what is empty then.

        That is a byte for each, in their order: their names would be long, and known.
        """
        found: set[str] = set()
        emptied = [each for each in folders if self._empty(each, found)]
        yield bytes(map(found.__contains__, self._known)), emptied

    def _empty(self, folder: str, found: set[str], past: Container[str] = ()) -> bool:
        """Sweep a folder, but for what is past; return whether it is empty then.

        The files that stay are added to those that were `found`.
        """
        empty = True
        with os.scandir(folder) as entries:
            for entry in [*entries]:
                name = entry.path.removeprefix(self._root)
                if entry.is_dir(follow_symlinks=False):
                    if entry.path not in past and self._empty(entry.path, found, past):
                        os.rmdir(entry.path)  # noqa: PTH106 - of thousands
                    else:
                        empty = False
                elif name in self._known and self._is_known(name, entry):
                    found.add(name)
                    empty = False
                else:
                    os.unlink(entry.path)  # noqa: PTH108
        return empty

    def _is_known(self, name: str, entry: "os.DirEntry[str]") -> bool:
        return stamp_of(entry.stat(follow_symlinks=False)) == self._known[name]

    def stop(self) -> None:
        """Let nothing more go."""
        self._begun.stop()


def _linked(
    folder: Path, output: Path, known: Mapping[str, Stamp], names: Sequence[str]
) -> Iterator[list[str]]:
    """Yield the files that do not stand in the output as known; link the others."""
    old, new = f"{output}/", f"{folder}/"
    lacking = [name for name in names if not stamp(old + name) == known[name] != GONE]
    yield lacking
    made = set()
    linked = [*filterfalse(set(lacking).__contains__, names)]
    for name in linked:
        place = (new + name).rpartition("/")[0]
        # There may be a page that was made anew meanwhile, or where one is to be, a
        # folder, or a page in the place of its folder.
        with suppress(FileExistsError, FileNotFoundError, NotADirectoryError):
            if place not in made:
                make_folder(place)
                made.add(place)
            begin_as(old + name, new + name)
    open_folders(folder, linked)
    yield []
    # Whoever puts it in place waits for less then, and is told what failed too.
    disk = os.open(folder, os.O_RDONLY)
    try:
        flush(disk)
    finally:
        os.close(disk)


def open_folders(folder: Path, names: Iterable[str]) -> None:
    """Let everybody look into the folders in which these files lie, or were to lie."""
    found = {""}
    for name in names:
        path = name.rpartition("/")[0]
        while path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    for path in found:
        with suppress(FileNotFoundError, NotADirectoryError):
            now = os.stat(f"{folder}/{path}")  # noqa: PTH116 - of thousands
            set_mode(f"{folder}/{path}", now, FOLDER_MODE)


def set_mode(path: str | Path, now: os.stat_result, mode: int) -> None:
    """Set what everybody may do with a file, if it is something else `now`."""
    bits = stat.S_IMODE(now.st_mode)
    if bits & 0o777 != mode:
        os.chmod(path, bits & ~0o777 | mode)  # noqa: PTH101 - of thousands


def make_folder(path: str) -> None:
    """Make a folder, if it is not there, and those that it lies in."""
    try:
        os.mkdir(path)  # noqa: PTH102 - of thousands; what it lies in is there mostly
    except OSError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103


def write(path: str, data: bytes, standing: str | None) -> None:
    """Let a file have these bytes: `standing` itself if it has them, or a new one.

    So what is the same as before is not written. What `path` is, or comes to be, may be
    a link to a file of a release. None stands where nothing was released.
    """
    same = standing if standing and _has(standing, data) else None
    while True:
        try:
            if same:
                begin_as(same, path)
            else:
                _write_new(path, data)
            break
        except FileExistsError:
            if same and os.path.samefile(same, path):  # noqa: PTH121
                break
            _clear(path)


def _clear(path: str) -> None:
    """Take a file away, or a folder with all that is in it by now."""
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise
        try:
            shutil.rmtree(path)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:  # then more came meanwhile
                raise


def _has(path: str, data: bytes) -> bool:
    """Whether a file can be published as it is, and has these bytes."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return (
        is_open(found)
        and found.st_size == len(data)
        and Path(path).read_bytes() == data
    )


def is_open(found: os.stat_result) -> bool:
    """Whether a file can be published as it is."""
    return stat.S_ISREG(found.st_mode) and found.st_mode & 0o777 == FILE_MODE


def _write_new(path: str, data: bytes) -> None:
    """Write it; what `open` does besides takes as long, of thousands."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        while data:  # one call may write less, as where a disk is nearly full
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def claim_folder(path: str) -> None:
    """Make a folder; a file of an old release, where it is or above, gives way."""
    while True:
        with suppress(FileExistsError, NotADirectoryError):
            make_folder(path)
            return
        for each in [Path(path), *Path(path).parents]:
            if each.is_file():
                each.unlink(missing_ok=True)


def remove(folder: Path, name: str) -> None:
    """Take a file out of a folder, and the folders that are empty without it."""
    (folder / name).unlink()
    for parent in (folder / name).parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()


def begin_as(old: str, new: str) -> None:
    """Let `new` be the file `old`, or where disks have no such links a copy of it.

    FileExistsError where there is a file: to write to it could change a release.
    """
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:
        _copy(old, new)


def _copy(old: str, new: str) -> None:
    """Copy a file, its mode and its time to where there is none."""
    with open(old, "rb") as source, open(new, "xb") as target:  # noqa: PTH123 - as link
        shutil.copyfileobj(source, target)
        target.flush()
        was = os.fstat(source.fileno())
        # By the open file: another may come to stand there.
        os.fchmod(target.fileno(), stat.S_IMODE(was.st_mode))
        os.utime(target.fileno(), ns=(was.st_atime_ns, was.st_mtime_ns))


def flush(file: int) -> None:
    """Have the disk that an open file is on write all that it was given.

    Without this, a power cut after a swap could leave empty files in the output.
    OSError tells what the disk failed at since that file was opened, which it does not
    tell those who open one later.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        os.sync()
    elif libc.syncfs(file):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
