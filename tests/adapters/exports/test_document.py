"""JSON as text: encodings, characters that are none, and what is said of documents that are broken."""

from __future__ import annotations

import codecs
import json

import pytest

from syncengine.adapters.exports import Exports
from syncengine.core.ports import Part
from syncengine.errors import MalformedExport
from tests.adapters.exports.playlists import cut, read
from tests.several import (
    account_item,
    account_playlist,
    account_playlists,
    backup_json,
    backup_text,
    raw_item,
    raw_playlist,
    raw_track,
    tmm_row,
    tunemymusic,
    uri,
    your_library,
)


@pytest.mark.parametrize("half", [0xD83D, 0xDE00])
def test_half_a_character_spoils_nothing_but_itself(half: int) -> None:
    odd = raw_item(2, track=raw_track(2, name=f"a{chr(half)}\U0001f600b \\ud83d"))
    mixes = raw_playlist("Mix", [raw_item(1), odd]), raw_playlist("Other", [raw_item(3)], None)
    found = read(json.dumps({"playlists": mixes}, indent=0))
    mix, other = found.values()
    titles = [claim.recording.title for claim in mix.claims if claim.recording]
    assert titles == ["Song 1", "a\ufffd\U0001f600b \\ud83d"]
    assert other.tracks == [uri(3)]
    [warning] = mix.parsed.warnings
    assert "replaced by \ufffd (1, the first in line" in warning
    assert list(other.parsed.warnings) == []


def test_half_a_character_in_a_name_or_in_liked_songs() -> None:
    assert list(read(backup_json(raw_playlist("M\ud83d", [], None)))) == ["M\ufffd"]
    content = your_library(1).replace(b"Song 1", b"Song \\uDE00")
    [liked] = read(content).values()
    assert "replaced by" in liked.parsed.warnings[0]
    [claim] = liked.claims
    assert claim.recording is not None
    assert claim.recording.title == "Song \ufffd"


SEVERAL = [
    account_playlists(account_playlist("Méx", [account_item(1), account_item(2)])),
    backup_json(raw_playlist("Méx", [raw_item(1), raw_item(2)])),
    your_library(1, 2),
    tunemymusic(tmm_row(1, "Méx"), tmm_row(2, "Méx")),
    backup_text({"Méx": [1, 2]}),
]


@pytest.mark.parametrize("content", SEVERAL)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_files_with_many_playlists_may_be_utf_16(content: bytes, mark: str, encoding: str) -> None:
    wide = (mark + content.decode("utf-8-sig")).encode(encoding)
    [plain], [found] = read(content).values(), read(wide).values()
    assert (found.part.file.stem, found.tracks) == (plain.part.file.stem, [uri(1), uri(2)])
    assert found.parsed.dialect == plain.parsed.dialect
    assert [row.line for row in found.rows] == [row.line for row in plain.rows]


def test_utf_16_that_is_damaged_or_cut_off_is_refused() -> None:
    content = codecs.BOM_UTF16_LE + SEVERAL[0].decode().encode("utf-16-le")
    with pytest.raises(MalformedExport, match="ends in the middle of it"):
        cut(content[: len(content) // 2 // 2 * 2 + 1])
    with pytest.raises(MalformedExport, match="no UTF-16"):
        read(content[:100] + b"\0\xdc" + content[100:])


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b'{"tracks": [],}', 1, "no valid JSON from column 15 on, at '}'"),
        ('{"tracks":\n  [é]}'.encode(), 2, "no valid JSON from column 4 on, at 'é]}'"),
        (b'{"tracks": [1\n', 2, "ends in the middle of it"),
    ],
)
def test_broken_json_is_told_with_its_place_and_what_to_do(
    content: bytes, line: int, reason: str
) -> None:
    with pytest.raises(MalformedExport) as caught:
        cut(content)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert caught.value.reason.endswith("export or download it again")
    assert "malformed" not in caught.value.reason


def test_a_part_is_read_again_as_it_was_cut() -> None:
    wide = SEVERAL[0].decode().encode("utf-16")
    [part] = cut(wide)
    assert isinstance(part, Part)
    assert Exports().parse(part.file, part.content).dialect.name.lower() == "spotify account data"
