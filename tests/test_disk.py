"""The disk: what it refuses is told with its place and its remedy, and the site stands.

The small disks are real ones, in memory.
"""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import SETTINGS
from test_build import files, snapshot
from tools import missing

from newsroom import disk, whole_file
from newsroom.build import build
from newsroom.problems import BuildFailedError, Problem
from newsroom.staging import Staging, flush

IN_MEMORY = ("-t", "tmpfs", "standfirst-test")


@contextmanager
def mounted(folder: Path, *disk: str) -> Iterator[Path]:
    """Mount a disk at `folder`: what `mount` is told of it, or one of 2 MB."""
    folder.mkdir()
    what = disk or ("-o", "size=2m", *IN_MEMORY)
    command = ["mount", *what, str(folder)]
    mount = subprocess.run(command, capture_output=True, text=True, check=False)
    if mount.returncode:
        pytest.skip(
            "No disk can be mounted here, so what it refuses was NOT tested. It takes "
            f"root: {mount.stderr.strip()}"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Mount a small disk for the output."""
    with mounted(tmp_path / "small") as folder:
        yield folder


def formatted(image: Path, *options: str) -> Path:
    """Return a file of 60 MB that has a file system."""
    mkfs = shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    mkfs = mkfs or missing("mkfs.ext4", "apt install e2fsprogs")
    image.touch()
    os.truncate(image, 60_000_000)
    subprocess.run([mkfs, "-q", *options, str(image)], check=True)
    return image


@pytest.fixture
def failing_disk(tmp_path) -> Iterator[Path]:
    """Mount a disk that takes more than it can write: what it is kept on is smaller."""
    with mounted(tmp_path / "kept", "-o", "size=12m", *IN_MEMORY) as kept:
        image = formatted(kept / "image", "-O", "^has_journal")
        with mounted(tmp_path / "failing", "-o", "loop", str(image)) as folder:
            yield folder


def built(content: Path, output: Path) -> Path:
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output))
    return output


def refused(content: Path, output: Path, sentence: str) -> None:
    """Build, and expect to be told of the output, with one sentence."""
    with pytest.raises(BuildFailedError) as failure:
        built(content, output)
    assert failure.value.problems == [Problem(str(output), 0, sentence)]


def test_a_file_is_whole_however_little_is_written_at_once(
    tmp_path, content, monkeypatch
):
    """A system that took less than it was given, as a full disk does, gets the rest."""
    whole = files(built(content, tmp_path / "whole/output"))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:999]))
    assert files(built(content, tmp_path / "parts/output")) == whole


def fill(folder: Path, left: int) -> Path:
    """Fill a disk but for `left` KB."""
    filler = folder / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(folder).free - left * 1024))
    return filler


# In KB: where even the first folder, the first page, the middle and the last file of
# a site is too much.
@pytest.mark.parametrize("left", [0, 8, 60, 150])
def test_a_full_disk_is_told_and_the_site_stands(content, small_disk, left):
    """Wherever the room ends; what was built is cleared; with room, all is well."""
    output = built(content, small_disk / "output")
    before = snapshot(output)
    (content / "extra/noise.bin").write_bytes(os.urandom(160_000))
    filler = fill(small_disk, left)
    refused(content, output, disk.FULL)
    assert snapshot(output) == before
    staged = [p for p in small_disk.rglob(".output.staging/**/*") if p.is_file()]
    assert all(path.stat().st_nlink > 1 for path in staged)  # no room of its own
    filler.unlink()
    built(content, output)
    assert (output / "noise.bin").stat().st_size == 160_000


def test_a_disk_that_can_only_be_read_is_told(content, small_disk):
    """The old site stands."""
    output = built(content, small_disk / "output")
    before = snapshot(output)
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    refused(content, output, disk.REFUSALS[errno.EROFS])
    assert snapshot(output) == before


def test_an_output_that_is_a_disk_of_its_own_is_told(content, tmp_path):
    """As in a container whose output is a volume: the exchange is impossible."""
    with mounted(tmp_path / "output") as output:
        (output / "trust.json").write_text("{}")
        (output / "index.html").write_text("old")
        refused(content, output, disk.OWN_DISK)
        assert (output / "index.html").read_text() == "old"
    assert not (tmp_path / ".output.staging").exists()


def test_a_folder_that_may_not_be_written_to_is_told(content, tmp_path):
    """Even the superuser may not, where a folder is made immutable."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    if os.geteuid() == 0:
        chattr = shutil.which("chattr") or missing("chattr", "apt install e2fsprogs")
        subprocess.run([chattr, "+i", str(folder)], check=True)
    else:
        folder.chmod(0o555)
    try:
        refused(content, folder / "output", disk.NOT_YOURS)
    finally:
        if os.geteuid() == 0:
            subprocess.run([chattr, "-i", str(folder)], check=True)
        folder.chmod(0o755)


def test_damage_is_told_even_if_somebody_else_was_told_before(
    content, failing_disk, monkeypatch
):
    """A disk tells it once, and who opens a file later is not told: nor is it again.

    Here what it is kept on has room again by then, and all that comes is written.
    """
    output = built(content, failing_disk / "output")
    before = snapshot(output)
    (content / "extra/noise.bin").write_bytes(os.urandom(30_000_000))
    complete = Staging.complete

    def told(staging: Staging) -> None:
        complete(staging)
        with (
            (failing_disk / "other").open("w") as other,
            pytest.raises(OSError, match=r"Input/output error|No space left"),
        ):
            flush(other.fileno())
        kept = failing_disk.with_name("kept")
        subprocess.run(["mount", "-o", "remount,size=90m", str(kept)], check=True)

    monkeypatch.setattr(Staging, "complete", told)
    with pytest.raises(BuildFailedError) as failure:
        built(content, output)
    # Linux may pass on why the disk failed.
    sentences = {disk.REFUSALS[errno.EIO], disk.FULL}
    assert failure.value.problems in [[Problem(str(output), 0, s)] for s in sentences]
    assert snapshot(output) == before


def test_what_is_kept_is_whole_after_a_power_cut(tmp_path):
    """As a disk has it that was told nothing more, but to keep some other file."""
    image, cut = formatted(tmp_path / "image"), tmp_path / "cut"
    with mounted(tmp_path / "disk", "-o", "loop", str(image)) as folder:
        whole_file.write(folder / "kept", b"a" * 50_000)
        with (folder / "other").open("w") as other:
            other.write("b")
            other.flush()
            os.fsync(other.fileno())
        shutil.copyfile(image, cut)
    with mounted(tmp_path / "again", "-o", "loop", str(cut)) as folder:
        assert (folder / "kept").read_bytes() == b"a" * 50_000
