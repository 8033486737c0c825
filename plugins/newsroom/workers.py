"""Shares work among forked processes, one a core, or does it here."""

import ctypes
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# In how many parts items are dealt: a byte says which.
PARTS = 256


def shared(
    work: Callable[[Sequence[Item]], Result], items: Sequence[Item], worth: int
) -> list[Result]:
    """Return what `work` makes of the items, parted among as many workers as pay.

    `worth` items pay for a worker. What a worker leaves in its memory is lost: it must
    return what counts, as pickle takes it. The share of one that fails is done again
    here, where an error shows where it came from.
    """
    count = _count(items, worth)
    if count < 2:  # noqa: PLR2004 - a second worker
        return [work(items)] if items else []
    size = -(-len(items) // count)
    shares = [items[start : start + size] for start in range(0, len(items), size)]
    answers = _answers([partial(work, share) for share in shares])
    return [
        pickle.loads(answer) if answer else work(share)  # noqa: S301 - our own child's
        for answer, share in zip(answers, shares, strict=True)
    ]


def dealt(
    work: Callable[[Iterable[Item]], Result], items: Sequence[Item], worth: int
) -> list[Result]:
    """Do the same, but give each worker a few more items whenever it is through.

    So none waits where some items take longer. Who gets which, and so the order, is
    left to chance. Where a worker fails, all is done again.
    """
    count = _count(items, worth)
    if count < 2:  # noqa: PLR2004 - a second worker
        return [work(items)] if items else []
    size = -(-len(items) // PARTS)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    reading, writing = os.pipe()
    os.write(writing, bytes(range(len(parts))))
    os.close(writing)

    def taken() -> Iterator[Item]:
        while number := os.read(reading, 1):  # one worker alone gets it
            yield from parts[number[0]]

    answers = _answers([lambda: work(taken())] * count)
    os.close(reading)
    if all(answers):
        return [pickle.loads(answer) for answer in answers]  # noqa: S301 - our own
    return [work(items)]


def _count(items: Sequence[Any], worth: int) -> int:
    """Return how many workers pay."""
    cores = len(os.sched_getaffinity(0)) if _can_fork() else 1
    return min(cores, len(items) // worth)


def _answers(works: Sequence[Callable[[], Any]]) -> list[bytes]:
    """Return what each makes in a worker of its own, pickled; nothing if it failed."""
    gc.freeze()  # so that no worker looks at, and so copies, what it shares
    started = [_start(work) for work in works]
    return [_answer(*worker) for worker in started]


def _can_fork() -> bool:
    """Whether a fork is safe: it takes one thread along, and not what others hold."""
    linux = sys.platform == "linux"  # other systems' own libraries do not bear it
    return linux and threading.active_count() == 1


def _start(work: Callable[[], Any]) -> tuple[int, int]:
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
        answer = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
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
