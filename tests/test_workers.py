"""Work that is shared among processes: all of it is done, each part once."""

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from sharing import children

from newsroom import stops, workers
from newsroom.workers import Begun, dealt, shared

pytestmark = pytest.mark.skipif(
    sys.platform != "linux",
    reason="only on Linux is work shared, so that was NOT tested here",
)
HERE = os.getpid()
OPEN = Path("/proc/self/fd")


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})


@pytest.mark.parametrize("count", [2, 3, 255, 256, 257, 1_000, 10_000])
def test_each_item_is_dealt_once(count):
    """However many there are."""
    found = dealt(lambda items: [*items], range(count), 1)
    assert len(found) == 2
    assert sorted(chain.from_iterable(found)) == [*range(count)]


def test_few_items_are_not_worth_a_worker():
    """They are done here, and of none nothing is."""
    assert dealt(lambda items: (os.getpid(), *items), range(9), 5) == [
        (HERE, *range(9))
    ]
    assert dealt(lambda _: 1 / 0, [], 5) == []


def test_where_no_fork_is_safe_all_is_done_here(monkeypatch):
    """As on other systems: with the same result, in one share."""
    monkeypatch.setattr(workers, "_can_fork", lambda: False)
    assert shared(lambda items: (os.getpid(), *items), range(9), 1) == [
        (HERE, *range(9))
    ]
    assert dealt(lambda items: (os.getpid(), *items), range(9), 1) == [
        (HERE, *range(9))
    ]
    begun = Begun(lambda items: iter([os.getpid(), [*items]]), range(9), 1)
    assert begun.step() == [HERE]
    assert begun.results() == [[*range(9)]]


def test_who_is_quick_takes_more():
    """Who has an item that takes long makes none but those of its part meanwhile."""
    waiting, ready = os.pipe()

    def slow_at_first(items) -> int:
        done = 0
        for item in items:
            if item == 0:
                os.read(waiting, 1)  # until the last is made by the other worker
            if item == 255:
                os.write(ready, b".")
            done += 1
        return done

    assert sorted(dealt(slow_at_first, range(256), 1)) == [64, 192]


def test_the_first_parts_are_the_largest():
    """What comes first is made by one worker, and the last are single ones."""
    shares = dealt(lambda items: [*items], range(100), 1)
    assert sorted(chain(*shares)) == [*range(100)]
    assert any(share[:25] == [*range(25)] for share in shares)
    assert [*map(len, workers._parts(range(100), 2))][:3] == [25, 19, 14]


@pytest.mark.parametrize("cores", [2, 3, 64, 127, 128, 129, 500])
@pytest.mark.parametrize("count", [1_000, 1_001, 65_535, 100_000])
def test_all_parts_fit_into_a_pipe(cores, count):
    """However many cores there are; the smallest pipe is of one page."""
    parts = [*workers._parts(range(count), cores)]
    assert len(parts) * workers.NUMBER.size <= os.sysconf("SC_PAGE_SIZE")
    assert [*chain(*parts)] == [*range(count)]


def test_what_a_worker_fails_at_is_done_again_here():
    """All of it, so that the error shows where it came from."""

    def work(items) -> list[int]:
        found = []
        for item in items:
            if item == 7 and os.getpid() != HERE:
                os._exit(1)
            found.append(item)
        return found

    assert dealt(work, range(300), 1) == [[*range(300)]]


def test_shared_work_comes_back_in_order():
    """Each share is made by a worker of its own, and that of one that fails here."""

    def work(items) -> tuple[bool, list[int]]:
        if 0 in items and os.getpid() != HERE:
            os._exit(1)
        return os.getpid() == HERE, [*items]

    assert shared(work, range(5), 1) == [(True, [0, 1, 2]), (False, [3, 4])]
    assert shared(work, range(5), 3) == [(True, [0, 1, 2, 3, 4])]
    assert shared(work, [], 1) == []


def test_work_that_is_begun_is_done_meanwhile():
    """Who began it waits for each step of it when that is asked for."""
    done, seen = os.pipe()

    def work(items) -> Iterator[list[int]]:
        yield [*items]
        os.write(seen, b".")
        yield [-item for item in items]

    others = children()
    begun = Begun(work, range(4), 1)
    assert begun.step() == [[0, 1], [2, 3]]
    assert os.read(done, 1) + os.read(done, 1) == b".."
    assert begun.results() == [[0, -1], [-2, -3]]
    assert begun.results() == []
    assert children() == others


def test_a_step_that_a_worker_fails_at_is_done_again_here():
    """And what follows; what it has sent is not asked for twice."""

    def work(items) -> Iterator[tuple[int, bool]]:
        yield items[0], os.getpid() == HERE
        if items[0] == 2 and os.getpid() != HERE:
            os._exit(1)
        yield items[1], os.getpid() == HERE

    begun = Begun(work, range(4), 1)
    assert begun.step() == [(0, False), (2, False)]
    assert begun.results() == [(1, False), (3, True)]


def test_few_items_are_begun_when_they_are_asked_for():
    """Step by step, too."""
    made = []

    def work(items) -> Iterator[int]:
        for item in items:
            made.append(item)
            yield item

    begun = Begun(work, range(3), 5)
    assert (begun.step(), made) == ([0], [0])
    assert (begun.results(), made) == ([1, 2], [0, 1, 2])
    assert Begun(work, [], 5).step() == []


def test_work_that_is_stopped_is_done_by_nobody():
    """It leaves no process, and stopping what is done does no harm."""
    waiting, _ready = os.pipe()

    def work(_) -> Iterator[bytes]:
        yield os.read(waiting, 1)

    others = children()
    begun = Begun(work, range(4), 1)
    assert len(children() - others) == 2
    begun.stop()
    begun.stop()
    assert begun.results() == []
    assert children() == others


@pytest.mark.parametrize("most", [0, 1])
def test_work_for_which_nobody_more_may_begin_is_done_by_fewer(monkeypatch, most):
    """As where the system has a limit of processes; nobody and nothing is left."""
    forks, fork = [0], os.fork

    def limited() -> int:
        forks[0] += 1
        if forks[0] > most:
            raise BlockingIOError
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    gc.collect()
    before = children(), len([*OPEN.iterdir()])
    assert shared(lambda items: [*items], range(9), 1) == [[*range(5)], [*range(5, 9)]]
    forks[0] = 0
    found = dealt(lambda items: [*items], range(9), 1)
    assert sorted(chain.from_iterable(found)) == [*range(9)]
    assert (children(), len([*OPEN.iterdir()])) == before


def test_who_is_dealt_work_ends_with_a_stop():
    """Nobody goes on to make files while they are cleared away."""
    begun, beginning = os.pipe()

    def work(items) -> None:
        os.write(beginning, b".")
        time.sleep(60 * len([*items]))

    before = children()
    with stops.heard():
        signal.setitimer(signal.ITIMER_REAL, 0.2, stops.PATIENCE)
        with pytest.raises(KeyboardInterrupt):
            dealt(work, range(2), 1)
    assert os.read(begun, 2)
    assert children() == before
