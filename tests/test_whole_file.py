"""A file is written in one step, however many write it, and whatever goes wrong."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from newsroom import whole_file

TEXTS = [letter * 200_000 for letter in (b"a", b"b", b"c")]


def test_whoever_reads_it_meanwhile_finds_all_of_it(tmp_path):
    """Several write it at once, and none is in another's way."""
    path = tmp_path / "folder/file"
    whole_file.write(path, TEXTS[0])
    together = Barrier(len(TEXTS))

    def write(data: bytes) -> None:
        together.wait()
        for _ in range(50):
            whole_file.write(path, data)

    with ThreadPoolExecutor() as pool:
        writing = [pool.submit(write, data) for data in TEXTS]
        while not all(writer.done() for writer in writing):
            assert path.read_bytes() in TEXTS
        for writer in writing:
            writer.result()
    assert [*path.parent.iterdir()] == [path]


def test_who_may_read_it_stays(tmp_path):
    """A file that was there keeps its mode; a new one has that of any other."""
    old, new, other = (tmp_path / name for name in ("old", "new", "other"))
    old.touch()
    old.chmod(0o604)
    other.touch()
    for path in (old, new):
        whole_file.write(path, b"a")
    assert old.stat().st_mode & 0o777 == 0o604
    assert new.stat().st_mode == other.stat().st_mode


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    """Neither a part of it in its place nor another file beside it."""
    place = tmp_path / "folder"
    place.mkdir()
    with pytest.raises(OSError, match="folder"):
        whole_file.write(place, b"a")
    assert [*tmp_path.rglob("*")] == [place]
