"""Named tuples made many at a time, out of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

Record = TypeVar("Record", bound=tuple[Any, ...])


def records(kind: type[Record], *columns: Iterable[Any]) -> Iterator[Record]:
    """Yield one named tuple per row; ``columns`` are of one length, in the order of its fields.

    A named tuple's own constructor is a function in Python, called once for each: this is not.
    """
    return map(partial(tuple.__new__, kind), zip(*columns, strict=True))
