"""Work that is shared among processes: all of it is done, each part once."""

import os
from itertools import chain

import pytest

from newsroom.workers import dealt

HERE = os.getpid()


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


def test_who_is_quick_takes_more():
    """Nobody waits with nothing to do while one item takes long."""
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

    assert sorted(dealt(slow_at_first, range(256), 1)) == [1, 255]


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
