from __future__ import annotations

import json

import pytest

from syncengine.core.identity import UNAVAILABLE, meta_track
from syncengine.core.moment import parse_utc
from syncengine.core.ports import Part
from syncengine.core.track import OLD_RANK, Artist, Recording, Release
from syncengine.errors import MalformedExport
from tests.adapters.exports.playlists import cut, read
from tests.several import (
    ID,
    account_item,
    account_playlist,
    account_playlists,
    uri,
    your_library,
)

LOCAL = "spotify:local:Ada::Tape:180"


def test_a_playlist_has_its_order_and_no_stamps() -> None:
    content = account_playlists(account_playlist("Mix", [account_item(2), account_item(1)]))
    mix = read(content)["Mix"]
    assert mix.tracks == [uri(2), uri(1)]
    assert mix.parsed.ordered
    # A day is less than a moment: it would contradict the stamp of another exporter.
    assert {row.added_at for row in mix.rows} == {None}
    assert mix.claims[0].recording == Recording(title="Song 2", artists=(Artist("Ada"),))
    assert mix.claims[0].release == Release(album="Album")
    dialect = mix.parsed.dialect
    assert (dialect.name, dialect.rank) == ("Spotify account data", OLD_RANK)
    assert "artists" in dialect.damages


def test_it_was_not_exported_before_the_newest_day_in_it() -> None:
    items = [account_item(1, "2026-01-09"), account_item(2, "2026-01-03")]
    [part] = cut(account_playlists(account_playlist("Mix", items)))
    assert isinstance(part, Part)
    assert part.not_before == parse_utc("2026-01-09T00:00:00Z")
    [other] = cut(account_playlists(account_playlist("Mix", [], day="1969-13-77")))
    assert isinstance(other, Part)
    assert other.not_before == 0


def test_liked_songs_have_no_order_and_the_rest_is_named() -> None:
    content = your_library(1, 2, albums=[{}, {}], shows=[{}], other=["x"])
    [liked] = read(content, "YourLibrary.json").values()
    assert (liked.key, liked.tracks) == ("liked", [uri(1), uri(2)])
    assert not liked.parsed.ordered
    assert liked.parsed.warnings == (
        "albums (2), shows (1), other things (1): these are not playlists and are not read",
    )


def test_a_playlist_that_is_called_liked_songs_is_another_one() -> None:
    [mine] = read(account_playlists(account_playlist("Liked Songs", []))).values()
    assert mine.key == "csv:liked_songs_(playlist)"


def test_files_of_2020_have_no_addresses_and_escaped_names() -> None:
    track = {
        "trackName": "Rock &amp; Roll &#39;75",
        "artistName": "A&nothing; B &amp",
        "albumName": "X",
    }
    [mix] = read(account_playlists({"name": "R&amp;B", "items": [{"track": track}]})).values()
    assert mix.key == "csv:r&b"
    names = ("Rock & Roll '75", ["A&nothing; B &amp"])
    assert mix.tracks == [meta_track(*names, None)]


def test_files_of_2020_may_have_the_names_in_the_entry_itself() -> None:
    track = {"trackName": "Song", "artistName": "Ada", "albumName": "X"}
    [mix] = read(account_playlists({"name": "Mix", "tracks": [track]})).values()
    assert mix.tracks == [meta_track("Song", ["Ada"], None)]
    assert mix.parsed.dialect.name == "Spotify account data"


def test_episodes_local_files_and_what_is_neither_keep_their_places() -> None:
    episode = {"episodeName": "One", "showName": "Show", "episodeUri": f"spotify:episode:{ID}"}
    nothing = {"track": None, "episode": None, "localTrack": None, "addedDate": "2026-01-01"}
    items = [
        nothing | {"episode": episode},
        nothing | {"localTrack": {"uri": LOCAL}},
        nothing | {"localTrack": LOCAL},
        nothing | {"audiobook": {"audiobookName": "Book"}},
        nothing,
        None,
    ]
    [mix] = read(account_playlists(account_playlist("Mix", items))).values()
    assert mix.tracks == [f"spotify:episode:{ID}", LOCAL, LOCAL, *[UNAVAILABLE] * 3]
    assert mix.rejected == []


def test_followers_do_not_change_a_playlist() -> None:
    first = account_playlist("Mix", [account_item(1)])
    [one], [other] = (
        cut(account_playlists(first)),
        cut(account_playlists(first | {"numberOfFollowers": 9})),
    )
    assert isinstance(one, Part)
    assert isinstance(other, Part)
    assert one.content == other.content
    [again] = cut(one.content)
    assert isinstance(again, Part)
    assert again.content == one.content


def test_two_playlists_of_one_name_have_paths_of_their_own() -> None:
    mixes = account_playlist("Mix", [account_item(1)]), account_playlist("Mix", [account_item(2)])
    paths = [part.file.path for part in cut(account_playlists(*mixes)) if isinstance(part, Part)]
    assert paths == ["Playlist1.json › Mix", "Playlist1.json › Mix (2)"]


def test_a_bad_entry_is_told_with_its_line() -> None:
    content = account_playlists(
        account_playlist("Mix", [account_item(1)]), account_playlist("Other", [account_item(2), 7])
    )
    found = read(content)
    [rejected] = found["Other"].rejected
    assert content.decode().split("\n")[rejected.line - 1].strip() == "7"
    assert rejected.reason == "entry 2: it is a whole number where an object should stand"
    assert content.decode().split("\n")[found["Other"].rows[0].line].strip() == '"track": {'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([{"endTime": "2026-01-01 10:00", "trackName": "x", "msPlayed": 5}], "streaming history"),
        ([{"ts": "2026-01-01T10:00:00Z", "ms_played": 5}], "streaming history"),
        ({"format_version": 1, "kind": "playlist"}, "export as CSV instead"),
        ([{"song_id": "x"}], "no exporter that is known"),
        ([], "no exporter that is known"),
        ({"playlists": 5}, "no list"),
        ({"tracks": 5}, "no exporter that is known"),
    ],
)
def test_other_json_is_refused_with_what_can_be_read(document: object, reason: str) -> None:
    with pytest.raises(MalformedExport, match=reason):
        cut(json.dumps(document))
