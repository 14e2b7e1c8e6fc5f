"""Reports that several tests look at, each drawn once a process."""

from __future__ import annotations

from functools import cache

from syncengine.adapters.report import render
from syncengine.core.report import Rendered
from tests.made_reports import HOSTILE, made_report


@cache
def usual() -> Rendered:
    """Return a report of a year, with its pictures."""
    return render(made_report(playlists=12, rows=12), pictures=True)


@cache
def hostile() -> Rendered:
    """Return a report in which everything has a name that means something to somebody."""
    return render(made_report(months=3, names=HOSTILE, rows=2 * len(HOSTILE)))
