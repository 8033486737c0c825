"""A build that is stopped, however and whenever: the site is the old one or the new.

The builds are real, and so are the signals and the disk whose power is cut.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, TESTS
from tools import missing

MOMENTS = [5, pytest.param(200, marks=pytest.mark.long)]
STOPPED = "saying Stopped. The site stands as the last build made it."
# A signal may come when the build has ended already: 0.
ENDS = {
    "SIGKILL ended with -9",
    f"SIGTERM ended with 143, {STOPPED}",
    f"SIGINT ended with 130, {STOPPED}",
    *(f"{name} ended with 0" for name in ("SIGKILL", "SIGTERM", "SIGINT")),
}
RIGHT = {"old site", "new site", "next build whole"}


def stopped(site: Path, way: str, command: str, moments: int) -> Counter[str]:
    """Stop a command at so many moments; return how often what was found."""
    program = [sys.executable, str(TESTS / "stopping.py"), way, str(site)]
    run = subprocess.run(
        [*program, command, str(moments)],
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT / "plugins"),
            "SOURCE_DATE_EPOCH": "1790000000",
            "SITEURL": "https://news.example.org",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = +Counter(json.loads(run.stdout))
    print(f"{way} {command}: {dict(found)}")
    return found


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize("command", ["html", "publish"])
def test_a_stopped_build_leaves_the_old_site_or_the_new(site, command, moments):
    """SIGKILL, SIGTERM and Ctrl-C, half of them in the swap; the next needs no repair.

    The release before is whole too.
    """
    found = stopped(site, "stop", command, moments)
    assert found.keys() - ENDS <= RIGHT
    assert sum(found[end] for end in ENDS if end.endswith(" 0")) <= moments // 2
    assert found["old site"] + found["new site"] == moments
    assert found["next build whole"] == moments // 5


@pytest.mark.parametrize("command", ["publish", "rollback"])
def test_a_release_may_be_killed_at_every_step(tmp_path, command):
    """Before each call to the system: both releases are whole, and the right ones."""
    found = stopped(tmp_path, "step", command, 0)
    assert found["whole"] == found["steps"] > 5


@pytest.fixture
def own_disk(site):
    """Let the site's output be on an ext4 disk of its own; return the site."""
    mkfs = shutil.which("mkfs.ext4") or missing("mkfs.ext4", "apt install e2fsprogs")
    image, disk = site / "image", site / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(32_000_000)
    subprocess.run([mkfs, "-q", str(image)], check=True)
    mount = subprocess.run(
        ["mount", "-o", "loop", str(image), str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mount.returncode:
        pytest.skip(
            "No disk can be mounted here, so power cuts were NOT tested. It takes "
            f"root: {mount.stderr.strip()}"
        )
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('\nOUTPUT_PATH = "disk/output"\n')
    try:
        yield site
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("moments", MOMENTS)
def test_a_power_cut_leaves_the_old_site_or_the_new(own_disk, moments):
    """With the disk's journal written and its data not, and with neither."""
    found = stopped(own_disk, "cut", "html", moments)
    assert found.keys() <= RIGHT
    assert found["old site"] + found["new site"] == moments
    assert found["next build whole"] == moments // 5
