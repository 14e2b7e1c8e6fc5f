"""Which credits mean one artist or one album, in a library that knows some by URI, some by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import NamedTuple, TypeAlias, TypeVar

from syncengine.core.identity import AlbumKey, ArtistKey, album_key, artist_key, fold
from syncengine.core.track import Artist, Facts

Said = TypeVar("Said", bound=str)
_Names: TypeAlias = tuple[str, ...]


def artist_keys(library: Iterable[Facts]) -> dict[Artist, ArtistKey]:
    """Return the key of every artist that tracks are credited to.

    A name without a URI is the artist of that (folded) name where there is exactly one with a URI;
    otherwise all that share the folded name are one. A credit with neither name nor URI has no key.
    """
    credited = set(chain.from_iterable(facts.recording.artists for facts in library))
    named = {artist for artist in credited if not artist.uri and artist.name.strip()}
    known = {((artist.name,), artist.uri) for artist in credited if artist.uri}
    joined = _join({(artist.name,) for artist in named}, known)
    return {
        artist: artist_key(artist.name, artist.uri or joined.get((artist.name,)))
        for artist in credited
        if artist.uri or artist in named
    }


def artist_names(
    library: Iterable[Facts], keys: Mapping[Artist, ArtistKey]
) -> dict[ArtistKey, str]:
    """Return the name each artist goes by, the one that most credits spell; the key if none does."""
    credits = Counter(chain.from_iterable(facts.recording.artists for facts in library))
    spelt: dict[ArtistKey, Counter[str]] = {}
    for artist, count in credits.items():
        if artist in keys:
            spelt.setdefault(keys[artist], Counter())[artist.name] += count
    return {key: _first(names) or key for key, names in spelt.items()}


def album_keys(library: Iterable[Facts]) -> list[AlbumKey | None]:
    """Return the key of the album that each track names, in the tracks' order; None for no album.

    An album without a URI is the one of that (folded) name and first artist where there is exactly one
    with a URI, whether that artist is the album's or that of a track on it; otherwise name and first
    artist, where the source does not say the album's the track's, make the album.
    """
    credits = [_album_credit(facts) for facts in library]
    named = {
        (credit.name, credit.lead) for credit in credits if not credit.uri and credit.name.strip()
    }
    known = {
        ((credit.name, lead), credit.uri)
        for credit in credits
        if credit.uri
        for lead in (credit.lead, credit.track_lead)
    }
    joined = _join(named, known)
    keys = {
        credit: album_key(
            credit.name, [credit.lead], credit.uri or joined.get((credit.name, credit.lead))
        )
        for credit in set(credits)
        if credit.uri or credit.name.strip()
    }
    return [keys.get(credit) for credit in credits]


def keys_by_name(keys: Mapping[Artist, ArtistKey]) -> dict[ArtistKey, tuple[ArtistKey, ...]]:
    """Return the keys that artists with a URI had while only their names were known."""
    found: dict[ArtistKey, set[ArtistKey]] = {}
    for artist, key in keys.items():
        if (named := artist_key(artist.name)) != key and artist.name.strip():
            found.setdefault(key, set()).add(named)
    return {key: tuple(sorted(names)) for key, names in found.items()}


def album_keys_by_name(
    library: Iterable[Facts], albums: Iterable[AlbumKey | None]
) -> dict[AlbumKey, tuple[AlbumKey, ...]]:
    """Return the keys that albums with a URI had while only their names were known."""
    found: dict[AlbumKey, set[AlbumKey]] = {}
    for credit, key in {
        (_album_credit(facts), key) for facts, key in zip(library, albums, strict=True) if key
    }:
        if credit.uri and credit.name.strip():
            for lead in {credit.lead, credit.track_lead}:
                found.setdefault(key, set()).add(album_key(credit.name, [lead]))
    return {key: tuple(sorted(names)) for key, names in found.items()}


def most_said(said: Iterable[Said | None]) -> Said | None:
    """Return what is said most often, of equals the longest and then the first by alphabet."""
    texts = [each for each in said if each]
    return texts[0] if len(set(texts)) == 1 else _first(Counter(texts))


class _AlbumCredit(NamedTuple):
    """An album as a track names it, with the first artist of the album, and of the track."""

    name: str
    uri: str | None
    lead: str
    track_lead: str


def _album_credit(facts: Facts) -> _AlbumCredit:
    release, artists = facts.release, facts.recording.artists
    track_lead = artists[0].name if artists else ""
    lead = release.album_artists[0].name if release.album_artists else track_lead
    return _AlbumCredit(release.album or "", release.album_uri, lead, track_lead)


def _join(named: Collection[_Names], known: Collection[tuple[_Names, str]]) -> dict[_Names, str]:
    """Return the URI of each named thing that shares its folded names with exactly one known."""
    if not named or not known:
        return {}
    folded = _Folded()
    uris: dict[_Names, set[str]] = {}
    for names, uri in known:
        uris.setdefault(tuple(folded[name] for name in names), set()).add(uri)
    found = {names: uris.get(tuple(folded[name] for name in names), set()) for names in named}
    return {names: min(same) for names, same in found.items() if len(same) == 1}


def _first(counts: Counter[Said]) -> Said | None:
    return min(counts, key=lambda each: (-counts[each], -len(each), each), default=None)


class _Folded(dict[str, str]):
    """Folded texts, each worked out once."""

    def __missing__(self, text: str) -> str:
        return self.setdefault(text, fold(text))
