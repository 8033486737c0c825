"""`make audit`: whether a hole is known in any library that the locks pin."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOCKS = ("requirements.txt", "requirements/*.txt", "tests/requirements.txt")
COMMAND = ["-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes"]
OPTIONS = ["--format", "json", "--progress-spinner", "off"]


def locks(house: Path) -> list[Path]:
    """Return the files that pin libraries."""
    return [lock for pattern in LOCKS for lock in sorted(house.glob(pattern))]


def audit(lock: Path) -> tuple[list[str], bool]:
    """Return a line on each known hole, or why nothing was asked; whether all is well.

    pip-audit says the same code for a hole that was found and a database that was not
    reached, but only after asking does it print what it was told.
    """
    run = subprocess.run(  # noqa: S603 - our own words and a path of ours
        [sys.executable, *COMMAND, *OPTIONS, "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except ValueError:
        why = (run.stderr.strip() or "pip-audit said nothing").splitlines()[-1]
        return [f"{lock}: NOT audited. {why}"], False
    holes = list(_holes(packages))
    told = [f"{lock}: {line}" for line in holes]
    return told or [f"{lock}: no hole is known in {len(packages)} libraries"], not holes


def _holes(packages: list[dict[str, object]]) -> Iterator[str]:
    for package in packages:
        holes = package.get("vulns")
        for hole in holes if isinstance(holes, list) else ():
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            yield (
                f"{package['name']} {package['version']} has {hole['id']}; "
                f"mended in {mended}"
            )
