"""How a command is stopped: by Ctrl-C, or by the SIGTERM of a service manager.

A stop is a KeyboardInterrupt. Python drops what is raised while it takes an object
away, and a library may take it for an error of its own; so it is raised again and
again until somebody handles it.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# The signals that came.
came: list[int] = []
# Seconds until it is raised again.
PATIENCE = 0.3


@contextmanager
def heard() -> Iterator[None]:
    """Have a stop raise KeyboardInterrupt inside; call it from the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    signal.signal(signal.SIGALRM, _insist)
    sys.unraisablehook = _dropped
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(number: int, _frame: object) -> None:
    came.append(number)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
    raise KeyboardInterrupt


def _insist(_number: int, _frame: object) -> None:
    """Raise it again, unless somebody is clearing up after it."""
    handled = sys.exc_info()[1]
    while handled and not isinstance(handled, KeyboardInterrupt):
        handled = handled.__context__
    if not handled:
        raise KeyboardInterrupt


def _dropped(unraisable: "sys.UnraisableHookArgs") -> None:
    """Say nothing of a stop that Python drops: it comes again."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
