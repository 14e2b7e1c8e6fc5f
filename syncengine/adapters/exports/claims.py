"""What one row of an export says of its track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.adapters.exports import cells as form
from syncengine.adapters.exports.dialects import Form
from syncengine.core.identity import UNAVAILABLE, TrackKey, meta_track, parse_track
from syncengine.core.track import Artist, AudioFeatures, Claim, Recording, Release

_NO_RECORDING = Recording()
_NO_RELEASE = Release()
_NO_FEATURES = AudioFeatures()


@dataclass(frozen=True, slots=True)
class Claims:
    """Reads claims out of rows of one layout: a form, the place of each field, and the titles."""

    form: Form
    columns: Mapping[str, int]
    titles: Mapping[str, str]

    def claim(self, cells: Sequence[str]) -> Claim:
        """Return what a row says; ``cells`` are as many as the header's.

        Raises ValueError with the column's title and the value for a cell that cannot be right.
        """
        row = _Row(self, cells)
        recording = self._recording(row)
        track = _track(row, recording)
        if track == UNAVAILABLE:
            return Claim(UNAVAILABLE)
        release = self._release(row)
        features = _features(row)
        return Claim(
            track,
            None if recording == _NO_RECORDING else recording,
            None if release == _NO_RELEASE else release,
            form.parts(row["genres"]) or None,
            None if features == _NO_FEATURES else features,
            form.said(row["isrc"]),
        )

    def _recording(self, row: _Row) -> Recording:
        return Recording(
            title=form.said(row["title"]),
            artists=self.artists(row["artists"], row["artist_uris"]),
            duration_ms=form.count(*row.titled("duration_ms")),
            explicit=form.flag(*row.titled("explicit")),
            disc_number=form.count(*row.titled("disc_number")),
            track_number=form.count(*row.titled("track_number")),
            preview_url=form.said(row["preview_url"]),
        )

    def _release(self, row: _Row) -> Release:
        return Release(
            album=form.said(row["album"]),
            album_uri=form.said(row["album_uri"]),
            album_artists=self.artists(row["album_artists"], row["album_artist_uris"]),
            release_date=form.release_date(*row.titled("release_date")),
            label=form.said(row["label"]),
            image_url=form.said(row["image_url"]),
            genres=album_genres(row["album_genres"]),
            copyrights=form.said(row["copyrights"]),
        )

    def artists(self, names: str, uris: str) -> tuple[Artist, ...]:
        """Pair names with URIs where they are as many; else the names alone are known."""
        if form.said(names) is None:
            return ()
        if form.said(uris) is None:
            return tuple(Artist(name) for name in self.form.split(names) if name)
        links = form.links("artist", uris)
        credited = form.counted(names, len(links), self.form.split)
        if len(links) != len(credited):
            return tuple(Artist(name) for name in credited if name)
        return tuple(Artist(*pair) for pair in zip(credited, links, strict=True) if pair[0])


def album_genres(cell: str) -> tuple[str, ...]:
    """Split the genres of an album, which are joined by ``, ``."""
    genres = form.said(cell)
    return tuple(filter(None, form.at_joints(genres))) if genres else ()


class _Row:
    """The cells of one row by field; a field that the layout has no column for is empty."""

    __slots__ = ("_cells", "_claims")

    def __init__(self, claims: Claims, cells: Sequence[str]) -> None:
        self._claims = claims
        self._cells = cells

    def __getitem__(self, field: str) -> str:
        place = self._claims.columns.get(field)
        return "" if place is None else self._cells[place]

    def titled(self, field: str) -> tuple[str, str]:
        """Return the column's title, for messages, and the cell."""
        return self._claims.titles.get(field, field), self[field]


def _track(row: _Row, recording: Recording) -> TrackKey:
    title, cell = row.titled("uri")
    if form.said(cell) is not None:
        track = parse_track(cell.strip())
        if track is None:
            shown = form.shorten(cell)
            raise ValueError(f"{title} names no track, episode or local file: {shown}")
        return track
    if recording.title is None:
        return UNAVAILABLE
    names = [artist.name for artist in recording.artists]
    return meta_track(recording.title, names, recording.duration_ms)


def _features(row: _Row) -> AudioFeatures:
    return AudioFeatures(
        danceability=form.real(*row.titled("danceability")),
        energy=form.real(*row.titled("energy")),
        key=form.integer(*row.titled("key")),
        loudness=form.real(*row.titled("loudness")),
        mode=form.integer(*row.titled("mode")),
        speechiness=form.real(*row.titled("speechiness")),
        acousticness=form.real(*row.titled("acousticness")),
        instrumentalness=form.real(*row.titled("instrumentalness")),
        liveness=form.real(*row.titled("liveness")),
        valence=form.real(*row.titled("valence")),
        tempo=form.real(*row.titled("tempo")),
        time_signature=form.integer(*row.titled("time_signature")),
    )
