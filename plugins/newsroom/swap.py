"""Puts a finished folder in the place of another in one step."""

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

AT_FDCWD = -100  # <fcntl.h>: paths are relative to the working directory
RENAME_EXCHANGE = 2  # <linux/fs.h>
RENAME_SWAP = 2  # <sys/stdio.h> of macOS


def replace(current: Path, new: Path) -> None:
    """Make the folder `new` be `current`; what was there before is deleted.

    Whoever stops the machine finds one of the two whole. Where the system cannot
    exchange two folders, there is a moment without `current`.
    """
    if not current.exists():
        new.rename(current)
        return
    try:
        _exchange(current, new)
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
            raise
        old = new.with_name(f"{new.name}.old")
        shutil.rmtree(old, ignore_errors=True)  # of a swap that was stopped
        current.rename(old)
        new.rename(current)
        old.rename(new)
    shutil.rmtree(new)


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders: renameat2(2) of Linux, renamex_np(2) of macOS."""
    names = os.fsencode(one), os.fsencode(other)
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        failed = libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE)
    elif sys.platform == "darwin":
        failed = libc.renamex_np(*names, RENAME_SWAP)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(one))
