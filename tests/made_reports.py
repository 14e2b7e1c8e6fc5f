"""Made-up reports of any size, always the same for a seed, with harmless or hostile names."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant, parse_utc
from syncengine.core.report import (
    FEATURE_SPANS,
    POPULARITY_SPAN,
    CallsOf,
    Drift,
    FoundDuplicate,
    Report,
    histogram,
)
from syncengine.core.trends import (
    Day,
    FeatureTrend,
    Month,
    PlaylistTrend,
    PopularityMove,
    Share,
    Trends,
    Vanished,
)
from tests.builders import track

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "--><svg onload=alert(1)>",
    "</style><style>*{display:none}",
    "]]><!--",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)",
    "https://example.com/x.png",
    "\u202egnirts\u2066",
    "nul\x00 bell\x07 escape\x1b[31m",
    "line\nand\r\nline\u2028end",
    "half \ud83d a smile",
    "日本語の歌 👩‍👩‍👧 مرحبا",
    "{{7*7}} ${7*7} \\u003cb\\u003e",
    "datum.value'];alert(1)//",
    "a" * 5_000,
    " ",
    "",
)
"""Names that mean something in HTML, CSS, JavaScript, SVG or Vega, or that nothing can hold."""
_START = parse_utc("2025-01-01")
_KINDS = ("same-id", "same-isrc", "same-recording", "re-release", "remaster", "clean-explicit")
_GENRES = (
    "indie rock",
    "dream pop",
    "jazz",
    "techno",
    "hip hop",
    "ambient",
    "folk",
    "metal",
    "k-pop",
)


def empty_report() -> Report:
    """Return a report on a library of which hardly anything is known."""
    nothing = Trends(_START, _START, (), (), (), (), (), (), (), (), (), _START)
    return Report(
        _START, 0, 0, 0, 0, nothing,
        [histogram(name, (), span) for name, span in FEATURE_SPANS.items()],
        histogram("popularity", (), POPULARITY_SPAN), Drift((), 0), (), (),
    )  # fmt: skip


def made_report(
    *,
    months: int = 12,
    names: Sequence[str] | None = None,
    playlists: int = 30,
    tracks: int = 1_000,
    rows: int = 40,
    seed: int = 1,
) -> Report:
    """Return a report with something in every part; ``names`` take the place of all names.

    ``rows`` is how many duplicates and vanished tracks there are. Features and popularity are those of a
    thousand tracks at most, since pictures of more would be no other.
    """
    dice = random.Random(seed)

    def name(number: int, usual: str) -> str:
        return names[number % len(names)] if names else f"{usual} {number}"

    listed = [f"{2025 + n // 12}-{n % 12 + 1:02}" for n in range(months)]
    trends = _trends(dice, listed, name, names or _GENRES, (playlists, tracks, rows))
    heard = min(tracks, 1_000)
    spread = {
        key: [span.low + (span.high - span.low) * dice.betavariate(2, 3) for _ in range(heard)]
        for key, span in FEATURE_SPANS.items()
    }
    return Report(
        Instant(trends.end + 3600),
        tracks,
        tracks * 4 // 3,
        playlists,
        tracks * 215_000,
        trends,
        [histogram(key, values, FEATURE_SPANS[key]) for key, values in spread.items()],
        histogram("popularity", (dice.randint(0, 100) for _ in range(heard)), POPULARITY_SPAN),
        Drift([(points, 40 - abs(points)) for points in range(-30, 31) if points], tracks // 3),
        [
            FoundDuplicate(
                names[n % min(len(names), 20)] if names else dice.choice(_KINDS),
                dice.choice(("certain", "likely", "unsure")),
                name(n, "Twice heard"),
                [name(n + k, "List") for k in range(n % 7 + 1)],
                name(n, "both have the ISRC USXX1230000"),
                track(n),
                "the one with an ISRC, then the first that was added",
            )
            for n in range(rows)
        ],
        [CallsOf(each, dice.randint(5, 90), dice.randint(0, 900), 40) for each in listed],
    )


def _trends(
    dice: random.Random,
    months: Sequence[str],
    name: object,
    genres: Sequence[str],
    sizes: tuple[int, int, int],
) -> Trends:
    assert callable(name)
    playlists, tracks, rows = sizes
    first = date.fromisoformat(f"{months[0]}-01")
    last = date.fromisoformat(f"{months[-1]}-20")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    moves = [
        PopularityMove(track(n), name(n, "Mover"), name(n + 1, "Artist"), low, high)
        for n in range(20)
        for low, high in [(dice.randint(0, 40), dice.randint(41, 100))]
    ]
    features = [
        FeatureTrend(key, [(m, span.low + (span.high - span.low) * 0.4) for m in months])
        for key, span in FEATURE_SPANS.items()
    ]
    return Trends(
        _START,
        parse_utc(last.isoformat()),
        [
            Month(m, tracks - len(months) + n, tracks + n, playlists, 9, 4, n * 3 >= len(months))
            for n, m in enumerate(months)
        ],
        [Day(d.isoformat(), dice.randint(0, 40), dice.randint(1, 9)) for d in days if d.day % 3],
        [
            PlaylistTrend(
                PlaylistKey(f"csv:{n}"),
                name(n, "List"),
                None if n % 5 else parse_utc("2025-02-03"),
                [(m, 10 + n + k) for k, m in enumerate(months)],
                n,
                n // 2,
                n / 100 if n % 3 else None,
                n * 7.5 if n % 4 else None,
            )
            for n in range(playlists)
        ],
        [
            Share(m, genre, 100 / (n + 1) + 20 * math.sin(k))
            for k, m in enumerate(months)
            for n, genre in enumerate(genres)
        ],
        [Share(m, f"{1960 + 10 * n}s", 10 + n * k) for k, m in enumerate(months) for n in range(7)],
        features,
        [
            Vanished(track(n), name(n, "Lost"), name(n + 2, "Artist"), parse_utc(f"{m}-11"))
            for n in range(rows)
            for m in [months[n % len(months)]]
        ],
        moves,
        [move_down(each) for each in moves],
        parse_utc(f"{months[len(months) // 3]}-02"),
    )


def move_down(move: PopularityMove) -> PopularityMove:
    """Return the opposite of a move."""
    return PopularityMove(move.track, move.title, move.artists, move.last, move.first)
