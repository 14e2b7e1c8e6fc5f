"""What the tests of this room share: files in memory, headers, rows of either exporter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from syncengine.adapters.exports import Exports
from syncengine.adapters.exports.dialects import APP_BLOCKS, APP_TITLES, FEATURES, NET_TITLES
from syncengine.adapters.exports.reader import Export
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ports import RejectedRow, SeenRow
from syncengine.core.track import Claim

DATA = Path(__file__).parents[2] / "data" / "exports"
NET_HEADER = list(NET_TITLES.values())
_OPTIONAL = {field for block in APP_BLOCKS for field in block} | {"is_playable"}
APP_HEADER = [title for field, title in APP_TITLES.items() if field not in _OPTIONAL]
FEATURE_TITLES = list(FEATURES.values())
EPOCH = Instant(0)
URI = TrackKey("spotify:track:0000000000000000000001")


@dataclass(frozen=True)
class InMemory:
    content: bytes
    path: str = "Mix.csv"
    stem: str = "Mix"
    modified_at: Instant = EPOCH

    def read(self) -> bytes:
        return self.content


def parse(content: bytes | str) -> Export:
    raw = content.encode() if isinstance(content, str) else content
    found = Exports().parse(InMemory(raw), raw)
    assert isinstance(found, Export)
    return found


def csv_text(header: list[str], *rows: dict[str, str]) -> str:
    """Write rows, given by header cell, with every cell quoted."""
    table = [header, *([row.get(title, "") for title in header] for row in rows)]
    return "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in table
    )


def net_row(**cells: str) -> dict[str, str]:
    """Return a sound row of exportify.net; keywords are fields and replace its cells."""
    said = {"uri": URI, "title": "Song", "artists": "Ada", "added_at": "2026-01-02T03:04:05Z"}
    return {NET_TITLES[field]: cell for field, cell in (said | cells).items()}


def app_row(**cells: str) -> dict[str, str]:
    """Return a sound row of exportify.app; keywords are fields and replace its cells."""
    said = {"uri": URI, "title": "Song", "artists": "Ada", "added_at": "2026-01-02T03:04:05Z"}
    return {APP_TITLES[field]: cell for field, cell in (said | cells).items()}


def seen(export: Export) -> list[SeenRow]:
    return [row for row in export.rows() if isinstance(row, SeenRow)]


def rejected(export: Export) -> list[RejectedRow]:
    return [row for row in export.rows() if isinstance(row, RejectedRow)]


def only_claim(text: str) -> Claim:
    export = parse(text)
    [row] = seen(export)
    return export.claim(row)
