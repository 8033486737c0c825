"""Shares work among forked processes, one a core, or does it here."""

import ctypes
import gc
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from math import ceil
from typing import Any, BinaryIO, Generic, NoReturn, TypeVar

from newsroom import stops
from newsroom.garbage import quick

Item = TypeVar("Item")
Result = TypeVar("Result")
# Its process, and the pipe that its result comes from.
Worker = tuple[int, BinaryIO]

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# No part of what is dealt is smaller than this part of all: so two bytes say which, and
# the numbers of all go into a pipe at once, however many cores there are.
LEAST = 1 / 1024
NUMBER = struct.Struct("H")


class Begun(Generic[Item, Result]):
    """Work on items, parted among as many workers as pay, who are at it.

    `work` is given items and yields what it makes of them, once or step by step.
    `worth` items pay for a worker. What a worker leaves in its memory is lost: it must
    yield what counts, as pickle takes it. With `niceness` (see nice(2)) it leaves the
    cores to what has to be waited for. Where none pays, each step is done when it is
    asked for.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Iterator[Result]],
        items: Sequence[Item],
        worth: int,
        niceness: int = 0,
    ) -> None:
        self._work = work
        self._running: list[Worker] = []
        self._sources: list[Iterator[Result]] = []
        count = _count(items, worth)
        if count < 2:  # noqa: PLR2004 - a second worker
            self._sources = [work(items)] if items else []
            return
        size = -(-len(items) // count)
        for start in range(0, len(items), size):
            share = items[start : start + size]
            try:
                worker = _start(partial(work, share), self._running, niceness)
            except OSError:  # the system lets nobody more begin
                self._sources.append(work(share))
            else:
                self._sources.append(self._received(share, worker))

    def _received(self, share: Sequence[Item], worker: Worker) -> Iterator[Result]:
        """Yield what a worker does.

        What it fails at is done again here, where an error shows where it came from.
        """
        _, pipe = worker
        count = 0
        with suppress(EOFError, pickle.UnpicklingError):  # of what was cut off
            while True:
                made = pickle.load(pipe)  # noqa: S301 - our own child's
                count += 1
                yield made
        if not _went_well(worker, self._running):
            yield from islice(self._work(share), count, None)

    def step(self) -> list[Result]:
        """Wait for what each yields next, and return it, in the order of the items."""
        return [next(source) for source in self._sources]

    def results(self) -> list[Result]:
        """Wait until all are through, and return what was not returned before."""
        return [*chain.from_iterable(self._sources)]

    def stop(self) -> None:
        """Let nobody be at it any more; what was not made is not made then."""
        self._sources = []
        _kill(self._running)


def shared(
    work: Callable[[Sequence[Item]], Result], items: Sequence[Item], worth: int
) -> list[Result]:
    """Return what `work` makes of the items, parted among as many workers as pay."""

    def once(share: Sequence[Item]) -> Iterator[Result]:
        yield work(share)

    return Begun(once, items, worth).results()


def dealt(
    work: Callable[[Iterable[Item]], Result], items: Sequence[Item], worth: int
) -> list[Result]:
    """Do the same, but give each worker more items whenever it is through.

    So none waits where some items take longer. First come the largest parts, as what
    belongs together is made quicker by one worker. Who gets which, and so the order, is
    left to chance. Where a worker fails, all is done again.
    """
    count = _count(items, worth)
    if count < 2:  # noqa: PLR2004 - a second worker
        return [work(items)] if items else []
    parts = [*_parts(items, count)]
    reading, writing = os.pipe()
    os.write(writing, b"".join(map(NUMBER.pack, range(len(parts)))))
    os.close(writing)

    def taken() -> Iterator[Item]:
        while number := os.read(reading, NUMBER.size):  # one worker alone gets it
            yield from parts[NUMBER.unpack(number)[0]]

    running: list[Worker] = []
    try:
        with suppress(OSError):  # the system lets nobody more begin
            for _ in range(count):
                _start(lambda: [work(taken())], running)
        answers = [_answer(worker, running) for worker in [*running]]
    finally:
        _kill(running)
        os.close(reading)
    if answers and all(answers):
        with quick():
            return [pickle.loads(answer) for answer in answers]  # noqa: S301 - our own
    return [work(items)]


def _parts(items: Sequence[Item], count: int) -> Iterator[Sequence[Item]]:
    """Yield items in ever smaller parts, by which as many workers end together.

    It is known as guided self-scheduling.
    """
    start = 0
    least = ceil(len(items) * LEAST)
    while left := len(items) - start:
        size = max(ceil(left / (2 * count)), least)
        yield items[start : start + size]
        start += min(size, left)


def _count(items: Sequence[Any], worth: int) -> int:
    """Return how many workers pay."""
    cores = len(os.sched_getaffinity(0)) if _can_fork() else 1
    return min(cores, len(items) // worth)


def _can_fork() -> bool:
    """Whether a fork is safe: it takes one thread along, and not what others hold."""
    linux = sys.platform == "linux"  # other systems' own libraries do not bear it
    return linux and threading.active_count() == 1


def _start(
    work: Callable[[], Iterable[Any]], running: list[Worker], niceness: int = 0
) -> Worker:
    """Fork a worker, and note it among those that are running.

    It sends one after the other what its work yields.
    """
    gc.freeze()  # so that it does not look at, and so copy, what it shares
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    with stops.waiting():  # so that none runs who is not noted
        try:
            pid = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if not pid:
            _be_at(work, parent, writing, niceness)
        os.close(writing)
        worker = pid, os.fdopen(reading, "rb")
        running.append(worker)
    return worker


def _be_at(
    work: Callable[[], Iterable[Any]], parent: int, writing: int, niceness: int
) -> NoReturn:
    """Work, send what it yields, and end."""
    failed = 1
    try:
        gc.disable()  # what it makes goes with it, soon
        _end_with(parent)
        os.nice(niceness)
        with os.fdopen(writing, "wb") as pipe:
            for made in work():
                pipe.write(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
                pipe.flush()
        failed = 0
    finally:
        os._exit(failed)  # without the parent's clean-up


def _end_with(parent: int) -> None:
    """Be stopped when the parent is, however that is, and leave the clearing to it."""
    stops.unheard()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _answer(worker: Worker, running: list[Worker]) -> bytes:
    """Return what a worker wrote; nothing where it failed."""
    _, pipe = worker
    answer = pipe.read()
    return answer if _went_well(worker, running) else b""


def _went_well(worker: Worker, running: list[Worker]) -> bool:
    """Wait for the end of a worker who has written all, and take it from the list."""
    process, pipe = worker
    pipe.close()
    with stops.waiting():  # its number may be another process's then
        _, status = os.waitpid(process, 0)
        running.remove(worker)
    return status == 0


def _kill(running: list[Worker]) -> None:
    with stops.waiting():
        while running:
            process, pipe = running.pop()
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            pipe.close()
