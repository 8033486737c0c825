"""How a command is stopped: by Ctrl-C, or by the SIGTERM of a service manager.

A stop is a KeyboardInterrupt. Python drops what is raised while it takes an object
away, and a library may take it for an error of its own; so it is raised again and
again until the command ends, but not into the clearing up after it.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# The signals that came.
came: list[int] = []
# Seconds until it is raised again.
PATIENCE = 0.3
STOPS = (signal.SIGINT, signal.SIGTERM)
# Those that raise it: a stop, and the timer after one.
RAISING = (*STOPS, signal.SIGALRM)


@contextmanager
def heard() -> Iterator[None]:
    """Have a stop raise KeyboardInterrupt inside; call it from the main thread."""
    listening = [each for each in STOPS if signal.getsignal(each) != signal.SIG_IGN]
    before = {number: signal.signal(number, _stop) for number in listening}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, _insist)
    sys.unraisablehook = _dropped
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = sys.__unraisablehook__


@contextmanager
def waiting() -> Iterator[None]:
    """Have a stop wait until what is inside is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, RAISING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unheard() -> None:
    """Have a stop end this process, which was forked from one that hears them."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, RAISING)


def exit_code() -> int:
    """Return the code by which a command that was stopped says what stopped it."""
    return 128 + (came or [signal.SIGINT])[0]


def _stop(number: int, frame: object) -> None:
    came.append(number)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
    _insist(number, frame)


def _insist(_number: int, _frame: object) -> None:
    """Raise it, unless somebody is clearing up: after it, or after an error."""
    if sys.exc_info()[1] is None:
        raise KeyboardInterrupt


def _dropped(unraisable: "sys.UnraisableHookArgs") -> None:
    """Say nothing of a stop that Python drops: it comes again."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
