"""One library, told by other exporters on other days: what is known stays, and nothing floods."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from syncengine.adapters.exports.dialects import APP_TITLES, FORMS, NET, Form
from syncengine.adapters.exports.dialects.languages import LANGUAGES
from tests.several import tmm_row, tunemymusic, your_library
from tests.shell import Shell

FIRST_DAY, SECOND_DAY, THIRD_DAY = "2025-08-01", "2026-01-10", "2026-02-10"
SONGS = [
    # number, title, artists, album
    (1, "Yes, no", ("Tyler, The Band", "Ada"), "Rivers, Vol. 1"),
    (2, 'So "called"', ("Bert",), "Rivers, Vol. 1"),
    (3, "Straße", ("Cleo", "Dan"), "Öl"),
    (1, "Yes, no", ("Tyler, The Band", "Ada"), "Rivers, Vol. 1"),
]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "library.db", capsys)


def number_of(text: str) -> str:
    return text.rpartition(":")[2]


def cells(form: Form, at: int) -> dict[str, str]:
    """Return what an exporter of the form says of a song, as far as it says it."""
    number, title, artists, album = SONGS[at]
    name, generation = form.dialect.name, form.dialect.generation
    kept = artists
    if name == NET and form.dialect.rank < 20:
        kept = tuple(each.replace('"', "").replace(",", "") for each in artists)
        title, album = (each.replace('"', "").replace(",", "") for each in (title, album))
    joint = ";" if (name, generation) == (NET, "2025-07-27") else "," if name == NET else ", "
    if joint == ", ":
        kept = tuple(each.replace(",", "\\,") for each in kept)
    uri = f"spotify:track:{number:022d}"
    artist_ids = [f"{number:021d}{place}" for place in range(len(artists))]
    return {
        "uri": number_of(uri) if "ID" in form.titles["English"].get("uri", "") else uri,
        "title": title,
        "artists": joint.join(kept),
        "album": album,
        "artist_uris": ", ".join(f"spotify:artist:{each}" for each in artist_ids),
        "album_uri": f"spotify:album:{number:022d}",
        "release_date": "2019-03-01",
        "duration_ms": str(200_000 + number),
        "explicit": "false",
        "isrc": f"XX12300000{number:02d}",
        "added_at": f"2025-06-01T10:00:{at:02d}Z",
        "added_by": "somebody" if name == NET else "spotify:user:somebody",
        "label": "Millstone",
        "popularity": "50",
    }


def write(folder: Path, form: Form, *, language: str = "English", delimiter: str = ",") -> Path:
    titles = form.titles[language]
    rows = [[titles[field] for field in form.columns]]
    rows += [[cells(form, at).get(field, "") for field in form.columns] for at in range(len(SONGS))]
    folder.mkdir(parents=True, exist_ok=True)
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    text = "".join(delimiter.join(row) + "\n" for row in quoted)
    if delimiter == ";":
        text = text.replace('"false"', '"FALSCH"').replace("2019-03-01", "01.03.2019")
    (folder / "Mix.csv").write_text(text, "utf-8")
    return folder


def form_of(name: str, generation: str) -> Form:
    return next(f for f in FORMS if (f.dialect.name, f.dialect.generation) == (name, generation))


APP_TODAY = form_of("exportify.app", "2022-12-03")
NET_TODAY = form_of(NET, "2025-07-27")
OTHERS = [
    form
    for form in FORMS
    if form.dialect.name in {NET, "exportify.app"}
    and not form.rows
    and "uri" in form.columns
    and form.dialect.generation not in {"2022-12-03", "2015-05-15"}
]


def facts(shell: Shell) -> dict[str, dict[str, Any]]:
    """Return what is known of each track, without who said so."""
    return {
        each["uri"]: {name: value for name, value in each.items() if name != "sources"}
        for each in shell.json("tracks")["tracks"]
    }


def known(shell: Shell, field: str) -> list[Any]:
    return [track[field] for track in facts(shell).values()]


@pytest.mark.parametrize("other", OTHERS, ids=lambda f: f"{f.dialect.name} {f.dialect.generation}")
def test_a_change_of_exporter_is_no_flood(shell: Shell, tmp_path: Path, other: Form) -> None:
    shell("import-csv", write(tmp_path / "1", APP_TODAY), "--taken-at", FIRST_DAY)
    before = facts(shell)
    told = shell.json("import-csv", write(tmp_path / "2", other), "--taken-at", SECOND_DAY)
    assert [file["dialect"] for file in told["files"]] == [other.dialect.name]
    totals = told["totals"]
    assert (totals["entries_added"], totals["entries_removed"], totals["tracks_new"]) == (0, 0, 0)
    assert totals["rejected"] == 0
    after = facts(shell)
    assert after.keys() == before.keys()
    for uri, track in before.items():
        assert {**after[uri], **{k: v for k, v in track.items() if v}} == after[uri]
    diff = shell.json("history", "diff", FIRST_DAY, SECOND_DAY)
    assert (diff["playlists"], diff["tracks"]) == ([], [])


@pytest.mark.parametrize("other", OTHERS, ids=lambda f: f"{f.dialect.name} {f.dialect.generation}")
def test_a_better_source_mends_what_another_spoilt(
    shell: Shell, tmp_path: Path, other: Form
) -> None:
    shell("import-csv", write(tmp_path / "1", other), "--taken-at", FIRST_DAY)
    told = shell.json("import-csv", write(tmp_path / "2", APP_TODAY), "--taken-at", SECOND_DAY)
    assert (told["totals"]["entries_added"], told["totals"]["entries_removed"]) == (0, 0)
    assert sorted(known(shell, "title")) == sorted({song[1] for song in SONGS})
    assert ["Tyler, The Band", "Ada"] in known(shell, "artists")


def test_the_language_of_the_page_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    shell("import-csv", write(tmp_path / "1", APP_TODAY), "--taken-at", FIRST_DAY)
    before = facts(shell)
    for day, language in enumerate(LANGUAGES, 1):
        folder = write(tmp_path / language, APP_TODAY, language=language)
        told = shell.json("import-csv", folder, "--taken-at", f"2026-03-{day:02d}")
        assert (told["totals"]["entries_added"], told["totals"]["entries_removed"]) == (0, 0)
    assert facts(shell) == before


@pytest.mark.parametrize("form", [APP_TODAY, NET_TODAY], ids=lambda form: form.dialect.name)
def test_what_a_spreadsheet_saved_replaces_nothing(
    shell: Shell, tmp_path: Path, form: Form
) -> None:
    shell("import-csv", write(tmp_path / "1", form), "--taken-at", FIRST_DAY)
    before = facts(shell)
    saved = write(tmp_path / "2", form, delimiter=";")
    path = saved / "Mix.csv"
    path.write_text(path.read_text("utf-8").replace("Straße", "44621"), "utf-8")
    told = shell.json("import-csv", saved, "--taken-at", SECOND_DAY)
    assert (told["totals"]["entries_added"], told["totals"]["entries_removed"]) == (0, 0)
    assert "spreadsheet" in told["files"][0]["warnings"][0]
    assert facts(shell) == before
    assert "44621" not in known(shell, "title")


def test_every_field_of_todays_form_has_a_title() -> None:
    assert {*APP_TODAY.columns} <= {*APP_TITLES}


def test_forms_are_named_as_a_person_would(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    soundiiz = "title,artist,album,isrc,addedDate,addedBy,duration,url\nSong,Ada,Rivers,,,,225,\n"
    (folder / "Mix.csv").write_text(soundiiz)
    (folder / "Own.csv").write_text("Song,Artist Name(s)\nSong,Ada\n")
    (folder / "YourLibrary.json").write_bytes(your_library(1))
    (folder / "All.csv").write_bytes(tunemymusic(tmm_row(1, "Other")))
    out = shell("import-csv", folder).out
    for name in (
        "Soundiiz (with dates, spreadsheet) (1 file)",
        "unknown (by its titles) (1 file)",
        "Spotify account data (YourLibrary.json) (1 file)",
        "TuneMyMusic (ids of Spotify) (1 file)",
    ):
        assert name in out
