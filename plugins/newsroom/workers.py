"""Shares work among forked processes, one a core, or does it here."""

import ctypes
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def shared(
    work: Callable[[Sequence[Item]], Result], items: Sequence[Item], worth: int
) -> list[Result]:
    """Return what `work` makes of the items, parted among as many workers as pay.

    `worth` items pay for a worker. What a worker leaves in its memory is lost: it must
    return what counts, as pickle takes it. The share of one that fails is done again
    here, where an error shows where it came from.
    """
    cores = len(os.sched_getaffinity(0)) if _can_fork() else 1
    count = min(cores, len(items) // worth)
    if count < 2:  # noqa: PLR2004 - a second worker
        return [work(items)] if items else []
    size = -(-len(items) // count)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    gc.freeze()  # so that no worker looks at, and so copies, what it shares
    started = [_start(work, share) for share in shares]
    answers = [_answer(*worker) for worker in started]
    return [
        pickle.loads(answer) if answer else work(share)  # noqa: S301 - our own child's
        for answer, share in zip(answers, shares, strict=True)
    ]


def _can_fork() -> bool:
    """Whether a fork is safe: it takes one thread along, and not what others hold."""
    linux = sys.platform == "linux"  # other systems' own libraries do not bear it
    return linux and threading.active_count() == 1


def _start(work: Callable[[Any], Any], items: Any) -> tuple[int, int]:
    """Fork a worker; return its process and the pipe that its result comes from."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    if pid := os.fork():
        os.close(writing)
        return pid, reading
    failed = 1
    try:
        _end_with(parent)
        answer = pickle.dumps(work(items), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        failed = 0
    finally:
        os._exit(failed)  # without the parent's clean-up


def _end_with(parent: int) -> None:
    """Be stopped when the parent is, however that is, and leave the clearing to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _answer(pid: int, pipe: int) -> bytes:
    """Return what a worker wrote; nothing where it failed."""
    with os.fdopen(pipe, "rb") as reading:
        answer = reading.read()
    _, status = os.waitpid(pid, 0)
    return b"" if status else answer
