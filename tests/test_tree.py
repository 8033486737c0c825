"""A tree of folders, gone through by several processes: all of it, and once."""

import os
import sys

import pytest

from newsroom import tree

pytestmark = pytest.mark.skipif(
    sys.platform != "linux",
    reason="only on Linux is work shared, so that was NOT tested here",
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with files at every depth, one that is empty, and a link."""
    monkeypatch.setattr(tree, "WORTH", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    for name in ("a", "a/b", "a/b/c", "d/e", "d/f/g/h", "empty"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    for name in ("top", "a/1", "a/b/2", "a/b/c/3", "d/e/4", "d/f/g/h/5"):
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    return tmp_path


def names(folders, past) -> list[tuple[str, int]]:
    """Return the files below folders, but for what is past, and who saw them."""
    return [
        (f"{above}/{name}", os.getpid())
        for folder in folders
        for above, _, found in os.walk(folder)
        if not any(f"{above}/".startswith(f"{each}/") for each in past)
        for name in found
    ]


def test_every_file_is_found_once(folder):
    """Above the folders that are shared, in them, and beside them."""
    found = tree.gathered(str(folder), names)
    there = [str(path) for path in folder.rglob("*") if path.is_file()]
    assert sorted(path for path, _ in found) == sorted(set(there))
    assert len({process for _, process in found}) == 3


def test_folders_of_one_depth_are_shared(folder):
    """The first that has enough of them; in a chain of folders, none has."""
    shared = [os.path.relpath(path, folder) for path in tree.branches(str(folder))]
    assert sorted(shared) == ["a", "d", "empty"]
    assert tree.branches(str(folder / "d/f")) == []
    assert tree.branches(str(folder / "nowhere")) == []
