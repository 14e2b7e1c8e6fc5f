"""Titles in the twelve languages of exportify.app, and columns that are read by their place."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from syncengine.adapters.exports.dialects import APP, APP_BLOCKS, FORMS, NET, Form
from syncengine.adapters.exports.dialects.languages import FIELDS, LANGUAGES
from syncengine.core.moment import parse_utc
from syncengine.core.track import APP_RANK, NET_RANK
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import NET_HEADER, URI, csv_text, net_row, parse, seen

BASE = [field for field in FIELDS[:20] if field != "is_playable"]
EVERY_CHOICE = list(chain.from_iterable(combinations(APP_BLOCKS, size) for size in range(4)))
SAID = {
    "uri": URI,
    "title": "Song",
    "artists": "Ada",
    "artist_uris": "spotify:artist:0000000000000000000001",
    "album_uri": "spotify:album:0000000000000000000001",
    "isrc": "XX1230000001",
    "popularity": "7",
    "explicit": "true",
    "is_playable": "true",
    "added_at": "2025-01-02T03:04:05Z",
    "added_by": "spotify:user:me",
    "genres": "folk",
    "danceability": "0.5",
    "time_signature": "4",
    "label": "Millstone",
    "copyrights": "C 2019 Millstone",
}


def table(header: list[str], fields: list[str], *rows: dict[str, str]) -> str:
    lines = [header, *([row.get(field, "") for field in fields] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)


def fields_of(blocks: tuple[tuple[str, ...], ...], *, is_playable: bool = False) -> list[str]:
    base = list(FIELDS[:20]) if is_playable else BASE
    return [*base, *(field for block in blocks for field in block)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_playable", [False, True])
def test_every_language_is_known_with_every_choice_of_blocks(
    language: str, is_playable: bool
) -> None:
    for blocks in EVERY_CHOICE:
        fields = fields_of(blocks, is_playable=is_playable)
        header = [f" {LANGUAGES[language][field].upper()}\t" for field in fields]
        export = parse(table(header, fields, SAID))
        dialect = export.dialect
        assert (dialect.name, dialect.rank) == (APP, APP_RANK)
        assert dialect.generation == ("2024-08-21" if is_playable else "2022-12-03")
        in_english = language == "English"
        assert list(export.warnings) == ([] if in_english else [f"its titles are in {language}"])
        [found] = seen(export)
        assert (export.claim(found).isrc, found.popularity) == ("XX1230000001", 7)


def test_a_claim_is_the_same_in_every_language() -> None:
    fingerprints = set()
    for titles in LANGUAGES.values():
        [found] = seen(parse(table([titles[field] for field in BASE], BASE, SAID)))
        fingerprints.add(found.fingerprint)
    assert len(fingerprints) == 1


def test_an_accent_may_be_a_mark_of_its_own() -> None:
    header = [LANGUAGES["Spanish"][field].replace("ó", "o\u0301") for field in BASE]
    assert list(parse(table(header, BASE, SAID)).warnings) == ["its titles are in Spanish"]


KLINGON = [f"tlh {number}" for number in range(40)]


@pytest.mark.parametrize("is_playable", [False, True])
def test_titles_in_no_known_language_are_read_by_their_place(is_playable: bool) -> None:
    for blocks in EVERY_CHOICE:
        fields = fields_of(blocks, is_playable=is_playable)
        header = [("ISRC" if f == "isrc" else KLINGON[at]) for at, f in enumerate(fields)]
        export = parse(table(header, fields, SAID, SAID | {"uri": "spotify:local:a:b:c:1"}))
        assert export.dialect.name == APP
        assert "by their position" in export.warnings[0]
        first, _ = map(export.claim, seen(export))
        assert first.isrc == "XX1230000001"
        assert first.recording is not None
        assert first.recording.explicit is True


def test_a_strange_header_without_rows_or_of_another_width_is_refused() -> None:
    for header, rows in ((KLINGON[:19], []), (KLINGON[:18], [SAID]), (KLINGON[:21], [SAID])):
        with pytest.raises(MalformedExport, match="no header of an export"):
            parse(table(header, BASE, *rows))


def test_a_width_of_two_meanings_that_no_row_decides_is_refused() -> None:
    bare = {"uri": URI, "title": "Song"}
    with pytest.raises(MalformedExport, match="2 ways"):
        parse(table(KLINGON[:20], fields_of((("genres",),)), bare))


def test_a_row_that_begins_with_an_address_is_no_header() -> None:
    lines = csv_text(NET_HEADER, net_row(popularity="7"), net_row()).splitlines(keepends=True)
    export = parse("".join(lines[1:]))
    assert (export.dialect.name, export.dialect.rank) == (NET, NET_RANK)
    assert list(export.warnings) == ["it has no header; its columns are read by their position"]
    assert [(row.line, row.popularity) for row in seen(export)] == [(1, 7), (2, None)]
    app = parse(table(KLINGON[:19], BASE, SAID).partition("\n")[2])
    assert app.dialect.name == APP
    assert len(seen(app)) == 1
    with pytest.raises(MalformedExport):
        parse(f"{URI},Song\n")


BY_PLACE = [
    (form, fields)
    for form in FORMS
    for fields in form.choices()
    if fields[0] == "uri" and not form.rows
]


@pytest.mark.parametrize(
    ("form", "fields"), BY_PLACE, ids=[f"{len(fields)}" for _, fields in BY_PLACE]
)
def test_every_form_that_begins_with_an_id_is_read_by_its_place(
    form: Form, fields: tuple[str, ...]
) -> None:
    numbers = {"duration_ms": "180000", "disc_number": "1", "track_number": "3"}
    says = SAID | numbers | {"release_date": "2013-05-01", "album": "Rivers"}
    header = KLINGON[: len(fields)]
    export = parse(table(header, list(fields), says))
    assert "by their position" in export.warnings[0]
    [found] = seen(export)
    claim = export.claim(found)
    assert (claim.track, found.added_by) == (URI, "me")
    assert found.added_at == parse_utc(SAID["added_at"])
    assert claim.isrc == (SAID["isrc"] if "isrc" in fields else None)
    assert export.dialect.name == form.dialect.name
    bare = parse(table(header, list(fields), says | {"uri": URI[-22:]}))
    assert [bare.claim(row).track for row in seen(bare)] == [URI]


def test_a_table_of_ones_own_is_not_read_by_place() -> None:
    for header, row in (
        (["Foo", "Song", "Bar", "Baz", "Who", "When"], [URI, "Song", "Ada", "Rivers", "me", ""]),
        (["Foo", "Album Name", "Bar", "Baz", "Who", "When"], [URI, *"abcd", SAID["added_at"]]),
    ):
        with pytest.raises(MalformedExport, match="header"):
            parse(",".join(header) + "\n" + ",".join(row) + "\n")
