"""Says what a disk refuses, and what to do about it."""

import errno
import os
from pathlib import Path

FULL, OWN_DISK, NOT_YOURS = (
    "the disk is full; make room and build again",
    "a disk of its own (a mount) cannot be exchanged; mount the folder above it",
    "you may not write here; ask its owner, or build elsewhere",
)
# What no author can be blamed for, wherever in a build it happens.
REFUSALS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "your share of the disk is used up; make room and build again",
    errno.EROFS: "this disk can only be read; build where it can be written to",
    errno.EIO: "the disk reports damage; build on another",
}
# The same, and more, of the folders of the output itself.
OF_OUTPUT = REFUSALS | {
    errno.EACCES: NOT_YOURS,
    errno.EPERM: NOT_YOURS,
    errno.EBUSY: OWN_DISK,
    errno.EXDEV: OWN_DISK,
}


def refused(error: object) -> bool:
    """Whether this is a disk's refusal, and no mistake of an author's."""
    return isinstance(error, OSError) and error.errno in REFUSALS


def told(error: OSError, output: Path) -> tuple[Path, str]:
    """Return the place that refuses, `output` where that is not known, and a sentence.

    The sentence says why, and what to do.
    """
    # Of a copy, what refuses is where it goes to.
    name = error.filename2 or error.filename
    place = Path(os.fsdecode(name)) if name else output
    if place.is_relative_to(output.parent):
        # The author knows of the output, and not of the folders beside it.
        top = place.relative_to(output.parent).parts[:1]
        place = output if not top or output.name in top[0] else place
    return place, OF_OUTPUT.get(error.errno or 0, str(error))
