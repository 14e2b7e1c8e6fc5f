"""Lines that no export has, too long or too many: they take many times their size in memory."""

from __future__ import annotations

from syncengine.errors import MalformedExport

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes; an honest row has a few thousand. Lines up to twice this may pass unseen."""
MOST_LINES = 2_000_000
"""Twice what the largest libraries have in all their playlists together."""


def refuse_absurd_lines(path: str, content: bytes) -> None:
    """Raise MalformedExport where a line is far longer than any row, or where there are too many.

    Looks at each stretch of ``LONGEST_LINE`` bytes for an end of line, so it costs no copy.
    """
    if content.count(b"\n") + content.count(b"\r") > 2 * MOST_LINES:
        raise MalformedExport(
            f"it has more than {MOST_LINES:,} lines, which no export has: export again", file=path
        )
    for start in range(0, len(content) - LONGEST_LINE + 1, LONGEST_LINE):
        end = start + LONGEST_LINE
        if content.find(b"\n", start, end) < 0 and content.find(b"\r", start, end) < 0:
            raise MalformedExport(
                f"the line is longer than {LONGEST_LINE // 1024**2} MB, which no row is: export again",
                file=path,
                line=content.count(b"\n", 0, start) + 1,
            )
