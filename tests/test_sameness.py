"""Sameness: two machines build the same bytes, and one number proves it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import ROOT, TESTS
from tools import missing, run

from newsroom import release, sameness

HASH = (
    "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
)
EPOCH = "1795305600"
READ = (
    "theme",
    "plugins",
    "pelicanconf.py",
    "publishconf.py",
    "requirements.txt",
    "pyproject.toml",
)
MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path):
    """Return a folder of files in an order that is not that of their names."""
    for name in ("b/c.txt", "b.txt", "B.txt", "b-c.txt", "é.txt", "a/z.txt", ".d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"This is {name}.\n")
    return tmp_path


def test_the_hash_is_the_one_that_the_readme_tells(folder):
    """Anyone computes it with GNU's tools."""
    assert HASH in (ROOT / "README.md").read_text("utf-8")
    shell = subprocess.run(
        HASH, shell=True, cwd=folder, capture_output=True, text=True, check=True
    )
    assert shell.stdout == f"{sameness.tree_hash(folder)}  -\n"


def test_every_byte_and_every_name_counts(folder):
    """But not what a release has from the one before it."""
    hashes = {sameness.tree_hash(folder)}
    (folder / "carried").write_text("x")
    (folder / release.CARRIED).write_text("carried\n")
    assert sameness.tree_hash(folder) in hashes
    (folder / "b.txt").write_text("This is c.txt.\n")
    hashes.add(sameness.tree_hash(folder))
    (folder / "b.txt").rename(folder / "c.txt")
    hashes.add(sameness.tree_hash(folder))
    assert len(hashes) == 3


def test_what_differs_is_named_with_its_place(tmp_path):
    """As an editor counts lines and columns, from one."""
    one, other = tmp_path / "one", tmp_path / "other"
    texts = {
        "same": ("a\nb", "a\nb"),
        "middle": ("a\nbcd", "a\nbcx"),
        "end": ("a\n", "a\nb"),
        "mine": ("a", None),
        "yours": (None, "a"),
    }
    for name, both in texts.items():
        for folder, text in zip((one, other), both, strict=True):
            folder.mkdir(exist_ok=True)
            if text is not None:
                (folder / name).write_text(text)
    assert list(sameness.differences(one, other)) == [
        "end: differs from line 2, column 1",
        "middle: differs from line 2, column 3",
        "mine: only in the first",
        "yours: only in the second",
    ]


def test_verify_prints_the_hash_of_a_site_that_is_the_same(site):
    """It is that of the site which those who build with its words get."""
    code, out, err = run(site, "verify", SOURCE_DATE_EPOCH=EPOCH)
    assert (code, err) == (0, "")
    said, how, number = out.splitlines()
    assert said.startswith("Built twice, as on two machines: ")
    assert (
        how
        == f"make html, SITEURL=https://standfirst.example SOURCE_DATE_EPOCH={EPOCH}:"
    )
    assert not (site / "output").exists()
    assert run(site, "html", SOURCE_DATE_EPOCH=EPOCH)[0] == 0
    assert sameness.tree_hash(site / "output") == number


def test_verify_names_what_hangs_on_the_machine(site):
    """The exit code is 1, and each file is named with the place."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('\nimport os\nSITESUBTITLE = os.environ.get("TZ", "here")\n')
    code, out, err = run(site, "verify")
    assert (code, out) == (1, "")
    *named, last = err.splitlines()
    assert "index.html: differs from line " in err
    assert last == f"{len(named)} of the files differ."


def test_verify_of_a_site_with_a_mistake_says_so(site):
    """There is nothing to compare, and the exit code is 1."""
    (site / "content/pages/about.md").write_text("No header\n")
    code, out, err = run(site, "verify")
    assert (code, out) == (1, "")
    assert "content/pages/about.md" in err
    assert err.count("nothing was built") == 1


@pytest.fixture
def houses():
    """Yield two copies of the house with the fixture site, in memory.

    In one the files were made in the order of their names, in the other backwards: a
    disk in memory lists them so.
    """
    if not MEMORY.is_dir():
        pytest.skip(f"{MEMORY} is missing, so the order of files was NOT tested.")
    with TemporaryDirectory(dir=MEMORY) as top:
        forwards, backwards = Path(top, "one"), Path(top, "другая папка")
        house = Path(top, "house")
        house.mkdir()
        for name in READ:
            (house / name).symlink_to(ROOT / name)
        (house / "content").symlink_to(TESTS / "site")
        sameness.copy_backwards(house, backwards)
        _copy_forwards(backwards, forwards)
        extra = [
            list((home / "content/extra").iterdir()) for home in (forwards, backwards)
        ]
        if [p.name for p in extra[0]] == [p.name for p in extra[1]]:
            pytest.skip(
                f"{MEMORY} lists files in one order, so another was NOT tested."
            )
        yield forwards, backwards


def _copy_forwards(path: Path, copy: Path) -> None:
    if not path.is_dir():
        shutil.copy2(path, copy)
        return
    copy.mkdir()
    for inner in sorted(path.iterdir()):
        _copy_forwards(inner, copy / inner.name)


@pytest.fixture
def turkish(tmp_path):
    """Make a locale of other days and other capitals; return its variables."""
    program = shutil.which("localedef")
    if not program or not Path("/usr/share/i18n/locales/tr_TR").exists():
        missing("localedef, or its sources", "sudo apt install locales")
    place = tmp_path / "tr_TR.UTF-8"
    subprocess.run([program, "-i", "tr_TR", "-f", "UTF-8", str(place)], check=True)
    return {"LOCPATH": str(tmp_path), "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}


def publish(house: Path, python: str = sys.executable, umask: int = 0o022, **more: str):
    """Publish a house's site as from a shell with these variables."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(house / "plugins"),
        "SOURCE_DATE_EPOCH": EPOCH,
        "SITEURL": "https://news.example.org",
        "PYTHONUTF8": "1",
    }
    command = [python, "-m", "newsroom", "publish"]
    built = subprocess.run(
        command,
        cwd=house,
        env=environment | more,
        umask=umask,
        check=False,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return house / "output"


def modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_mode & 0o7777
        for path in (folder, *folder.rglob("*"))
    }


def test_every_machine_publishes_the_same(houses, turkish):
    """Whatever its order of files, folders, zone, locale, hash seed and umask."""
    one = publish(houses[0], TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    other = publish(
        houses[1], umask=0o077, TZ="Asia/Kathmandu", PYTHONHASHSEED="2", **turkish
    )
    assert list(sameness.differences(one, other)) == []
    assert len(release.files(one)) > 100
    assert modes(one) == modes(other)
    assert set(modes(one).values()) == {0o644, 0o755}


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_every_python_publishes_the_same(houses, tmp_path, version):
    """From 3.11, the oldest we promise, to the newest on this machine."""
    places = [*Path("/root/.pyenv/versions").glob(f"{version}.*/bin/python")]
    found = next(map(str, places), None) or shutil.which(f"python{version}")
    if not found:
        missing(f"Python {version}", f"install python{version}, or with pyenv")
    uv = [sys.executable, "-m", "uv"]
    new = tmp_path / "venv"
    python = str(new / "bin/python")
    subprocess.run([*uv, "venv", "-q", "--python", found, str(new)], check=True)
    install = [*uv, "pip", "install", "-q", "--require-hashes", "--python", python]
    for lock in ("requirements.txt", "requirements/publish.txt"):
        subprocess.run([*install, "-r", str(ROOT / lock)], check=True)
    ours = publish(houses[0])
    theirs = publish(houses[1], python=python)
    assert list(sameness.differences(ours, theirs)) == []
