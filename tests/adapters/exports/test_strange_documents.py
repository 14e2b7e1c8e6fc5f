"""Whatever stands in a file that may hold several playlists, it is read or refused, and never fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.exports import Exports
from syncengine.core.ports import Part, SeenRow
from syncengine.core.track import Claim
from syncengine.errors import MalformedExport
from tests.adapters.exports.playlists import cut
from tests.several import (
    account_item,
    account_playlist,
    account_playlists,
    backup_json,
    backup_text,
    raw_item,
    raw_playlist,
    tmm_row,
    tunemymusic,
    your_library,
)

KEYS = st.sampled_from(
    "playlists tracks items name id uri track item episode localTrack addedDate added_at added_by artists"
    " album duration_ms popularity trackName artistName trackUri lastModifiedDate artist external_ids".split()
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["spotify:track:0000000000000000000001", "2026-01-01", "9999-12-31T23:59:59Z"]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner), max_leaves=30
)
SOUND = [
    tunemymusic(tmm_row(1, "Mix"), tmm_row(2, "Liked Songs")),
    backup_text({"Mix": [1, 2], "Other": [3]}, albums=1),
    backup_json(
        raw_playlist("Mix", [raw_item(1)]), raw_playlist("Liked Songs", [raw_item(2)], None)
    ),
    account_playlists(account_playlist("Mix", [account_item(1), account_item(2)])),
    your_library(1, 2, 3),
]


def read_all(content: bytes) -> int:
    """Read every row of a file that is not refused; return how many there are."""
    count = 0
    try:
        for part in cut(content):
            if isinstance(part, Part):
                parsed = Exports().parse(part.file, part.content)
                for row in parsed.rows():
                    count += 1
                    if isinstance(row, SeenRow):
                        [claim] = parsed.claims([row])
                        assert isinstance(claim, Claim | ValueError)
    except MalformedExport:
        return count
    return count


@given(VALUES)
def test_any_json(value: Any) -> None:
    read_all(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(VALUES, st.sampled_from(["playlists", "tracks"]), st.booleans())
def test_any_playlists(value: Any, key: str, nested: bool) -> None:
    inner = [{"name": "Mix", "tracks": value}, {"name": "Mix", "items": value}] if nested else value
    read_all(json.dumps({key: inner}).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(SOUND), st.data())
def test_damaged_files(content: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 40, len(content))))
    read_all(content[:start] + data.draw(st.binary(max_size=8)) + content[end:])


@given(st.sampled_from(SOUND), st.data())
def test_a_file_that_was_cut_off_gives_no_more_than_the_whole(
    content: bytes, data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(content)))
    if b"{" not in content[:5] and end > 100:
        assert read_all(content[:end]) <= read_all(content) + 1
    else:
        read_all(content[:end])


@pytest.mark.parametrize("depth", [2_000, 200_000])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("", ""),
        ('{"playlists":', "}"),
        ('{"playlists":[{"name":"x","tracks":', "}]}"),
        ('{"tracks":[{"uri":', "}]}"),
    ],
)
def test_a_bomb_of_depth_is_refused(depth: int, front: str, back: str) -> None:
    with pytest.raises(MalformedExport, match="nested too deep"):
        cut(front + "[" * depth + "]" * depth + back)
