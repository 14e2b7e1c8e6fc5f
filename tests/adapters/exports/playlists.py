"""What the tests of files with several playlists share: cutting and reading in one step."""

from __future__ import annotations

from typing import NamedTuple

from syncengine.adapters.exports import Exports
from syncengine.core.identity import PlaylistKey, playlist_key
from syncengine.core.ports import ParsedExport, Part, Quarantined, RejectedRow, SeenRow
from syncengine.core.track import Claim
from tests.adapters.exports.samples import InMemory


class Playlist(NamedTuple):
    """One playlist of a file, read."""

    part: Part
    parsed: ParsedExport
    rows: list[SeenRow]
    claims: list[Claim]
    rejected: list[RejectedRow]

    @property
    def key(self) -> PlaylistKey:
        return playlist_key(self.part.file.stem)

    @property
    def tracks(self) -> list[str]:
        return [claim.track for claim in self.claims]


def cut(content: bytes | str, path: str = "Playlist1.json") -> list[Part | Quarantined]:
    """Return the playlists of a file as they are cut out."""
    raw = content.encode() if isinstance(content, str) else content
    file = InMemory(raw, path, path.rpartition(".")[0])
    return list(Exports().split(file, raw))


def read(content: bytes | str, path: str = "Playlist1.json") -> dict[str, Playlist]:
    """Return the playlists of a file by their names; none may be refused."""
    found = {}
    for part in cut(content, path):
        assert isinstance(part, Part), part
        found[part.file.stem] = _read(part)
    return found


def _read(part: Part) -> Playlist:
    parsed = Exports().parse(part.file, part.content)
    told = list(parsed.rows())
    rows = [row for row in told if isinstance(row, SeenRow)]
    claims = [claim for claim in parsed.claims(rows) if isinstance(claim, Claim)]
    assert len(claims) == len(rows)
    rejected = [row for row in told if isinstance(row, RejectedRow)]
    return Playlist(part, parsed, rows, claims, rejected)
