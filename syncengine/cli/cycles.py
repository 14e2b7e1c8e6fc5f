"""When Python looks for objects that only keep each other alive, which costs a third of some commands."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_search_for_cycles() -> Iterator[None]:
    """Let memory be freed by counting references alone while one command runs.

    Rows by the thousand are made and kept, in no cycles: looking for some finds nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def searching_for_cycles() -> Iterator[None]:
    """Search all the same while requests are made: each leaves some 15 KB in cycles behind.

    What was made before is not looked at.
    """
    was_on = gc.isenabled()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        if not was_on:
            gc.disable()
        gc.unfreeze()
