"""What draws reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from syncengine.core.report import Rendered, Report


class Render(Protocol):
    """Draws a report, with its charts as ``pictures`` if wanted; ``progress`` is told (done, of how many)."""

    def __call__(
        self, report: Report, *, pictures: bool, progress: Callable[[int, int], None]
    ) -> Rendered:
        """Return the page, and the pictures if they are wanted."""


def report_renderer() -> Render:
    """Return what draws a report. Raises UserError where the extra ``report`` is not installed."""
    from syncengine.adapters.report import render, require

    require()
    return render
