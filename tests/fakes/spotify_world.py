"""The state behind the double: a small Spotify that tests build and change as its users would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from tests.fakes.spotify_things import (
    Album,
    Artist,
    Entry,
    Episode,
    Item,
    Playlist,
    Saved,
    Track,
    User,
    made_id,
)

Clock = Callable[[], datetime]
_FIRST_ADDED = datetime(2024, 1, 1, tzinfo=UTC)
"""When the first entry was added, where a test does not say; each later one is a minute younger."""
MAKER = "spotify"
"""The user who owns editorial playlists; apps without extended quota do not see those (2024-11)."""


def now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


class World:
    """Everything the service knows; ``me`` is the user who signs in.

    What a playlist or library held is replaced and never changed in place, so that a request in
    another thread sees one state or the other.
    """

    def __init__(self, me: str = "ottoline.inkpen", clock: Clock = now) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.artists: dict[str, Artist] = {}
        self.albums: dict[str, Album] = {}
        self.tracks: dict[str, Track] = {}
        self.episodes: dict[str, Episode] = {}
        self.playlists: dict[str, Playlist] = {}
        self._by_name: dict[tuple[str, ...], Artist | Album] = {}
        self._added = 0
        self.me = self.user(me, "Ottoline Inkpen")

    # ------------------------------------------------------------------------------- the catalogue

    def user(self, name: str, display_name: str | None = None) -> User:
        """Return the user with an id, made if new."""
        return self.users.setdefault(name, User(name, display_name or name))

    def artist(self, name: str, genres: Sequence[str] = ()) -> Artist:
        """Return the artist with a name, made if new."""
        known = self._by_name.get((name,))
        if isinstance(known, Artist):
            return known
        made = Artist(made_id("artist", name), name, tuple(genres))
        self._by_name[name,] = self.artists[made.id] = made
        return made

    def album(self, name: str, artist: str, release_date: str | None = "2020-01-31") -> Album:
        """Return the album with a name by an artist, made if new."""
        known = self._by_name.get((name, artist))
        if isinstance(known, Album):
            return known
        made = Album(made_id("album", f"{artist}/{name}"), name, (self.artist(artist),))
        made.release_date = release_date
        self._by_name[name, artist] = self.albums[made.id] = made
        return made

    def add_track(
        self,
        name: str,
        artists: Sequence[str] = ("An artist",),
        album: str | None = None,
        *,
        release_date: str | None = "2020-01-31",
        **facts: object,
    ) -> Track:
        """Add a track; ``facts`` are other fields of `Track`, as ``isrc=`` or ``popularity=``."""
        number = len(self.tracks)
        home = self.album(album or f"{name} (Single)", artists[0], release_date)
        people = tuple(self.artist(each) for each in artists)
        made = Track(made_id("track", number), name, people, home, isrc=f"ZZTST24{number:05d}")
        made.features = features_of(number)
        made.track_number = len(home.tracks) + 1
        for fact, value in facts.items():
            setattr(made, fact, value)
        home.tracks = [*home.tracks, made]
        self.tracks[made.id] = made
        return made

    def add_tracks(self, count: int, artist: str = "An artist") -> list[Track]:
        """Add ``count`` tracks whose names say their numbers."""
        first = len(self.tracks)
        return [self.add_track(f"Song {first + n}", (artist,)) for n in range(count)]

    def add_episode(self, name: str, show: str = "A show") -> Episode:
        """Add an episode of a podcast."""
        made = Episode(made_id("episode", len(self.episodes)), name, show)
        self.episodes[made.id] = made
        return made

    def remove_track_from_service(self, track: Track) -> None:
        """Withdraw a track, as a label does.

        Playlists keep a place without an item and their ``snapshot_id``, for no user changed them;
        Liked Songs shows one song fewer.
        """
        del self.tracks[track.id]
        track.album.tracks = [each for each in track.album.tracks if each is not track]
        for playlist in self.playlists.values():
            playlist.entries = [
                Entry(None if each.item is track else each.item, each.added_at, each.added_by)
                for each in playlist.entries
            ]
        for user in self.users.values():
            user.liked = [each for each in user.liked if each.item is not track]

    # --------------------------------------------------------------------------------- the library

    def add_playlist(
        self,
        name: str,
        items: Iterable[Item | Entry | None] = (),
        *,
        owner: str | None = None,
        collaborative: bool = False,
        public: bool | None = None,
        listed: bool = True,
    ) -> Playlist:
        """Add a playlist to my library; one with another ``owner`` is followed.

        A collaborative playlist has me as collaborator. ``listed=False`` leaves it out of my
        library, as a playlist that is known by its address only.
        """
        maker = self.user(owner) if owner else self.me
        made = Playlist(made_id("playlist", len(self.playlists)), name, maker)
        made.collaborative = collaborative
        made.public = (not collaborative) if public is None else public
        if collaborative:
            made.collaborators.add(self.me.id)
        made.entries = self._entries(items, maker.id)
        self.playlists[made.id] = made
        if listed:
            self.me.playlists = [*self.me.playlists, made]
        return made

    def add_to(
        self, playlist: Playlist, *items: Item | Entry | None, at: int | None = None
    ) -> None:
        """Put items at the end of a playlist, or before the place ``at``."""
        entries = list(playlist.entries)
        place = len(entries) if at is None else at
        entries[place:place] = self._entries(items, self.me.id)
        self._set(playlist, entries)

    def replace_items(self, playlist: Playlist, items: Iterable[Item | Entry | None]) -> None:
        """Give a playlist other contents."""
        self._set(playlist, self._entries(items, self.me.id))

    def take_out(self, playlist: Playlist, *places: int) -> None:
        """Take out the entries at these places."""
        self._set(playlist, [e for n, e in enumerate(playlist.entries) if n not in set(places)])

    def move(self, playlist: Playlist, start: int, before: int, length: int = 1) -> None:
        """Move entries as the service's reorder call does: all three count in the old order."""
        old = list(playlist.entries)
        moved, rest = old[start : start + length], old[:start] + old[start + length :]
        place = before if before <= start else max(start, before - length)
        self._set(playlist, rest[:place] + moved + rest[place:])

    def rename(self, playlist: Playlist, name: str) -> None:
        """Give a playlist another name."""
        playlist.name = name
        playlist.touch()

    def delete_playlist(self, playlist: Playlist) -> None:
        """Take a playlist out of my library; Spotify never deletes one, it is only unfollowed."""
        self.me.playlists = [each for each in self.me.playlists if each is not playlist]

    def follow(self, playlist: Playlist) -> None:
        """Put a playlist back into my library."""
        if playlist not in self.me.playlists:
            self.me.playlists = [*self.me.playlists, playlist]

    def like(self, *tracks: Track, at: datetime | None = None) -> None:
        """Like tracks one after the other, so that the last stands on top."""
        for track in tracks:
            self.unlike(track)
            saved = Saved(track, at or self._next_moment())
            self.me.liked = _newest_first([saved, *self.me.liked])

    def unlike(self, *tracks: Track) -> None:
        """Take tracks out of Liked Songs."""
        self.me.liked = [each for each in self.me.liked if each.item not in tracks]

    def save_album(self, album: Album, at: datetime | None = None) -> None:
        """Save an album."""
        self.forget_album(album)
        saved = Saved(album, at or self._next_moment())
        self.me.albums = sorted([saved, *self.me.albums], key=lambda s: s.added_at, reverse=True)

    def forget_album(self, album: Album) -> None:
        """Take an album out of the saved ones."""
        self.me.albums = [each for each in self.me.albums if each.item is not album]

    def _entries(self, items: Iterable[Item | Entry | None], by: str) -> list[Entry]:
        return [
            each if isinstance(each, Entry) else Entry(each, self._next_moment(), by)
            for each in items
        ]

    def _set(self, playlist: Playlist, entries: list[Entry]) -> None:
        playlist.entries = entries
        playlist.touch()

    def _next_moment(self) -> datetime:
        """Return a time of its own for each entry, so that order and times agree."""
        self._added += 1
        return _FIRST_ADDED + timedelta(minutes=self._added)


def _newest_first(saved: list[Saved[Track]]) -> list[Saved[Track]]:
    return sorted(saved, key=lambda each: each.added_at, reverse=True)


def features_of(number: int) -> dict[str, float]:
    """Return made-up audio features that differ from track to track."""
    share = (number * 37 % 1000) / 1000
    return {
        "danceability": share,
        "energy": round(1 - share, 3),
        "key": number % 12,
        "loudness": -5.5 - number % 10,
        "mode": number % 2,
        "speechiness": 0.04,
        "acousticness": 0.001,
        "instrumentalness": 0.0,
        "liveness": 0.11,
        "valence": share,
        "tempo": 90.5 + number % 60,
        "time_signature": 4,
    }
