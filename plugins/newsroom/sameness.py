"""Whether two builds are the same, and the one number that says so."""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from newsroom import release

# What a build must not depend on: two machines that differ in it.
MACHINES = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
)
UMASKS = 0o022, 0o077
# At the top of a house, what no build reads, besides what is hidden.
NOT_READ = ("output", "tests", "__pycache__")


@dataclass(frozen=True)
class Verdict:
    """What came of two builds: the hash of the first, and how the second differs."""

    files: int
    tree: str
    differences: tuple[str, ...]


def tree_hash(folder: Path) -> str:
    r"""Return the SHA-256 of what `sha256sum` prints of the files of a release.

    Its files are sorted by the bytes of their paths; what it has from the release
    before it does not count. With GNU's tools, in the folder:
    find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    """
    lines = sha256()
    for name in sorted(release.own_files(folder), key=str.encode):
        digest = sha256((folder / name).read_bytes()).hexdigest()
        lines.update(f"{digest}  {name}\n".encode())
    return lines.hexdigest()


def differences(one: Path, other: Path) -> Iterator[str]:
    """Say of each file that two releases do not share how they differ."""
    names = {folder: set(release.own_files(folder)) for folder in (one, other)}
    for name in sorted(names[one] | names[other]):
        if name not in names[other]:
            yield f"{name}: only in the first"
        elif name not in names[one]:
            yield f"{name}: only in the second"
        elif not filecmp.cmp(one / name, other / name, shallow=False):
            yield f"{name}: {_difference((one / name), (other / name))}"


def _difference(one: Path, other: Path) -> str:
    """Return the first place where two files differ, as an editor counts it."""
    first, second = one.read_bytes(), other.read_bytes()
    same = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    line = first.count(b"\n", 0, same) + 1
    column = same - first.rfind(b"\n", 0, same)
    return f"differs from line {line}, column {column}"


def verify(command: str, epoch: int) -> Verdict | None:
    """Build the site of this folder twice, as if on two machines, and compare.

    One is built here, the other in a copy of the folder whose files were made in the
    reverse order. `epoch` is the second that both take for now. None says that a build
    failed, and has said why.
    """
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "another folder – ανά")
        copy_backwards(here, copy)
        one, other = Path(folder, "one"), Path(folder, "two", "www")
        if not (
            _built(here, command, one, 0, epoch)
            and _built(copy, command, other, 1, epoch)
        ):
            return None
        count = len(release.own_files(one))
        return Verdict(count, tree_hash(one), tuple(differences(one, other)))


def copy_backwards(house: Path, copy: Path) -> None:
    """Copy what a site is made of, so that some disks list its folders otherwise."""
    copy.mkdir()
    for path in sorted(house.iterdir(), reverse=True):
        if not path.name.startswith(".") and path.name not in NOT_READ:
            _copy_backwards(path, copy / path.name)


def _copy_backwards(path: Path, copy: Path) -> None:
    if not path.is_dir():
        shutil.copy2(path, copy)
        return
    copy.mkdir()
    for inner in sorted(path.iterdir(), reverse=True):
        _copy_backwards(inner, copy / inner.name)


def _built(house: Path, command: str, output: Path, machine: int, epoch: int) -> bool:
    """Build a site as on one of the machines; whether that went well."""
    output.parent.mkdir(exist_ok=True)
    environment = MACHINES[machine] | {
        "PYTHONPATH": str(house / "plugins"),
        "SOURCE_DATE_EPOCH": str(epoch),
    }
    run = subprocess.run(  # noqa: S603 - our own words and paths
        [sys.executable, "-m", "newsroom", command, "--output", str(output)],
        cwd=house,
        env=os.environ | environment,
        umask=UMASKS[machine],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return run.returncode == 0
