"""Exports in JSON: which exporter wrote a document, its playlists, and the entries of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw

from syncengine.adapters.exports import account_data, spotify_backup
from syncengine.adapters.exports.document import (
    Object,
    Places,
    elements,
    fields,
    members,
    read,
    sound,
)
from syncengine.adapters.exports.listed import Listed, Told
from syncengine.adapters.exports.sections import NAMELESS, Cut, lines_of, warnings_of
from syncengine.core.moment import Instant
from syncengine.core.ports import ExportFile, Part, Quarantined, RejectedRow
from syncengine.core.track import Dialect
from syncengine.errors import MalformedExport

_READABLE = (
    "readable are spotify-backup's and, of Spotify's account data, YourLibrary.json and"
    " Playlist1.json, Playlist2.json and so on"
)
_HISTORY = (
    "this is a streaming history: it tells what was played and not what is in the library;"
    f" {_READABLE}"
)
_OURS = (
    "this is what syncengine's own export writes as JSON, which it does not read back;"
    " export as CSV instead"
)
_UNKNOWN = f"this is JSON of no exporter that is known; {_READABLE}"
_PLAYED = frozenset({"endTime", "msPlayed", "ms_played", "ts"})


@dataclass(frozen=True, slots=True)
class _Form:
    """How an exporter writes one playlist.

    ``item`` is the type of an entry, which ``told`` reads; ``key`` is the member that holds them.
    """

    dialect: Dialect
    key: str
    item: Any
    stem_of: Callable[[Object], str]
    entries_of: Callable[[Object], Sequence[Raw] | None]
    told: Callable[[int, Any], Told]
    newest_day: Callable[[Raw], Instant] = lambda _raw: Instant(0)
    ordered: bool = True

    def items(self, entries: Sequence[Raw]) -> Sequence[Any]:
        """Return the entries read; a bad one as the error that says why."""
        kind: Any = list[self.item]  # type: ignore[name-defined] # the type is a value of the form
        try:
            return read(msgspec.json.encode(entries), kind)
        except ValueError:
            return [self._item(raw) for raw in entries]

    def _item(self, raw: Raw) -> Any:
        try:
            return read(raw, self.item)
        except ValueError as error:
            return error

    def tidied(self, entries: Sequence[Raw]) -> list[Any]:
        """Return entries without the members that mean nothing here, some of which change daily."""
        pairs = zip(entries, self.items(entries), strict=True)
        return [raw if isinstance(item, ValueError) else item for raw, item in pairs]


_BACKUP = _Form(
    spotify_backup.DIALECT,
    "tracks",
    spotify_backup.Item | None,
    spotify_backup.stem_of,
    spotify_backup.entries_of,
    spotify_backup.told,
)
_PLAYLISTS = _Form(
    account_data.PLAYLISTS,
    "items",
    account_data.Item | None,
    account_data.stem_of,
    account_data.entries_of,
    account_data.told,
    account_data.newest_day,
)
_LIBRARY = _Form(
    account_data.LIBRARY,
    "tracks",
    account_data.Liked | None,
    account_data.liked_stem,
    account_data.liked_entries,
    account_data.liked,
    ordered=False,
)


def split(file: ExportFile, content: bytes) -> Iterator[Part | Quarantined]:
    """Yield each playlist of a document.

    Raises MalformedExport, with the line, for what is no JSON or of no exporter that is known.
    """
    content, told = sound(file, content)
    document = members(file, content)
    places = Places(content)
    cut = Cut(file)
    if isinstance(document, Mapping) and "playlists" not in document:
        whole = Raw(content)
        warnings = (*told, *account_data.not_read(document))
        yield _part(cut, _library(file, document), whole, document, places, warnings)
        return
    albums = len(elements(document.get("albums")) or ()) if isinstance(document, Mapping) else 0
    told += (f"saved albums ({albums:,}) are not read",) if albums else ()
    for raw in _playlists(file, document):
        line = places.enter(raw)
        playlist = fields(raw)
        try:
            yield _part(cut, _form(playlist), raw, playlist, places, told)
            told = ()
        except ValueError as error:
            yield cut.refused(_name(playlist), str(error), line)


def parse(file: ExportFile, content: bytes) -> Listed:
    """Open a document of one playlist. Raises MalformedExport like ``split``, and for several."""
    document = members(file, sound(file, content)[0])
    if isinstance(document, Mapping) and "playlists" not in document:
        playlist, form = document, _library(file, document)
    else:
        found = _playlists(file, document)
        if len(found) != 1:
            raise MalformedExport(f"it holds {len(found)} playlists", file=file.path)
        playlist = fields(found[0])
        form = _form(playlist)
    entries = form.entries_of(playlist) or ()
    lines = lines_of(file) or [1] * len(entries)
    return Listed(
        form.dialect,
        lambda: _told(form, entries, lines),
        ordered=form.ordered,
        warnings=warnings_of(file),
    )


def _told(
    form: _Form, entries: Sequence[Raw], lines: Sequence[int]
) -> Iterator[Told | RejectedRow]:
    pairs = zip(lines, form.items(entries), strict=True)
    for number, (line, item) in enumerate(pairs, 1):
        try:
            if isinstance(item, ValueError):
                raise item
            yield form.told(line, item)
        except (ValueError, OverflowError) as error:
            yield RejectedRow(line, f"entry {number}: {error}")


def _part(
    cut: Cut,
    form: _Form,
    raw: Raw,
    playlist: Object,
    places: Places,
    warnings: tuple[str, ...],
) -> Part:
    """Return one playlist as a document of its own. Raises ValueError for what cannot be one."""
    entries = form.entries_of(playlist)
    if entries is None:
        raise ValueError("it has no list of entries; export again")
    stem = form.stem_of(playlist)
    alone: dict[str, object] = {form.key: form.tidied(entries)}
    if form is not _LIBRARY:
        named = {key: playlist[key] for key in ("name", "id") if key in playlist}
        alone = {"playlists": [named | alone]}
    lines = [places.past(each) for each in entries]
    content = msgspec.json.encode(alone)
    return cut.part(stem, content, lines, not_before=form.newest_day(raw), warnings=warnings)


def _playlists(file: ExportFile, document: Object | Sequence[Raw]) -> Sequence[Raw]:
    if isinstance(document, Mapping):
        found = elements(document["playlists"])
        if found is None:
            raise MalformedExport("its playlists are no list; export again", file=file.path)
        return found
    first = fields(document[0]) if document else {}
    if first.keys() & _PLAYED:
        raise MalformedExport(_HISTORY, file=file.path, line=1)
    if "tracks" not in first:
        raise MalformedExport(_UNKNOWN, file=file.path, line=1)
    return document


def _library(file: ExportFile, document: Object) -> _Form:
    if account_data.is_library(document):
        return _LIBRARY
    is_ours = "format_version" in document
    raise MalformedExport(_OURS if is_ours else _UNKNOWN, file=file.path, line=1)


def _form(playlist: Object) -> _Form:
    return _PLAYLISTS if account_data.is_playlist(playlist) else _BACKUP


def _name(playlist: Object) -> str:
    try:
        return _form(playlist).stem_of(playlist)
    except ValueError:
        return NAMELESS
