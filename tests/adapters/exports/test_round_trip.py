"""Whatever a form can say is read from it as it was said; and nothing is read that breaks the reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.exports import cells
from syncengine.adapters.exports.dialects import FORMS, Form
from syncengine.adapters.exports.dialects.others import CLI_FORM
from syncengine.adapters.exports.reader import Export
from syncengine.core.moment import parse_utc
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import parse, rejected, seen

ID = "0000000000000000000001"
ALL_FORMS = [*FORMS, CLI_FORM]
NAME = st.text(st.sampled_from("aé日 .&'"), min_size=1, max_size=6).filter(
    lambda text: text == text.strip()
)
JOINTS: Mapping[Callable[[str], tuple[str, ...]], str] = {
    cells.at_semicolons: ";",
    cells.at_tight_commas: ",",
    cells.at_joints: ", ",
    cells.at_bare_joints: ", ",
}
MADE = {
    "added_at": "2025-06-01T10:00:00Z",
    "popularity": "7",
    "duration_ms": "1000",
    "explicit": "true",
    "release_date": "2001-02",
    "isrc": "XX1230000001",
    "label": "Millstone",
    "genres": "folk",
    "key": "5",
    "energy": "0.5",
}


@st.composite
def written(draw: st.DrawFn) -> tuple[Form, list[tuple[str, list[str], str]], str]:
    """Return a form, songs as title, artists and album, and a file of them in that form."""
    form = draw(st.sampled_from(ALL_FORMS))
    joint = JOINTS.get(form.split)
    names = st.lists(NAME, min_size=1, max_size=3 if joint else 1)
    songs = draw(st.lists(st.tuples(NAME, names, NAME), min_size=1, max_size=4))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=form.delimiter, lineterminator="\n")
    titles = form.titles["English"]
    writer.writerow([titles[field] for field in form.columns])
    uri = ID if titles.get("uri", "").endswith("ID") else f"spotify:track:{ID}"
    for title, artists, album in songs:
        said = MADE | {
            "uri": f"https://open.spotify.com/track/{ID}" if titles.get("uri") == "url" else uri,
            "title": title,
            "artists": (joint or "").join(artists),
            "album": album,
            "artist_uris": ", ".join(f"spotify:artist:{ID}" for _ in artists),
        }
        writer.writerow([said.get(field, "") for field in form.rows or form.columns])
    return form, songs, out.getvalue()


@given(written())
def test_what_a_form_says_is_read_from_it(
    made: tuple[Form, list[tuple[str, list[str], str]], str],
) -> None:
    form, songs, text = made
    export = parse(text)
    assert export.dialect.name == form.dialect.name
    rows = seen(export)
    assert len(rows) == len(songs)
    for row, (title, artists, album) in zip(rows, songs, strict=True):
        claim = export.claim(row)
        recording, release = claim.recording, claim.release
        assert recording is not None
        assert release is not None
        assert (recording.title, release.album) == (title, album)
        assert [artist.name for artist in recording.artists] == artists
        fields = set(form.columns)
        assert row.popularity == (7 if "popularity" in fields else None)
        stamp = parse_utc(MADE["added_at"]) if "added_at" in fields else None
        assert row.added_at == stamp
        # Soundiiz counts in seconds, and does not say so.
        length = 1_000_000 if form.dialect.name == "Soundiiz" else 1_000
        assert recording.duration_ms == (length if "duration_ms" in fields else None)
        assert recording.explicit == (True if "explicit" in fields else None)
        assert claim.isrc == ("XX1230000001" if "isrc" in fields else None)
        assert claim.track.startswith("spotify:track:") == bool({"uri", "track_id"} & fields)
        if "artist_uris" in fields:
            assert {artist.uri for artist in recording.artists} == {f"spotify:artist:{ID}"}


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Return an export of some form with bytes changed, cut out or doubled, in some encoding."""
    _, _, text = draw(written())
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    content = bytearray(text.encode(encoding, "replace"))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 20))
        insert = draw(st.binary(max_size=3) | st.sampled_from([b'"', b",", b";", b"\n", b"\t"]))
        content[at : at + length] = insert
    return bytes(content)


def opened(content: bytes) -> Export | None:
    try:
        return parse(content)
    except MalformedExport:
        return None


@given(spoilt())
def test_a_damaged_export_is_rows_and_rejections_or_malformed(content: bytes) -> None:
    export = opened(content)
    if export:
        answers = export.claims(seen(export))
        assert all(str(each) for each in answers if isinstance(each, ValueError))
        assert all(problem.reason for problem in rejected(export))
        assert all(export.warnings)


@pytest.mark.parametrize("form", ALL_FORMS, ids=lambda form: form.dialect.generation)
def test_the_batch_says_what_the_rows_say_one_by_one(form: Form) -> None:
    titles = form.titles["English"]
    said = MADE | {"uri": f"spotify:track:{ID}", "title": "Song", "artists": "A, B", "album": "R"}
    line = [said.get(field, "") for field in form.rows or form.columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=form.delimiter)
    writer.writerows([[titles[field] for field in form.columns], line, line])
    export = parse(out.getvalue())
    rows = seen(export)
    assert list(export.claims(rows)) == [export.claim(row) for row in rows]
