"""The Makefile: what it sets up, repairs, says when it cannot, and removes.

Everything here runs the real make and the real pip, in copies of the house.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from threading import Timer

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tools import missing

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCKS = ("requirements.txt", "tests/requirements.txt")
STAMP = ".venv/.requirements"
SETTING_UP = "Setting up .venv"
# Variables of the shell that runs the tests, and of its own make, that change a make's.
OURS = (
    "MAKE|MFLAGS|PYTHON|PORT$|DO$|ARGS$|SITEURL$|DEBUG$|SOURCE_DATE_EPOCH$|VIRTUAL_ENV$"
)
# What came after 3.81, by the release that brought it: the NEWS file of GNU make.
NEWER = {
    "3.82": r"^\.ONESHELL|^\.RECIPEPREFIX|\bundefine\b|^define .*=|^private\b|--eval",
    "4.0": r"\$\((file|guile) |^-?load\b|^[^#\t]*(!=|::=)|--output-sync|-O\b|--trace",
    "4.2": r"\.SHELLSTATUS",
    "4.3": r"\.EXTRA_PREREQS|&:",
    "4.4": r"\$\((let|intcmp) |\.NOTINTERMEDIATE|\.WAIT|--shuffle|^[^#\t]*:::=",
}


def copy(folder: Path) -> Path:
    """Copy the house to `folder`, without what Git is told to ignore."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    names = [Path(line.strip("/")).name for line in ignored]
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", *names))
    # The owner may have set the address; these tests are about one who has not.
    with (folder / "pelicanconf.py").open("a", encoding="utf-8") as settings:
        settings.write('\nSITEURL = "https://standfirst.example"\n')
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return a plain shell's environment, in the plainest locale, and `more`."""
    kept = {
        name: value for name, value in os.environ.items() if not re.match(OURS, name)
    }
    return kept | {"LC_ALL": "C"} | more


def make(
    house: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run make with `words`; what it and its children say is one text, in stdout."""
    return subprocess.run(
        ["make", *words],
        cwd=house,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below `folder`."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def pinned(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return the packages of a lock by name: the version, and what follows it."""
    lines = (ROOT / lock).read_text("utf-8").replace("\\\n", " ").splitlines()
    found = {}
    for line in lines:
        if line.startswith("#"):
            continue
        name, _, rest = line.partition("==")
        version, *options = rest.split()
        found[canonicalize_name(name)] = version, options
    return found


@pytest.fixture(scope="module")
def first_run(tmp_path_factory) -> tuple[Path, str]:
    """Run `make html` in a copy at a difficult path; return the copy and its output."""
    house = copy(tmp_path_factory.mktemp("make") / "Zeitung für alle – газета")
    run = make(house, "html")
    unreached = "requirements were not installed" in run.stdout
    if unreached and "hash" not in run.stdout.lower():
        missing(
            "The network, or a folder of wheels",
            "connect, or PIP_NO_INDEX=1 PIP_FIND_LINKS=/that/folder make test",
        )
    assert run.returncode == 0, run.stdout
    return house, run.stdout


@pytest.fixture
def house(first_run) -> Path:
    """Return that copy, set up and built."""
    return first_run[0]


@pytest.fixture
def bare(tmp_path) -> Path:
    """Return a copy in which nothing is set up."""
    return copy(tmp_path / "bare")


def test_the_first_run_sets_up_and_builds(first_run):
    """On a fresh clone, at any path, `make html` sets up what a build needs."""
    house, said = first_run
    assert said.count(SETTING_UP) == 1
    assert (house / "output/index.html").is_file()
    (packages,) = house.glob(".venv/lib/python*/site-packages")
    assert (packages / "pelican").is_dir()
    assert not (packages / "pytest").exists()


def test_the_second_run_installs_nothing(house):
    """Once set up, `make html` builds without pip, so without a network too."""
    before = (house / STAMP).stat().st_mtime_ns
    run = make(house, "html", PIP_NO_INDEX="1", PIP_FIND_LINKS="/nowhere")
    assert run.returncode == 0
    assert SETTING_UP not in run.stdout
    assert (house / STAMP).stat().st_mtime_ns == before


def test_a_newer_lock_is_installed(house):
    """When requirements.txt is newer than the stamp, the next run sets up again."""
    lock = house / "requirements.txt"
    before = lock.stat()
    assert make(house, "-q", STAMP).returncode == 0
    later = (house / STAMP).stat().st_mtime + 2  # a make that counts whole seconds
    os.utime(lock, (later, later))
    assert make(house, "-q", STAMP).returncode == 1
    os.utime(lock, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_lost_interpreter_is_replaced(house):
    """Without .venv/bin/python, the next run sets up again, whatever the stamp says."""
    python = house / ".venv/bin/python"
    python.rename(python.with_name("gone"))
    said = make(house, "-n", "html").stdout
    python.with_name("gone").rename(python)
    assert "-m venv --clear .venv" in said
    assert "-m venv" not in make(house, "-n", "html").stdout


def test_a_half_made_venv_is_repaired(house):
    """An interpreter without the stamp that is touched last counts for nothing."""
    python = house / ".venv/bin/python"
    shutil.rmtree(house / ".venv")
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    run = make(house, "html")
    assert run.returncode == 0, run.stdout
    assert run.stdout.count(SETTING_UP) == 1


def test_a_stopped_setting_up_is_begun_anew(bare):
    """After Ctrl-C while setting up, the next run does not take it for done."""
    with subprocess.Popen(
        ["make", "html"],
        cwd=bare,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None and not (bare / ".venv/bin/python").exists():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
    assert process.returncode
    assert (bare / ".venv/bin/python").exists()
    assert "-m venv --clear .venv" in make(bare, "-n", "html").stdout


def test_an_old_python_is_refused(bare, tmp_path):
    """A Python older than 3.11 is named, and another asked for."""
    old = tmp_path / "python3.10"
    old.write_text(
        '#!/bin/sh\n[ "$1" = -c ] || exit 1\n'
        f'exec "{sys.executable}" -c "import sys; sys.version_info = (3, 10, 9); $2"\n',
        encoding="utf-8",
    )
    old.chmod(0o755)
    run = make(bare, "html", PYTHON=str(old))
    assert run.returncode == 2
    assert f"needs Python 3.11 or newer, and {old} is not" in run.stdout
    assert "make PYTHON=" in run.stdout
    assert not (bare / ".venv").exists()


def test_a_python_without_venv_names_the_package(bare, tmp_path):
    """Where ensurepip is missing, as on Debian, the package to install is named."""
    (tmp_path / "ensurepip.py").write_text("raise ImportError\n")
    run = make(bare, "html", PYTHONPATH=str(tmp_path))
    assert run.returncode == 2
    assert "sudo apt install python3-venv" in run.stdout
    assert not (bare / ".venv").exists()


def test_help_lists_every_target(bare):
    """`make help` has one line for each target, with what it does."""
    targets = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    lines = make(bare, "help").stdout.splitlines()
    assert targets == [line.split()[1] for line in lines]
    assert all(len(line.split()) > 3 for line in lines)


def test_every_target_is_phony():
    """A file of a target's name, as a folder "test", does not hide the target."""
    phony = re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert phony
    assert phony[1].split() == re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)


def test_publishing_without_an_address_stops(house):
    """Without SITEURL, `make publish` says what to give, and leaves output/ alone."""
    before = files(house / "output")
    run = make(house, "publish")
    assert run.returncode == 2
    assert "make publish SITEURL=https://" in run.stdout
    assert files(house / "output") == before


def test_publishing_with_an_address_builds_for_it(house):
    """SITEURL can be given as make's word or as a variable of the shell."""
    index = house / "output/index.html"
    assert make(house, "publish", "SITEURL=https://one.test/news").returncode == 0
    assert 'href="https://one.test/news/"' in index.read_text("utf-8")
    assert (house / "output/atom.xml.br").exists()
    assert (
        make(house, "publish", "TWINS=no", SITEURL="https://two.test").returncode == 0
    )
    assert not (house / "output/atom.xml.br").exists()
    assert 'href="https://two.test/"' in index.read_text("utf-8")


def preview(house: Path, awaited: str) -> None:
    """Run `make serve` until it says what is awaited, and all it started has ended.

    That takes 30 s at most. make itself ends at once, before what it started.
    """
    said = ""
    with subprocess.Popen(
        ["make", "serve", "PORT=0"],
        cwd=house,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        encoding="utf-8",
    ) as process:
        limit = Timer(30, os.killpg, (process.pid, signal.SIGKILL))
        limit.start()
        assert process.stdout
        for line in process.stdout:  # which all of them have, until they end
            said += line
            if awaited in line:
                os.killpg(process.pid, signal.SIGTERM)
        ended = limit.is_alive()
        limit.cancel()
    assert ended
    assert awaited in said


def test_clean_removes_what_make_made_and_no_more(house, bare):
    """After builds that succeed, fail and serve, `make clean` leaves what was there."""
    for name in ("output.txt", "notes/output/a.md", ".venvs/a", "content/extra/a.txt"):
        (bare / name).parent.mkdir(parents=True, exist_ok=True)
        (bare / name).write_text("mine\n")
    before = files(bare)
    shutil.copytree(house / ".venv", bare / ".venv", symlinks=True)
    preview(bare, "Built")
    broken = bare / "content/pages/broken.md"
    broken.write_text("No header\n")
    assert make(bare, "html").returncode == 2
    preview(bare, "nothing was built")
    broken.unlink()
    (bare / "tests/node_modules/axe-core").mkdir(parents=True)
    assert make(bare, "clean").returncode == 0
    assert files(bare).keys() == before.keys()
    assert files(bare) == before
    assert not (bare / "tests/node_modules").exists()


def test_clean_may_find_nothing(bare):
    """`make clean` in a fresh clone succeeds, and changes nothing."""
    before = files(bare)
    assert make(bare, "clean").returncode == 0
    assert files(bare) == before


@pytest.mark.parametrize("release", NEWER)
def test_the_makefile_is_for_make_3_81(release):
    """Nothing in the Makefile came with a later release than the make of macOS."""
    found = re.finditer(NEWER[release], MAKEFILE, re.MULTILINE)
    assert [match[0] for match in found] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_hashed(lock):
    """Each has one version, and at least one SHA-256 to hold a download against."""
    packages = pinned(lock)
    assert packages
    for name, (version, options) in packages.items():
        hashes = [word for word in options if word.startswith("--hash=")]
        assert re.fullmatch(r"[0-9][\w.+!]*", version), name
        assert hashes, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", h) for h in hashes), name


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked_at_a_version_it_allows(lock):
    """What pyproject.toml asks for is in the lock, in a version it asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "requirements.txt": project["project"]["dependencies"],
        "tests/requirements.txt": project["dependency-groups"]["test"],
    }[lock]
    packages = pinned(lock)
    for requirement in map(Requirement, asked):
        version, _ = packages[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_the_two_locks_agree():
    """A package that builds and tests both need has one version."""
    builds, tests = map(pinned, LOCKS)
    both = builds.keys() & tests.keys()
    assert {name: builds[name] for name in both} == {name: tests[name] for name in both}


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [("sha256:00000000", "DO NOT MATCH THE HASHES"), ("", "Hashes are required")],
)
def test_a_package_that_is_not_as_locked_is_refused(first_run, bare, fault, complaint):
    """What has another hash than the lock's, or none there, is not installed."""
    assert SETTING_UP in first_run[1]  # so packages can be had
    line = small_package()
    changed = re.sub("sha256:.{8}", fault, line) if fault else line.split()[0]
    (bare / "requirements.txt").write_text(f"{changed}\n")
    run = make(bare, STAMP)
    assert run.returncode == 2
    assert complaint in run.stdout
    assert "The requirements were not installed" in run.stdout
    assert not (bare / STAMP).exists()


def small_package() -> str:
    """Return the lock's line of a package with few files, needed on every system."""
    packages = {
        f"{name}=={version}": hashes
        for name, (version, hashes) in pinned("requirements.txt").items()
        if hashes[0].startswith("--hash=")
    }
    name = min(packages, key=lambda name: len(packages[name]))
    return " ".join([name, *packages[name]])


@pytest.mark.parametrize("given", ["argument", "variable"])
def test_a_title_is_kept_as_it_was_typed(house, given):
    """Neither make nor the shell reads what stands in the title of a new story."""
    title = "$(shell touch owned) -n; touch owned; `x` $HOME $$ \\ 'one' \"two\" #ö"
    run = (
        make(house, "new", f"TITLE={title}")
        if given == "argument"
        else make(house, "new", TITLE=title)
    )
    assert run.returncode == 0, run.stdout
    (article,) = (house / "content/articles").glob("*/shell-touch-owned*/article.md")
    assert article.read_text("utf-8").startswith(f"Title: {title}\n")
    shutil.rmtree(article.parent)
    assert not (house / "owned").exists()
