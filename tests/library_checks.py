"""Whether a database says what the plain list of observations says."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from syncengine.core.enrichment import ANSWERED, EDITED
from syncengine.core.identity import PlaylistKey, shown_key
from syncengine.core.moment import Instant
from syncengine.core.track import Claim, Dialect, Facts
from syncengine.storage.unit_of_work import UnitOfWork
from tests.plain_library import Folding, Group, Place, PlainLibrary, Span, Step, Told

Table = list[Any]


def check_tables(unit: UnitOfWork, library: PlainLibrary, told: Mapping[int, Told]) -> None:
    """Compare every table with what the list folds into; ``told`` is by observations' row number."""
    plain = library.fold()
    steps = plain.steps
    _check_identity(unit, plain)
    _check_observations(unit, plain, told, [step for each in steps.values() for step in each])
    _check_spans(unit, steps)
    _check_entries(unit, plain, steps)
    _check_claims(unit, plain)
    _check_series(unit, plain)
    _check_current(unit, plain)
    assert _rows(unit, "PRAGMA foreign_key_check") == []


def _rows(unit: UnitOfWork, sql: str) -> Table:
    return list(unit.connection.exec_driver_sql(sql))


def _check_identity(unit: UnitOfWork, plain: Folding) -> None:
    found: dict[int, set[str]] = {}
    because = {}
    for key, playlist, reason in _rows(
        unit, "SELECT key, playlist_id, joined_because FROM playlist_keys"
    ):
        found.setdefault(playlist, set()).add(key)
        if reason is not None:
            because[key] = reason
    assert {frozenset(keys) for keys in found.values()} == set(plain.steps)
    assert because == {join.later: join.because for join in plain.joins}


def _check_observations(
    unit: UnitOfWork, plain: Folding, told: Mapping[int, Told], steps: Sequence[Step]
) -> None:
    fold = {id(step.event): step for step in steps}
    found = _rows(unit, "SELECT id, content_id, effect, state_id, accepted FROM observations")
    assert {row[0] for row in found} == set(told)
    keys = unit.library.track_keys()
    people = unit.library.contributors()

    def places(content: int | None) -> list[tuple[Place, int | None]] | None:
        if content is None:
            return None
        return [
            (
                Place(keys[line.track], line.added_at, people.get(line.added_by or 0)),
                line.popularity,
            )
            for line in unit.memory.contents.lines(content)
        ]

    for number, content, effect, state, accepted in found:
        each = told[number]
        step = fold[id(each)]
        said = each.lines
        expected = None if said is None else [(plain.place(line), line.popularity) for line in said]
        assert places(content) == expected
        assert (effect, bool(accepted)) == (step.effect, each.accepted)
        left = None if step.lines is None else [plain.place(line) for line in step.lines]
        assert (state and [place for place, _ in places(state) or ()]) == left or not state


def _check_spans(unit: UnitOfWork, steps: Mapping[Group, Sequence[Step]]) -> None:
    found: dict[int, list[Span]] = {}
    for playlist, *span in _rows(
        unit,
        "SELECT s.playlist_id, k.key, n.name, s.valid_from, s.valid_to FROM playlist_spans s"
        " JOIN playlist_keys k ON k.id = s.key_id JOIN playlist_names n ON n.id = s.name_id"
        " ORDER BY s.valid_from",
    ):
        found.setdefault(playlist, []).append(Span(*span))
    expected = {group: Folding.spans(each) for group, each in steps.items()}
    assert sorted(found.values()) == sorted(filter(None, expected.values()))
    owner = dict(_rows(unit, "SELECT key, playlist_id FROM playlist_keys"))
    now = {
        row[0]: row[1:]
        for row in _rows(unit, "SELECT id, key, name, observed_at, ended_at FROM playlists")
    }
    for group, spans in expected.items():
        playlist = owner[min(group)]
        shown = [shown_key(PlaylistKey(span.key), group) for span in spans[-1:]]
        assert found.get(playlist, []) == spans
        heard = [s.event for s in steps[group] if s.effect.heard and isinstance(s.event, Told)]
        if spans:
            observed = max(each.seen.at for each in heard)
            assert tuple(now[playlist]) == (*shown, spans[-1].name, observed, spans[-1].valid_to)
        else:
            assert tuple(now[playlist])[2:] == (None, None)


def _check_entries(unit: UnitOfWork, plain: Folding, steps: Mapping[Group, Sequence[Step]]) -> None:
    entries: dict[int, Table] = {}
    for playlist, *row in _rows(
        unit,
        "SELECT e.playlist_id, e.rank, e.valid_from, coalesce(e.valid_to, 1 << 62), t.key, e.added_at, c.name"
        " FROM entries e JOIN tracks t ON t.id = e.track_id"
        " LEFT JOIN contributors c ON c.id = e.contributor_id ORDER BY e.playlist_id, e.rank",
    ):
        assert row[1] < row[2]
        entries.setdefault(playlist, []).append(row)
    owner = dict(_rows(unit, "SELECT key, playlist_id FROM playlist_keys"))
    assert set(entries) <= set(owner.values())
    moments = [*plain.moments(), 1 << 61]
    for group, each in steps.items():
        rows = entries.get(owner[min(group)], [])
        for at in moments:
            present = [row for row in rows if row[1] <= at < row[2]]
            assert len({row[0] for row in present}) == len(present)
            found = [Place(*row[3:]) for row in present]
            assert found == (plain.entries(each, at) or [])


def _check_claims(unit: UnitOfWork, plain: Folding) -> None:
    """Compare what is said of tracks with what is told, and which of them are one."""
    said = plain.library.said
    told = {said(line.claim) for each in plain.library.told for line in each.raw or ()}
    told |= {
        (EDITED if each.edited else ANSWERED, Claim(each.track, isrc=each.isrc))
        for words in plain.library.enriched.values()
        for each in words
        if each.isrc
    }
    claims = _rows(
        unit,
        "SELECT d.name, t.key FROM claims c JOIN dialects d ON d.id = c.dialect_id"
        " JOIN tracks t ON t.id = c.track_id",
    )
    assert sorted(map(tuple, claims)) == sorted((d.name, c.track) for d, c in told)
    aliases = _rows(
        unit,
        "SELECT m.key, r.key FROM track_aliases a"
        " JOIN tracks m ON m.id = a.track_id JOIN tracks r ON r.id = a.alias_of",
    )
    text = plain.library.text
    assert dict(map(tuple, aliases)) == {text(m): text(r) for m, r in plain.aliases.items()}


def _check_series(unit: UnitOfWork, plain: Folding) -> None:
    from syncengine.storage.repositories.claims import ClaimReader

    claims = ClaimReader(unit.connection).read()
    said = {
        (track, rank, at): claims[claim]
        for track, rank, at, claim in _rows(
            unit,
            "SELECT t.key, a.rank, a.at, a.claim_id FROM attestations a JOIN tracks t ON t.id = a.track_id",
        )
    }
    assert _difference(said, plain.attestations) == {}
    popularity = {
        (track, at): value
        for track, at, value in _rows(
            unit, "SELECT t.key, p.at, p.value FROM popularity p JOIN tracks t ON t.id = p.track_id"
        )
    }
    assert _difference(popularity, plain.popularity) == {}


def _difference(found: Mapping[Any, Any], expected: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        key: (found.get(key), expected.get(key))
        for key in {*found, *expected}
        if found.get(key) != expected.get(key)
    }


def _check_current(unit: UnitOfWork, plain: Folding) -> None:
    """Compare what tracks point at with what holds now."""
    credits: dict[int, list[str]] = {}
    for credit, name in _rows(
        unit,
        "SELECT artist_credit_id, name FROM artist_credit_members ORDER BY artist_credit_id, position",
    ):
        credits.setdefault(credit, []).append(name)
    found = {}
    for key, *row in _rows(
        unit,
        "SELECT t.key, r.title, r.artist_credit_id, r.duration_ms, r.explicit, s.album, s.release_date,"
        " s.label, g.genres, f.danceability, f.key, t.isrc, t.popularity, b.name,"
        " t.recording_id, t.release_id, t.genre_set_id, t.audio_features_id FROM tracks t"
        " LEFT JOIN recordings r ON r.id = t.recording_id LEFT JOIN releases s ON s.id = t.release_id"
        " LEFT JOIN genre_sets g ON g.id = t.genre_set_id LEFT JOIN albums b ON b.id = s.album_id"
        " LEFT JOIN audio_features f ON f.id = t.audio_features_id",
    ):
        row[1] = credits.get(row[1], [])
        row[7] = json.loads(row[7] or "[]")
        row[-4:] = [number is not None for number in row[-4:]]
        found[key] = row
    facts = plain.facts(math.inf, _dialects_of(plain))
    latest = {track: value for (track, _), value in sorted(plain.popularity.items())}
    for key, row in found.items():
        assert row == _current(facts.get(key), latest.get(key)), key


def _dialects_of(plain: Folding) -> list[Dialect]:
    return [ANSWERED, EDITED, *{told.seen.dialect for told in plain.library.told}]


def _current(facts: Facts | None, popularity: int | None) -> list[object]:
    if facts is None:
        return [None, [], *[None] * 5, [], None, None, None, popularity, None, *[False] * 4]
    recording, release, features = facts.recording, facts.release, facts.features
    return [
        recording.title,
        [artist.name for artist in recording.artists],
        recording.duration_ms,
        recording.explicit,
        release.album,
        release.release_date,
        release.label,
        list(facts.genres),
        features and features.danceability,
        features and features.key,
        facts.isrc,
        popularity,
        release.album,
        "recording" in facts.sources,
        "release" in facts.sources,
        bool(facts.genres),
        features is not None,
    ]


def check_library(unit: UnitOfWork, said: PlainLibrary) -> None:
    """Ask the library at every moment, and now, and compare with the list."""
    plain = said.fold()
    dialects = _dialects_of(plain)
    library = unit.library
    keys = library.track_keys()
    people = library.contributors()
    steps = plain.steps
    for at in [*plain.moments(), None]:
        when = math.inf if at is None else at
        moment = None if at is None else Instant(at)
        playlists = {}
        for group, each in steps.items():
            for span in Folding.spans(each):
                ends = math.inf if span.valid_to is None else span.valid_to
                if span.valid_from <= when and (when < ends or when == ends == math.inf):
                    shown = shown_key(PlaylistKey(span.key), group)
                    playlists[(span.key, shown, span.name)] = plain.entries(each, when)
        entries = library.entries(moment)
        assert {
            (each.seen_as, each.key, each.name): [
                Place(keys[e.track], e.added_at, people.get(e.added_by))  # type: ignore[index, call-overload]  # row numbers
                for e in entries.get(each.id, [])
            ]
            for each in library.playlists(moment)
        } == playlists
        facts = {keys[track]: known for track, known in library.facts(moment).items()}
        assert facts == plain.facts(when, dialects)
        popularity = {keys[track]: value for track, value in library.popularity(moment).items()}
        series = sorted(plain.popularity.items())
        assert popularity == {track: value for (track, since), value in series if since <= when}
