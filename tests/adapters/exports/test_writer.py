from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.exports.dialects import APP, NET
from syncengine.adapters.exports.writer import WRITERS, file_stem, number
from syncengine.core.identity import UNAVAILABLE, PlaylistKey, TrackKey
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportedEntry, ExportedPlaylist, SeenRow
from syncengine.core.track import (
    Artist,
    Attestation,
    AudioFeatures,
    Facts,
    Recording,
    Release,
    resolve,
)
from tests.adapters.exports.samples import DATA, parse

BLANK = {"undefined", "null", "NaN"}


def write(dialect: str, entries: Sequence[ExportedEntry]) -> bytes:
    stream = io.BytesIO()
    playlist = ExportedPlaylist(PlaylistKey("csv:mix"), "Mix", "Mix", entries)
    WRITERS[dialect](playlist, stream)
    return stream.getvalue()


def read(content: bytes) -> list[ExportedEntry]:
    export = parse(content)
    entries = []
    for row in export.rows():
        assert isinstance(row, SeenRow), row
        claim = export.claim(row)
        said = [Attestation(Instant(0), export.dialect, claim)]
        facts = replace(resolve(claim.track, said), sources={})
        entries.append(ExportedEntry(facts, row.added_at, row.added_by, row.popularity))
    return entries


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        (NET, "backup/Liked_Songs.csv"),
        (NET, "backup/spotify_playlists/Morning_Mix.csv"),
        (APP, "app_all_blocks.csv"),
    ],
)
def test_what_an_exporter_wrote_is_written_back_byte_for_byte(dialect: str, name: str) -> None:
    content = (DATA / name).read_bytes()
    written = write(dialect, read(content))
    # Inside the site's zip a file has no mark, as a single export it has one.
    assert written.removeprefix(b"\xef\xbb\xbf") == content.removeprefix(b"\xef\xbb\xbf")
    assert written.startswith(b"\xef\xbb\xbf") == (dialect == NET)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (4, "4"),
        (125.0, "125"),
        (100, "100"),
        (-10.139, "-10.139"),
        (0.1, "0.1"),
        (1.23e-05, "0.0000123"),
        (1e-6, "0.000001"),
        (1.23e-7, "1.23e-7"),
        (1e-7, "1e-7"),
        (-9.5e-10, "-9.5e-10"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
    ],
)
def test_numbers_are_printed_as_javascript_does(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_reads_as_itself(value: float) -> None:
    assert float(number(value)) == value


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
SAID = TEXT.filter(lambda text: text.strip() not in BLANK | {""})
MAYBE = st.none() | SAID
ID = st.text(st.sampled_from("0aZ9"), min_size=22, max_size=22)
TRACK = (
    st.builds("spotify:{}:{}".format, st.sampled_from(["track", "episode"]), ID)
    | st.just('spotify:local:a,b:c"d:5')
).map(TrackKey)
COUNT = st.none() | st.integers(0, 10**9)
DATE = st.none() | st.sampled_from(["1999", "2000-02", "2024-02-29"])
REAL = st.none() | st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.none() | st.integers(-1, 11)
FEATURES = st.builds(
    AudioFeatures, REAL, REAL, WHOLE, REAL, WHOLE, REAL, REAL, REAL, REAL, REAL, REAL, WHOLE
)
MOMENT = st.none() | st.integers(0, 4 * 10**9).map(Instant)
USER = st.none() | st.from_regex(r"[a-z0-9.,_-]{1,20}", fullmatch=True)
POPULARITY = st.none() | st.integers(0, 100)
GENRE = SAID.filter(lambda text: "," not in text)
URI = st.none() | st.builds("spotify:artist:{}".format, ID)


def entries(facts: st.SearchStrategy[Facts]) -> st.SearchStrategy[list[ExportedEntry]]:
    entry = st.builds(ExportedEntry, facts, MOMENT, USER, POPULARITY)
    return st.lists(entry | st.builds(ExportedEntry, GONE, MOMENT, USER, POPULARITY), max_size=4)


GONE = st.just(Facts(UNAVAILABLE))
# The site deletes ";" from names, and a file without any ";" whose artists hold a bare comma is
# taken for the older form: the one thing that its header does not tell.
NET_NAME = SAID.filter(lambda name: ";" not in name and "," not in name)
NET_FACTS = st.builds(
    Facts,
    TRACK,
    st.tuples(
        MAYBE,
        st.lists(NET_NAME.map(Artist), max_size=3).map(tuple),
        COUNT,
        st.none() | st.booleans(),
    ).map(lambda values: Recording(*values)),
    st.tuples(MAYBE, DATE, MAYBE).map(
        lambda values: Release(values[0], release_date=values[1], label=values[2])
    ),
    st.lists(GENRE, max_size=3, unique=True).map(tuple),
    FEATURES.filter(lambda features: features != AudioFeatures()) | st.none(),
)
# A backslash before the joint reads as an escape, here as in the app itself.
APP_NAME = SAID.filter(lambda name: not name.endswith("\\"))
ARTISTS = st.lists(st.builds(Artist, APP_NAME, URI), max_size=3).map(tuple)
APP_FACTS = st.builds(
    Facts,
    TRACK,
    st.builds(Recording, MAYBE, ARTISTS, COUNT, st.none() | st.booleans(), COUNT, COUNT, MAYBE),
    st.builds(
        Release,
        MAYBE,
        MAYBE,
        ARTISTS,
        DATE,
        MAYBE,
        MAYBE,
        st.lists(GENRE, max_size=3).map(tuple),
        MAYBE,
    ),
    st.lists(GENRE, max_size=3).map(tuple),
    FEATURES.filter(lambda features: features != AudioFeatures()) | st.none(),
    MAYBE,
)


@given(entries(NET_FACTS))
def test_what_is_written_for_exportify_net_reads_as_it_was(said: list[ExportedEntry]) -> None:
    assert read(write(NET, said)) == said


@given(entries(APP_FACTS))
def test_what_is_written_for_exportify_app_reads_as_it_was(said: list[ExportedEntry]) -> None:
    assert read(write(APP, said)) == said


@pytest.mark.parametrize("dialect", [NET, APP])
def test_commas_in_names_are_read_back(dialect: str) -> None:
    names = (Artist("Tyler, The Creator"), Artist("10,000 Maniacs"))
    facts = Facts(TrackKey("spotify:local:a"), Recording("Song", names))
    [entry] = read(write(dialect, [ExportedEntry(facts, None, None, None)]))
    assert entry.facts.recording.artists == names


def test_a_track_without_an_id_keeps_its_key_on_either_way() -> None:
    text = (DATA / "backup" / "Liked_Songs.csv").read_text(encoding="utf-8")
    meta = read(text.replace("spotify:track:0000000000000000000001", "").encode())[0]
    assert meta.facts.track.startswith("meta:")
    for dialect in WRITERS:
        assert read(write(dialect, [meta]))[0].facts.track == meta.facts.track


def test_semicolons_leave_names_and_repetitions_genres_as_on_the_site() -> None:
    facts = Facts(
        TrackKey("spotify:local:a"), Recording("S", (Artist("a;b"),)), genres=("x", "y", "x")
    )
    [entry] = read(write(NET, [ExportedEntry(facts, None, None, None)]))
    assert entry.facts.recording.artists == (Artist("ab"),)
    assert entry.facts.genres == ("x", "y")


@pytest.mark.parametrize(
    ("dialect", "name", "stem"),
    [
        (NET, "Liked Songs", "Liked_Songs"),
        (NET, 'AC/DC: "Best?"  of', "ACDC_Best_of"),
        (NET, "a\u00a0\u3000b", "a_b"),
        (APP, "Liked", "liked"),
        (APP, "Mr. Blue, [Sky]", "mr_blue_sky_"),
        (NET, "", "_"),
        (NET, "???", "_"),
        (APP, "...", "_"),
        (NET, "..", "_.."),
        (NET, ".hidden", "_.hidden"),
    ],
)
def test_stems_follow_each_exporters_rule(dialect: str, name: str, stem: str) -> None:
    assert file_stem(dialect, name) == stem


@given(st.sampled_from([NET, APP]), st.text())
def test_a_stem_is_one_visible_name_that_fits(dialect: str, name: str) -> None:
    file = file_stem(dialect, name) + ".csv"
    assert PurePosixPath(file).name == file
    assert not file.startswith(".")
    assert "\\" not in file
    assert len(file.encode()) <= 255
