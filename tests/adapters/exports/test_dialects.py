from __future__ import annotations

from itertools import chain, combinations

import pytest

from syncengine.adapters.exports.dialects import APP, APP_BLOCKS, APP_TITLES, NET, recognise
from syncengine.core.track import APP_RANK, NET_RANK, OLD_RANK
from tests.adapters.exports.samples import (
    APP_HEADER,
    DATA,
    NET_HEADER,
    csv_text,
    net_row,
    only_claim,
    parse,
    seen,
)

EVERY_CHOICE = list(chain.from_iterable(combinations(APP_BLOCKS, size) for size in range(4)))


def test_the_living_dialects_are_known() -> None:
    net, app = parse(csv_text(NET_HEADER)).dialect, parse(csv_text(APP_HEADER)).dialect
    assert (len(NET_HEADER), net.name, net.rank, net.damages) == (24, NET, NET_RANK, frozenset())
    assert (len(APP_HEADER), app.name, app.rank, app.damages) == (19, APP, APP_RANK, frozenset())


@pytest.mark.parametrize("blocks", EVERY_CHOICE)
def test_every_choice_of_optional_blocks_is_known(blocks: tuple[tuple[str, ...], ...]) -> None:
    chosen = [APP_TITLES[field] for block in blocks for field in block]
    layout = recognise(APP_HEADER + chosen)
    assert layout is not None
    assert layout.forms[0].dialect.generation == "2022-12-03"
    assert [layout.titles[field] for field in layout.columns] == APP_HEADER + chosen
    assert list(layout.columns.values()) == list(range(19 + len(chosen)))


@pytest.mark.parametrize(
    ("header", "generation", "rank"),
    [
        ([title for title in NET_HEADER if title != "Explicit"], "2025-04-07", OLD_RANK),
        (
            ["Track ID", *(t for t in NET_HEADER[1:] if t != "Explicit")],
            "2024-09-10",
            OLD_RANK,
        ),
        (
            NET_HEADER[:7] + NET_HEADER[8:10] + ["Explicit"] + NET_HEADER[10:],
            "2025-05-21",
            OLD_RANK,
        ),
        ([*APP_HEADER[:17], "Is Playable", *APP_HEADER[17:]], "2024-08-21", APP_RANK),
        ([title for title in APP_HEADER if title != "ISRC"], "2021-03-26", APP_RANK),
    ],
)
def test_older_generations_are_known(header: list[str], generation: str, rank: int) -> None:
    dialect = parse(csv_text(header)).dialect
    assert (dialect.generation, dialect.rank) == (generation, rank)
    assert ("artists" in dialect.damages) == (rank == OLD_RANK)


def test_headers_are_compared_stripped_without_case_and_in_any_order() -> None:
    odd = [f"\t {title.upper()} " for title in NET_HEADER]
    assert parse(csv_text([*odd, "", " "])).dialect.generation == "2025-07-27"
    turned = list(reversed(NET_HEADER))
    export = parse(csv_text(turned, net_row(title="Song", popularity="7")))
    [row] = seen(export)
    recording = export.claim(row).recording
    assert row.popularity == 7
    assert recording is not None
    assert recording.title == "Song"


def artists(*rows: dict[str, str]) -> tuple[str, list[str]]:
    """Return the generation, and the names in the first row."""
    export = parse(csv_text(NET_HEADER, *rows))
    recording = export.claim(seen(export)[0]).recording
    assert recording is not None
    return export.dialect.generation, [artist.name for artist in recording.artists]


OLD, NEW = "2025-05-23", "2025-07-27"


def test_joined_by_commas_and_nothing_against_it_is_the_older_form() -> None:
    old = net_row(artists="Ada,Bert", added_at="2025-06-01T00:00:00Z")
    alone = net_row(artists="Cleo", added_at="2025-06-01T00:00:00Z")
    assert artists(old) == (OLD, ["Ada", "Bert"])
    assert artists(old, alone) == (OLD, ["Ada", "Bert"])
    assert parse((DATA / "older_net.csv").read_bytes()).dialect.rank == OLD_RANK


@pytest.mark.parametrize(
    "evidence",
    [
        {"artists": "Cleo;Dan"},
        {"artists": "Tyler, The Creator"},
        {"artists": 'The "X"'},
        {"title": "Yes, no"},
        {"title": 'So "called"'},
        {"album": "One, two"},
        {"added_at": "2025-09-04T00:00:00Z"},
    ],
)
def test_one_row_that_the_older_form_cannot_write_decides_for_the_file(
    evidence: dict[str, str],
) -> None:
    first = net_row(artists="Ada,Bert", added_at="2025-06-01T00:00:00Z")
    later = net_row(**({"added_at": "2025-06-01T00:00:00Z"} | evidence))
    assert artists(first, later) == (NEW, ["Ada,Bert"])


def test_without_evidence_a_file_is_of_the_current_form() -> None:
    assert artists(net_row(artists="Ada", added_at="2025-06-01T00:00:00Z")) == (NEW, ["Ada"])
    assert parse(csv_text(NET_HEADER)).dialect.generation == NEW


def test_a_bare_id_and_artists_with_commas_are_read_from_the_generation_before_uris() -> None:
    header = ["Track ID", *(title for title in NET_HEADER[1:] if title != "Explicit")]
    row = net_row(artists="Ada,Bert") | {"Track ID": "0000000000000000000001"}
    claim = only_claim(csv_text(header, row))
    assert claim.track == "spotify:track:0000000000000000000001"
    assert claim.recording is not None
    assert len(claim.recording.artists) == 2
