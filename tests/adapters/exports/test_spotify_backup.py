from __future__ import annotations

import json

import pytest

from syncengine.core.identity import UNAVAILABLE
from syncengine.core.moment import parse_utc
from syncengine.core.ports import Part, Quarantined
from syncengine.core.track import OLD_RANK, Artist, Recording, Release
from syncengine.errors import MalformedExport
from tests.adapters.exports.playlists import cut, read
from tests.several import (
    ID,
    backup_json,
    backup_text,
    raw_item,
    raw_playlist,
    raw_track,
    uri,
)

ADA = Artist("Ada", f"spotify:artist:{ID}")


def test_text_is_cut_at_blank_lines() -> None:
    found = read(backup_text({"Road Trip": [1, 2], "Empty": [], "Liked Songs": [3]}, albums=2))
    assert {name: each.tracks for name, each in found.items()} == {
        "Road Trip": [uri(1), uri(2)],
        "Empty": [],
        "Liked Songs": [uri(3)],
    }
    assert [each.key for each in found.values()] == ["csv:road_trip", "csv:empty", "liked"]
    assert [row.line for row in found["Road Trip"].rows] == [4, 5]
    assert not any(each.rejected for each in found.values())
    assert found["Road Trip"].parsed.warnings == ("liked albums (2) are not read",)
    dialect = found["Empty"].parsed.dialect
    assert (dialect.name, dialect.generation, dialect.rank) == ("spotify-backup", "text", OLD_RANK)


def test_a_row_of_text_says_names_and_release_date() -> None:
    [claim] = read(backup_text({"Mix": [1]}))["Mix"].claims
    assert claim.recording == Recording(title="Song 1", artists=(Artist("Ada"), Artist("Bob")))
    assert claim.release == Release(album="Album", release_date="2013-05-01")


def test_text_of_older_versions_has_no_first_line_and_no_release_date() -> None:
    content = f"Mix\r\nSong\tAda\tAlbum\t{uri(1)}\r\n\r\nOther\r\n\r\n"
    found = read(content, "playlists.txt")
    assert (found["Mix"].tracks, found["Other"].tracks) == ([uri(1)], [])


def test_text_written_on_windows_has_two_carriage_returns() -> None:
    content = backup_text({"Mix": [1], "Other": [2]}).replace(b"\r\n", b"\r\r\n")
    assert [each.tracks for each in read(content).values()] == [[uri(1)], [uri(2)]]
    [part, _] = cut(content)
    [alone] = cut(backup_text({"Mix": [1]}))
    assert isinstance(part, Part)
    assert isinstance(alone, Part)
    assert part.content == alone.content


def test_local_files_without_a_release_date_say_none_of_python() -> None:
    local = "spotify:local:Ada::Home+Tape:180"
    found = read(f"Playlists: \r\n\r\nMix\r\nHome Tape\tAda\tNone\t{local}\tNone\r\n\r\n")
    assert found["Mix"].tracks == [local]
    assert found["Mix"].claims[0].release is None


def test_a_nameless_playlist_is_told_by_its_rows() -> None:
    found = read(backup_text({"": [1], "Mix": [2]}))
    assert {name: each.tracks for name, each in found.items()} == {"_": [uri(1)], "Mix": [uri(2)]}


@pytest.mark.parametrize("ending", [2, 3])
def test_text_that_was_cut_off_may_lack_entries(ending: int) -> None:
    content = backup_text({"Mix": [1, 2]})[:-ending]
    rejected = read(content)["Mix"].rejected
    assert "middle of this playlist" in rejected[-1].reason


def test_a_bad_row_of_text_is_rejected_with_its_line() -> None:
    content = backup_text({"Mix": [1], "Other": [2]}).replace(uri(2).encode(), b"nothing")
    [rejected] = read(content)["Other"].rejected
    assert (rejected.line, "names no track" in rejected.reason) == (7, True)
    [short] = read(f"Playlists: \r\n\r\nMix\r\nSong\t{uri(1)}\r\n\r\n")["Mix"].rejected
    assert "2 cells where" in short.reason


def test_json_says_what_the_api_says() -> None:
    found = read(backup_json(raw_playlist("Mix", [raw_item(1)]), albums=1))
    mix = found[f"Mix [{ID}]"]
    assert mix.key == f"spotify:playlist:{ID}"
    [row], [claim] = mix.rows, mix.claims
    assert (row.added_at, row.added_by, row.popularity) == (
        parse_utc("2026-01-02T03:04:05Z"),
        "me",
        40,
    )
    assert claim.track == uri(1)
    assert claim.recording == Recording(
        title="Song 1",
        artists=(ADA,),
        duration_ms=180_000,
        explicit=False,
        disc_number=1,
        track_number=2,
    )
    assert claim.release == Release(
        album="Album",
        album_uri=f"spotify:album:{ID}",
        album_artists=(ADA,),
        release_date="2013-05-01",
    )
    assert claim.isrc == "GBUM71029604"
    assert mix.parsed.warnings == ("saved albums (1) are not read",)
    assert mix.parsed.ordered


def test_json_has_the_track_under_item_since_2026() -> None:
    item = raw_item(1, item=raw_track(2), track=None)
    assert read(backup_json(raw_playlist("Mix", [item])))[f"Mix [{ID}]"].tracks == [uri(2)]


def test_json_keeps_the_place_of_what_spotify_no_longer_shows() -> None:
    items = [raw_item(1), raw_item(2, track=None), None, raw_item(3)]
    [mix] = read(backup_json(raw_playlist("Mix", items))).values()
    assert mix.tracks == [uri(1), UNAVAILABLE, UNAVAILABLE, uri(3)]
    assert mix.rows[1].added_at is not None


def test_json_has_local_files_and_episodes() -> None:
    local = raw_track(1, uri="spotify:local:Ada::Tape:180", album={"name": None, "uri": None})
    show = {"name": "Show", "uri": f"spotify:show:{ID}"}
    episode = raw_track(1, uri=f"spotify:episode:{ID}", artists=[], album=show)
    items = [raw_item(1, track=local), raw_item(1, track=episode)]
    [mix] = read(backup_json(raw_playlist("Mix", items))).values()
    assert mix.tracks == ["spotify:local:Ada::Tape:180", f"spotify:episode:{ID}"]
    assert mix.claims[0].release is None
    assert mix.claims[1].release == Release(album="Show")


def test_liked_songs_is_a_playlist_without_an_id() -> None:
    content = backup_json(raw_playlist("Liked Songs", [raw_item(1)], None))
    assert read(content)["Liked Songs"].key == "liked"


def test_json_of_older_versions_is_a_list_of_playlists() -> None:
    content = json.dumps([raw_playlist("Mix", [raw_item(1)])])
    assert list(read(content)) == [f"Mix [{ID}]"]


def test_what_changes_by_itself_does_not_change_a_playlist() -> None:
    first = raw_playlist("Mix", [raw_item(1)]) | {"followers": {"total": 1}, "snapshot_id": "a"}
    track = raw_track(1, available_markets=["AT"])
    second = raw_playlist("Mix", [raw_item(1, track=track)]) | {"snapshot_id": "b"}
    [one], [other] = cut(backup_json(first)), cut(backup_json(second))
    assert isinstance(one, Part)
    assert isinstance(other, Part)
    assert one.content == other.content


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (5, "entry 2: it is a whole number where an object should stand"),
        (raw_item(1, added_at=7), "entry 2: added_at is a whole number where a text should stand"),
        (
            raw_item(1, added_at="yesterday"),
            "entry 2: added_at is no ISO 8601 date-time: 'yesterday'",
        ),
        (raw_item(1, track=raw_track(1, uri="x")), "names no track"),
        (
            raw_item(1, track=raw_track(1, popularity=101)),
            "entry 2: track.popularity is more than 100",
        ),
        (raw_item(1, track=raw_track(1, duration_ms=-1)), "track.duration_ms is less than 0"),
        (raw_item(1, track=raw_track(1, duration_ms=10**30)), "track.duration_ms is more than"),
    ],
)
def test_a_bad_entry_is_rejected_with_its_number(item: object, reason: str) -> None:
    document = {"playlists": [raw_playlist("Mix", [raw_item(1), item, raw_item(2)])]}
    [mix] = read(json.dumps(document, indent=0)).values()
    assert mix.tracks == [uri(1), uri(2)]
    [rejected] = mix.rejected
    assert reason in rejected.reason
    assert rejected.line > mix.rows[0].line


@pytest.mark.parametrize(
    ("playlist", "reason"),
    [
        (5, "no list of entries"),
        ({"name": "Bad", "id": ID}, "no list of entries"),
        ({"name": "Bad", "tracks": {"href": "x", "total": 3}}, "no list of entries"),
        (
            {"name": 5, "tracks": []},
            "its name cannot be read: it is a whole number where a text should stand",
        ),
    ],
)
def test_a_bad_playlist_is_refused_and_the_others_are_read(playlist: object, reason: str) -> None:
    found = cut(backup_json(raw_playlist("Mix", [raw_item(1)]), playlist))
    assert isinstance(found[0], Part)
    assert isinstance(found[1], Quarantined)
    assert reason in found[1].reason
    assert found[1].line == 1
    assert found[1].inside == "Playlist1.json"


def test_a_document_that_was_cut_off_is_refused() -> None:
    content = json.dumps({"playlists": [raw_playlist("Mix", [raw_item(1)])]}, indent=1).encode()
    with pytest.raises(MalformedExport, match="ends in the middle of it") as caught:
        cut(content[: len(content) // 2])
    assert caught.value.line == content[: len(content) // 2].count(b"\n") + 1
