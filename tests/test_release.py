"""Releases: one takes the place of another, which is kept, and shares its files."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import ROOT
from sharing import children

from newsroom import release, staging, tree
from newsroom.release import Places
from newsroom.staging import Staging
from newsroom.state import GONE, Stamp

HASH = "0f3a9c1b7d2e"
HERE = os.getpid()


@pytest.fixture(autouse=True, params=["alone", "shared"])
def _processes(request, monkeypatch):
    """Have all done in one process, and by as many as there are cores."""
    if request.param == "shared":
        for module in (release, staging, tree):
            monkeypatch.setattr(module, "WORTH", 1)


@pytest.fixture
def places(tmp_path) -> Places:
    return Places.of(tmp_path / "output")


@contextmanager
def staged(places: Places, *known: dict[str, Stamp]) -> Iterator[Staging]:
    """Hold the lock, with a staging folder."""
    with release.locked(places) as lock, release.staged(lock, *known) as found:
        yield found


def publish(places: Places, files: dict[str, str], *, keep: bool = True) -> None:
    """Publish a release of these files, each with its text."""
    with release.locked(places) as lock, release.staged(lock):
        for name, text in files.items():
            path = places.staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        release.put_in_place(lock, keep=keep)


def stop(places: Places) -> None:
    """Begin a release, and stop half-way."""
    with suppress(KeyboardInterrupt), staged(places):
        (places.staging / "half.html").write_text("half")
        raise KeyboardInterrupt


def texts(folder: Path) -> dict[str, str]:
    """Return every file of a folder with its text."""
    return {name: (folder / name).read_text() for name in release.files(folder)}


def beside(places: Places) -> set[str]:
    """Return what there is beside the output, the lock aside."""
    return {path.name for path in places.output.parent.iterdir()} - {places.lock.name}


def test_the_first_release_replaces_nothing(places):
    """It is the output, and there is none before it."""
    publish(places, {"index.html": "one"})
    assert texts(places.output) == {"index.html": "one"}
    assert beside(places) == {"output"}


def test_the_release_before_is_kept_and_the_one_before_that_is_not(places):
    """What is deleted from the site is gone from the output."""
    for text in ("one", "two", "three"):
        publish(places, {"index.html": text, f"{text}.html": text})
    assert texts(places.output) == {"index.html": "three", "three.html": "three"}
    assert texts(places.previous) == {"index.html": "two", "two.html": "two"}


def test_a_preview_is_no_release_to_go_back_to(places):
    """What was shown before it was never published."""
    publish(places, {"index.html": "one"}, keep=False)
    publish(places, {"index.html": "two"}, keep=False)
    assert texts(places.output) == {"index.html": "two"}
    assert not places.previous.exists()


def test_what_is_known_of_an_old_release_is_built_upon(places):
    """Of what was released last but one, that stays which is as it is to be."""
    for text in ("one", "two", "three"):
        publish(places, {"same.html": "same", "a/other.html": text})
    now = {name: values[1:3] for name, values in stats(places.output).items()}
    inode = (places.staging / "same.html").stat().st_ino
    before = staged(places, {"same.html": now["same.html"], "gone.html": GONE})
    with before as folder:
        assert folder.names == {"same.html"}
        assert texts(places.staging) == {"same.html": "same"}
        assert (places.staging / "same.html").stat().st_ino == inode
        assert [path.name for path in places.staging.iterdir()] == ["same.html"]


def test_what_is_staged_of_an_old_release_gives_way_to_what_is_known(places):
    """A page that is another now comes from the output; what is the same stays."""
    for text in ("one", "two", "three"):
        publish(places, {"same.html": "same", "a/other.html": text})
    now = {name: values[1:3] for name, values in stats(places.output).items()}
    with staged(places, {**now, "gone.html": GONE}) as folder:
        assert folder.names == {"same.html", "a/other.html"}
        folder.complete()
        assert stats(places.staging) == stats(places.output)


def test_what_is_known_is_linked_from_the_release_that_stands(places):
    """Where no other is left to build upon; but for what is not as it is known."""
    publish(places, dict.fromkeys(["same.html", "a/b/same.html", "a/other.html"], "x"))
    known = {name: values[1:3] for name, values in stats(places.output).items()}
    (places.output / "a/other.html").write_text("spoilt")
    with staged(places, {**known, "gone.html": GONE}) as folder:
        assert folder.names == {"same.html", "a/b/same.html"}
        folder.complete()
        assert stats(places.staging).items() < stats(places.output).items()
        assert texts(places.staging) == {"same.html": "x", "a/b/same.html": "x"}


@pytest.mark.parametrize("is_linked", [True, False])
def test_what_is_made_anew_meanwhile_is_no_link(places, monkeypatch, is_linked):
    """Whether its old file was linked before it is written, or comes to be."""
    publish(places, {"a/one.html": "old", "a/two.html": "old"})
    known = {name: values[1:3] for name, values in stats(places.output).items()}
    waiting, ready = os.pipe()
    quick = staging.begin_as

    def begin_as(old: str, new: str) -> None:
        os.read(waiting, 1)
        quick(old, new)

    monkeypatch.setattr(staging, "begin_as", begin_as)
    with staged(places, known) as folder:
        assert folder.names == {*known}
        staging.make_folder(f"{places.staging}/a")
        if is_linked:
            os.write(ready, b"..")
            folder.complete()
        name = "a/one.html"
        staging.write(f"{places.staging}/{name}", b"new", f"{places.output}/{name}")
        os.write(ready, b"..")
        folder.complete()
        assert texts(places.staging) == {"a/one.html": "new", "a/two.html": "old"}
    assert texts(places.output) == {"a/one.html": "old", "a/two.html": "old"}


def test_a_page_that_comes_out_the_same_is_the_one_that_stands(tmp_path):
    """If that can be published as it is; it is never written to."""
    standing, new = tmp_path / "standing", tmp_path / "new"

    def written(text: bytes) -> bool:
        staging.write(str(new), text, str(standing))
        assert new.read_bytes() == text
        return standing.exists() and new.samefile(standing)

    assert not written(b"one")
    standing.write_bytes(b"one")
    standing.chmod(staging.FILE_MODE)
    assert written(b"one")  # in the place of another
    assert written(b"one")  # and of itself
    assert not written(b"two")
    assert standing.read_bytes() == b"one"
    standing.chmod(0o600)
    assert not written(b"one")
    elsewhere = standing.rename(tmp_path / "elsewhere")
    elsewhere.chmod(staging.FILE_MODE)
    standing.symlink_to(elsewhere)
    assert not written(b"one")


def test_a_file_may_be_where_an_old_release_has_a_folder_and_the_other_way(places):
    """The old ones are linked meanwhile, or were."""
    old = {"a/index.html": "old", "b": "old", "c": "old"}
    publish(places, old)
    known = {name: values[1:3] for name, values in stats(places.output).items()}
    for _ in range(2):
        with suppress(KeyboardInterrupt), staged(places, known) as folder:
            assert folder.names == {*old}
            staging.write(f"{places.staging}/a", b"new", f"{places.output}/a")
            for name in ("b/c/d", "c"):
                staging.claim_folder(f"{places.staging}/{name}")
            folder.complete()
            made = {path.name: path.is_dir() for path in all_of(places.staging)[1:]}
            assert made == {"a": False, "b": True, "c": True, "d": True}
            raise KeyboardInterrupt
    assert texts(places.output) == old


def test_a_copy_where_there_are_no_links_takes_no_place(tmp_path, monkeypatch):
    """What came to be there meanwhile stays; the copy has the mode and the time."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old")
    old.chmod(0o640)
    os.utime(old, (1, 2))
    new.write_text("new")

    def link(*_: str) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(FileExistsError):
        staging.begin_as(str(old), str(new))
    assert new.read_text() == "new"
    new.unlink()
    staging.begin_as(str(old), str(new))
    assert (new.read_text(), new.stat().st_mtime) == ("old", 2)
    assert new.stat().st_mode == old.stat().st_mode


def test_a_build_that_fails_does_not_wait_until_all_is_linked(places, monkeypatch):
    """Nor does anybody link more when it has cleared what it left."""
    publish(places, {f"{number}.html": "x" for number in range(9)})
    known = {name: values[1:3] for name, values in stats(places.output).items()}
    slow = staging.begin_as

    def begin_as(old: str, new: str) -> None:
        time.sleep(60 if os.getpid() != HERE else 0)
        slow(old, new)

    monkeypatch.setattr(staging, "begin_as", begin_as)
    others = children()
    with suppress(KeyboardInterrupt), staged(places, known):
        raise KeyboardInterrupt
    assert children() == others


def test_a_build_that_fails_at_once_leaves_nobody_sweeping(places):
    """What an old release had is swept all the same."""
    for text in ("one", "two", "three"):
        publish(places, {f"{folder}/page.html": text for folder in "abcd"})
    others = children()
    with suppress(KeyboardInterrupt), staged(places):
        raise KeyboardInterrupt
    assert children() == others
    assert not places.staging.exists()


def test_taking_a_file_away_leaves_no_empty_folder(tmp_path):
    """Of those above it that hold something else, none goes."""
    for name in ("a/b/c/one", "a/two"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    staging.remove(tmp_path, "a/b/c/one")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "two"]


def test_a_release_that_fails_leaves_no_trace(places):
    """The output and the release before it stand, and the staging folder is gone."""
    publish(places, {"index.html": "one"})
    publish(places, {"index.html": "two"})
    stop(places)
    assert texts(places.output) == {"index.html": "two"}
    assert texts(places.previous) == {"index.html": "one"}
    assert beside(places) == {"output", ".output.previous"}


def test_rolling_back_exchanges_the_two_and_back_again(places):
    """Each is as it was: every byte, every time, every mode."""
    publish(places, {"index.html": "one", "gone.html": "x"})
    one = stats(places.output)
    publish(places, {"index.html": "two"})
    two = stats(places.output)
    assert release.roll_back(places)
    assert texts(places.output) == {"index.html": "one", "gone.html": "x"}
    assert (stats(places.output), stats(places.previous)) == (one, two)
    assert release.roll_back(places)
    assert (stats(places.output), stats(places.previous)) == (two, one)


def stats(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return what a web server and a person see of each file."""
    found = {name: (folder / name).stat() for name in release.files(folder)}
    return {
        name: (stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_mode)
        for name, stat in found.items()
    }


def test_without_a_release_before_nothing_is_rolled_back(places):
    """After a first build there is none."""
    publish(places, {"index.html": "one"})
    assert not release.roll_back(places)
    assert texts(places.output) == {"index.html": "one"}


@pytest.mark.parametrize("stopped", ["before", "after", "kept", "cleared half"])
def test_a_swap_that_was_stopped_is_ended_by_the_next(places, stopped):
    """Wherever it was killed, the release before the one that stands is kept."""
    publish(places, {"index.html": "one"})
    publish(places, {"index.html": "two"})
    staging, output, previous = places.staging, places.output, places.previous
    staging.mkdir()
    (staging / "index.html").write_text("three")
    places.lock.write_text(str(output.stat().st_ino))
    if stopped != "before":
        release.swap.exchange(output, staging)
    if stopped in {"kept", "cleared half"}:
        release.swap.exchange(previous, staging)
    if stopped == "cleared half":
        (staging / "index.html").unlink()
    stop(places)
    now, before = ("two", "one") if stopped == "before" else ("three", "two")
    assert texts(output) == {"index.html": now}
    assert texts(previous) == {"index.html": before}
    assert beside(places) == {"output", ".output.previous"}


def test_a_file_that_both_releases_have_is_one_file(places):
    """So its time and its ETag stay, and the disk holds it once."""
    publish(places, {"same.html": "same", "changed.html": "one", "a/same.html": "same"})
    before = stats(places.output)
    publish(places, {"same.html": "same", "changed.html": "two", "a/same.html": "same"})
    after = stats(places.output)
    assert after["same.html"] == before["same.html"]
    assert after["a/same.html"] == before["a/same.html"]
    assert after["changed.html"][0] != before["changed.html"][0]
    assert texts(places.previous)["changed.html"] == "one"


def test_a_changed_file_is_younger_by_a_second_at_least(places):
    """Else a web server, which looks at size and second, would call it unchanged."""
    times = []
    for text in ("one", "two", "six"):
        publish(places, {"index.html": text})
        times.append(int((places.output / "index.html").stat().st_mtime))
    assert times[0] < times[1] < times[2]


def test_where_a_disk_has_no_links_the_times_stay_all_the_same(places, monkeypatch):
    """A copy has the old file's time."""

    def link(*_names: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    publish(places, {"index.html": "one"})
    before = stats(places.output)["index.html"]
    publish(places, {"index.html": "one"})
    after = stats(places.output)["index.html"]
    assert (before[0] == after[0], before[1:] == after[1:]) == (False, True)


def test_no_two_files_that_take_the_place_of_one_have_the_same_time(places):
    """So neither is taken for the other, as after a release that was taken back."""
    times = set()
    for text in ("one", "two"):
        publish(places, {"index.html": "old"})
        later = time.time() + 3600
        os.utime(places.output / "index.html", (later, later))
        publish(places, {"index.html": text})
        now = (places.output / "index.html").stat()
        assert int(now.st_mtime) == int(later) + 1
        times.add(now.st_mtime_ns - int(later) * 10**9)
        assert release.roll_back(places)
    assert len(times) == 2


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_every_web_server_may_read_what_is_published(places, umask):
    """Whatever the builder's umask, files are 644 and folders are 755."""
    before = os.umask(umask)
    try:
        publish(places, {"index.html": "one", "a/b/index.html": "x"})
        publish(places, {"index.html": "two", "a/b/index.html": "x"})
        known = {"a/b/index.html": stats(places.output)["a/b/index.html"][1:3]}
        with release.locked(places) as lock, release.staged(lock, known) as folder:
            assert folder.names == {*known}
            (places.staging / "index.html").write_text("three")
            folder.complete()
            release.put_in_place(lock, keep=True, new=["index.html"])
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in all_of(places.output)}
    assert modes == {0o755, 0o644}


def all_of(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def test_a_file_may_become_a_folder_and_a_folder_a_file(places):
    """Neither is mistaken for the other."""
    publish(places, {"a": "file", "b/c": "folder"})
    publish(places, {"a/c": "folder", "b": "file"})
    assert texts(places.output) == {"a/c": "folder", "b": "file"}


def test_the_last_releases_fingerprinted_files_stay_for_one_release(places):
    """A reader who has the page of the release before finds its picture still."""
    picture = f"story/quay.{HASH}.webp"
    pictures = (picture, f"gone/quay.{HASH}.webp", "pagefind/en_a1b2c3d.pf_index")
    old = dict.fromkeys([*pictures, "story/plan.png"], "x")
    pages = {"index.html": "x", "story/index.html": "x", "pagefind/pagefind.js": "x"}
    publish(places, pages | old)
    inode = (places.output / picture).stat().st_ino
    publish(places, pages)
    now = set(release.files(places.output))
    carried = {picture, "pagefind/en_a1b2c3d.pf_index"}
    assert now == {*pages, *carried, release.CARRIED}
    assert set(release.own_files(places.output)) == set(pages)
    assert (places.output / picture).stat().st_ino == inode
    publish(places, pages)
    assert set(release.files(places.output)) == set(pages)


def test_a_file_to_be_carried_that_somebody_took_away_is_missed_by_nobody(places):
    """What is said to stand need not; the release comes without it."""
    picture = f"quay.{HASH}.webp"
    publish(places, {"index.html": "one", picture: "x"})
    (places.output / picture).unlink()
    with release.locked(places) as lock, release.staged(lock):
        (places.staging / "index.html").write_text("two")
        standing = {"index.html": (1, 3), picture: (1, 1)}
        release.put_in_place(lock, keep=True, standing=standing)
    assert texts(places.output) == {"index.html": "two"}


@pytest.mark.parametrize(
    ("name", "fingerprinted"),
    [
        (f"quay.{HASH}.webp", True),
        (f"a/quay.640.{HASH}.avif", True),
        ("pagefind/fragment/en_0a1b2c3.pf_fragment", True),
        ("quay.20261124.jpg", False),
        ("photo_20261124.jpg", False),
        ("deadbeefcafe.jpg", False),
        (f"quay.{HASH}", False),
        ("index.html", False),
    ],
)
def test_what_a_fingerprint_looks_like(name, fingerprinted):
    """A name of an author's own is none by accident."""
    assert bool(release.FINGERPRINTED.search(name)) == fingerprinted


def test_a_second_build_waits_and_says_so(places):
    """Two at once come one after the other."""
    program = (
        "import sys; from newsroom import release;"
        "places = release.Places.of(sys.argv[1])\n"
        "with release.locked(places) as lock, release.staged(lock):\n"
        "    (places.staging / 'index.html').write_text('second')\n"
        "    release.put_in_place(lock, keep=True)\n"
    )
    with release.locked(places) as lock, release.staged(lock):
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(places.output)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr
        line = second.stderr.readline()
        assert line == "Another build of output/ is under way; waiting for it.\n"
        (places.staging / "index.html").write_text("first")
        release.put_in_place(lock, keep=True)
    assert second.wait(20) == 0
    assert second.stderr.read() == ""
    second.stderr.close()
    assert texts(places.previous) == {"index.html": "first"}
    assert texts(places.output) == {"index.html": "second"}


def test_a_release_behind_a_symbolic_link_lies_where_it_leads(tmp_path):
    """The link stands."""
    real = tmp_path / "real/www"
    (tmp_path / "output").symlink_to(real)
    places = Places.of(tmp_path / "output")
    publish(places, {"index.html": "one"})
    publish(places, {"index.html": "two"})
    assert (tmp_path / "output").is_symlink()
    assert texts(real) == {"index.html": "two"}
    assert texts(tmp_path / "real/.www.previous") == {"index.html": "one"}
