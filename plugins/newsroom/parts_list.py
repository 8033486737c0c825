"""The list of the parts that a published site is made by, from the lock alone.

https://cyclonedx.org/docs/1.6/json/ at the place of RFC 9472, section 2.2.
"""

import subprocess
import sys
from pathlib import Path

from newsroom.problems import report

HOUSE = Path(__file__).parents[2]
# With search, parts of Pagefind are carried by the site itself.
LOCKS = {False: HOUSE / "requirements.txt", True: HOUSE / "requirements/search.txt"}
PROJECT = HOUSE / "pyproject.toml"
COMMAND = "-W ignore -m cyclonedx_py requirements --output-reproducible --no-validate"
PLACE = ".well-known/sbom"


def write(output: Path, *, search: bool) -> list[str]:
    """Write the list into `output`: the same bytes for the same lock, offline.

    Returned are the names of what was written.
    """
    place = output / PLACE
    place.unlink(missing_ok=True)  # it may be a link to that of a release
    run = subprocess.run(  # noqa: S603 - our own words and paths
        [
            sys.executable,
            *COMMAND.split(),
            LOCKS[search],
            "--pyproject",
            PROJECT,
            "-o",
            place,
        ],
        capture_output=True,
        text=True,
        env={},  # no SOURCE_DATE_EPOCH: the list is of the lock, whatever the day
        check=False,
    )
    if run.returncode:
        why = (run.stderr.strip() or "no reason").splitlines()[-1]
        report("", 0, f"the list of parts was not written: {why}")
    return [PLACE]
