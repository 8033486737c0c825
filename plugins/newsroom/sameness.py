"""Whether two builds are the same, and the one number that says so."""

import filecmp
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from newsroom import release


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
