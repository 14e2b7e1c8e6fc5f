"""Exports that Excel, LibreOffice or Numbers opened and saved again."""

from __future__ import annotations

import csv
import io

import pytest

from syncengine.adapters.exports.reader import Export
from syncengine.core.moment import parse_utc
from syncengine.core.track import OLD_RANK, Claim
from tests.adapters.exports.samples import APP_HEADER, NET_HEADER, app_row, net_row, parse, seen

MARK = "2025-07-27 (spreadsheet)"


def saved(
    *rows: dict[str, str], delimiter: str = ",", header: list[str] | None = None, start: str = ""
) -> str:
    """Write rows as spreadsheets do: quotes only where they must be, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header or NET_HEADER, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return start + out.getvalue()


def row(**cells: str) -> dict[str, str]:
    return net_row(**({"artists": "Ada;Bert", "explicit": "TRUE"} | cells))


def claims(export: Export) -> list[Claim]:
    return [export.claim(found) for found in seen(export)]


def dates(export: Export) -> list[str | None]:
    return [claim.release.release_date if claim.release else None for claim in claims(export)]


@pytest.mark.parametrize(
    "text",
    [
        saved(row()),
        saved(row(explicit="false"), delimiter=";"),
        saved(row(explicit="true"), delimiter="\t"),
        saved(row(explicit="WAHR"), delimiter=";", start="sep=;\r\n"),
        saved(row(explicit="", release_date="3/14/2019")),
        saved(row(explicit="", release_date="14.03.2019")),
        saved(row(explicit="", release_date="Mar-19")),
        saved(row(explicit=""), row(explicit="ONWAAR")),
    ],
)
def test_a_saved_file_is_known_by_delimiter_booleans_or_dates(text: str) -> None:
    export = parse(text)
    assert export.dialect.generation == MARK
    assert export.dialect.rank == OLD_RANK
    assert {"title", "album", "artists", "release_date"} <= export.dialect.damages
    assert "a spreadsheet saved this file again" in export.warnings[0]
    assert len(seen(export)) == text.count("spotify:track")


@pytest.mark.parametrize(
    "text",
    [
        saved(row(explicit="false")),
        saved(row(explicit="False")),
        saved(row(explicit="", release_date="2019-03-14")),
        saved(row(explicit="", release_date="2019-03")),
        saved(row(explicit="", title="TRUE", album="1/2/2019")),
    ],
)
def test_a_file_that_only_lost_its_quotes_is_sound(text: str) -> None:
    export = parse(text)
    assert export.dialect.generation == "2025-07-27"
    assert list(export.warnings) == []


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("TRUE", "FALSE"),
        ("WAHR", "FALSCH"),
        ("VRAI", "FAUX"),
        ("VERDADERO", "FALSO"),
        ("DOĞRU", "YANLIŞ"),
    ],
)
def test_booleans_of_many_languages(yes: str, no: str) -> None:
    heard = [each.recording for each in claims(parse(saved(row(explicit=yes), row(explicit=no))))]
    assert [each.explicit for each in heard if each] == [True, False]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["3/14/2019", "3/1/2019"], ["2019-03-14", "2019-03-01"]),
        (["14/3/2019", "3/1/2019"], ["2019-03-14", "2019-01-03"]),
        (["14.03.2019", "03.01.2019"], ["2019-03-14", "2019-01-03"]),
        (["3-14-2019", "2019"], ["2019-03-14", "2019"]),
        (["2019/3/14", "2019/03/01"], ["2019-03-14", "2019-03-01"]),
        (["3/1/2019", "5/5/2019"], [None, "2019-05-05"]),
        # Evidence for both orders is evidence for neither.
        (["3/14/2019", "14/3/2019", "1/2/2019"], [None, None, None]),
        (["Mar-19", "3/14/19"], [None, None]),
    ],
)
def test_the_whole_file_tells_which_number_is_the_day(
    cells: list[str], read: list[str | None]
) -> None:
    rows = [row(release_date=cell, album="Rivers") for cell in cells]
    export = parse(saved(*rows))
    assert dates(export) == read
    left_out = sum(date is None for date in read)
    assert any("left out" in warning for warning in export.warnings) == bool(left_out)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-13T18:00:05Z", "2026-01-13T18:00:05Z"),
        ("1/13/2026 18:00", None),
        ("1/13/2026 6:00:05 PM", "2026-01-13T18:00:05Z"),
        ("1/13/2026 12:00:05 AM", "2026-01-13T00:00:05Z"),
        ("13.01.2026 18:00:05", "2026-01-13T18:00:05Z"),
        ("1/2/2026 18:00", None),
        ("13.01.26 18:00", None),
    ],
)
def test_moments_of_adding(cell: str, moment: str | None) -> None:
    export = parse(saved(row(added_at=cell)))
    [found] = seen(export)
    assert found.added_at == (None if moment is None else parse_utc(moment))
    assert any("seconds" in warning for warning in export.warnings) == (
        cell.count(":") == 1 and cell != "13.01.26 18:00"
    )


def test_the_release_dates_tell_the_order_for_the_moments_too() -> None:
    export = parse(saved(row(added_at="1/2/2026 18:00:00", release_date="31/12/2019")))
    assert seen(export)[0].added_at == parse_utc("2026-02-01T18:00:00Z")


def test_decimal_commas_and_powers_of_ten() -> None:
    cells = row(energy="0,5", tempo="1,23E+02", acousticness="1,2E-05", duration_ms="2,015E+05")
    [claim] = claims(parse(saved(cells, delimiter=";")))
    assert claim.features is not None
    assert (claim.features.energy, claim.features.tempo) == (0.5, 123)
    assert claim.features.acousticness == 0.000012
    assert claim.recording is not None
    assert claim.recording.duration_ms == 201_500


def test_artists_joined_by_semicolons_survive_semicolons_between_cells() -> None:
    [claim] = claims(parse(saved(row(), delimiter=";")))
    assert claim.recording is not None
    assert [artist.name for artist in claim.recording.artists] == ["Ada", "Bert"]


def test_a_formula_that_failed_is_no_name() -> None:
    [claim] = claims(parse(saved(row(title="#NAME?", album="007"))))
    assert claim.recording is not None
    assert (claim.recording.title, claim.release and claim.release.album) == (None, "007")


def test_empty_columns_at_the_end_do_not_count() -> None:
    text = saved(row()).replace("\r\n", ",,\r\n")
    assert [found.added_at is None for found in seen(parse(text))] == [False]


def test_the_other_exporter_is_marked_in_the_same_way() -> None:
    export = parse(saved(app_row(explicit="VRAI"), header=APP_HEADER, delimiter=";"))
    assert export.dialect.generation == "2022-12-03 (spreadsheet)"
    assert export.dialect.rank == OLD_RANK
