"""Keeps Python from looking for garbage where there is none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick() -> Iterator[None]:
    """Make many objects that stay, without a look at all of them every now and then."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # or all would be looked at now
        gc.enable()
