"""Which credits mean one artist or one album, in a library that knows some by URI, some by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple, TypeVar

from syncengine.core.identity import AlbumKey, ArtistKey, album_key, artist_key, fold
from syncengine.core.track import Artist, Facts

Said = TypeVar("Said", bound=str)


class AlbumCredit(NamedTuple):
    """An album as a track names it; ``lead`` is its first artist, or the track's where unknown."""

    name: str
    uri: str | None
    lead: str


def album_credit(facts: Facts) -> AlbumCredit | None:
    """Return the album a track names; None where it names none."""
    release = facts.release
    if not (release.album or release.album_uri):
        return None
    artists = release.album_artists or facts.recording.artists
    return AlbumCredit(release.album or "", release.album_uri, artists[0].name if artists else "")


def artist_keys(library: Iterable[Facts]) -> dict[Artist, ArtistKey]:
    """Return the key of every artist that tracks are credited to.

    A name without a URI is the artist of that (folded) name where there is exactly one with a URI;
    otherwise all that share the folded name are one. A credit with neither name nor URI has no key.
    """
    credits = set(chain.from_iterable(facts.recording.artists for facts in library))
    folded = {artist: fold(artist.name) for artist in credits}
    uris = defaultdict(set)
    for artist in credits:
        if artist.uri:
            uris[folded[artist]].add(artist.uri)
    return {
        artist: artist_key(artist.name, artist.uri or _only(uris.get(folded[artist])))
        for artist in credits
        if artist.uri or folded[artist]
    }


def album_keys(library: Iterable[Facts]) -> dict[AlbumCredit, AlbumKey]:
    """Return the key of every album that tracks name.

    An album without a URI is the one of that (folded) name and lead artist where there is exactly one
    with a URI, whether its lead or that of a track on it; otherwise name and lead make the album.
    """
    leads: defaultdict[AlbumCredit, set[str]] = defaultdict(set)
    for facts in library:
        if credit := album_credit(facts):
            leads[credit].update(artist.name for artist in facts.recording.artists[:1])
    folded = _Folded()
    uris = defaultdict(set)
    for credit, others in leads.items():
        if credit.uri:
            for lead in {credit.lead, *others}:
                uris[folded[credit.name], folded[lead]].add(credit.uri)
    keys = {}
    for credit in leads:
        place = (folded[credit.name], folded[credit.lead])
        uri = credit.uri or _only(uris.get(place))
        if uri or place[0]:
            keys[credit] = album_key(credit.name, [credit.lead], uri)
    return keys


def most_said(said: Iterable[Said | None]) -> Said | None:
    """Return what is said most often, of equals the longest and then the first by alphabet."""
    counts = Counter(each for each in said if each)
    if len(counts) < 2:
        return next(iter(counts), None)
    return min(counts, key=lambda each: (-counts[each], -len(each), each))


def artist_names(
    library: Iterable[Facts], keys: Mapping[Artist, ArtistKey]
) -> dict[ArtistKey, str]:
    """Return the name each artist goes by: the one that most credits spell; the key if none does."""
    spelt: dict[ArtistKey, Counter[str]] = {}
    for artist, count in Counter(
        chain.from_iterable(facts.recording.artists for facts in library)
    ).items():
        if artist in keys:
            spelt.setdefault(keys[artist], Counter())[artist.name] += count
    return {key: most_said(names.elements()) or key for key, names in spelt.items()}


def _only(uris: set[str] | None) -> str | None:
    return next(iter(uris)) if uris and len(uris) == 1 else None


class _Folded(dict[str, str]):
    """Folded texts, each worked out once."""

    def __missing__(self, text: str) -> str:
        return self.setdefault(text, fold(text))
