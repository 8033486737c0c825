"""Exchanges two folders in one step."""

import ctypes
import errno
import os
import sys
from pathlib import Path

AT_FDCWD = -100  # <fcntl.h>: paths are relative to the working directory
RENAME_EXCHANGE = 2  # <linux/fs.h>
RENAME_SWAP = 2  # <sys/stdio.h> of macOS


def exchange(one: Path, other: Path) -> None:
    """Give each of two folders the place of the other.

    Whoever stops the machine finds both whole. Where the system cannot exchange
    folders, there is a moment in which nothing stands in the place of `one`.
    """
    try:
        _exchange(one, other)
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
            raise
        aside = _aside(other)
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


def recover(one: Path, other: Path) -> None:
    """End an exchange by renames that was stopped half-way; there need be none."""
    aside = _aside(other)
    if aside.exists():
        aside.rename(other if one.exists() else one)


def _aside(other: Path) -> Path:
    return other.with_name(f"{other.name}.aside")


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
