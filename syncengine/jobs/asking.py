"""Reading lists from a service page by page, each page kept before the next is asked for.

A fetch that was killed, or ran out of calls, goes on where it was: pages are kept under the version that
the list had. A list that changes between two pages is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from syncengine.core.identity import LIKED, LIKED_NAME, ArtistKey, TrackKey, is_track
from syncengine.core.moment import Instant
from syncengine.core.ports import Clock
from syncengine.core.remote import EntryPage, ListKey, RemoteEntry, RemotePlaylist, Service
from syncengine.errors import Transient
from syncengine.jobs.runs import OpenUnit
from syncengine.storage.repositories.remote import RemoteBook

Told = Callable[[int], None]
"""Told how many pages came in."""

SITTING = 3600
"""Seconds for which a listing that was interrupted is gone on with, and Liked Songs are."""
_MOST_RESTARTS = 3
_MATCHING = 10
"""Entries in a row that must be known for the rest of Liked Songs to be taken as known."""


class Unsteady(Transient):
    """A list changed each time it was read."""


class Listing(NamedTuple):
    """The playlists in a person's library, and when the last of them was told.

    ``unseen`` are places of which the service would not say what stands there.
    """

    playlists: list[RemotePlaylist]
    unseen: int
    at: Instant


Place = tuple[str, Instant | None]
"""A track's key and when it was added."""


class Asking:
    """Reads lists of one service; every page is kept in a transaction of its own."""

    def __init__(
        self, service: Service, open_unit: OpenUnit, clock: Clock, told: Told = lambda _pages: None
    ) -> None:
        self._service = service
        self._open_unit = open_unit
        self._clock = clock
        self._told = told
        self.credits: dict[TrackKey, tuple[ArtistKey, ...]] = {}
        """The artists of every track that was told of, in the order they are credited."""

    # Which playlists there are

    def listing(self, name: str, since: Instant) -> Listing:
        """Return the playlists in the person's library.

        ``name`` tells one listing of a fetch from another, ``since`` is when the fetch began.
        """
        for _ in range(_MOST_RESTARTS):
            found = self._listing(name, str(since))
            if found is not None:
                return found
        raise self._unsteady("the list of playlists", "listing")

    def _listing(self, name: str, version: str) -> Listing | None:
        kept = self._kept(name, version)
        playlists: dict[str, RemotePlaylist] = {}
        total: int | None = None
        offset, unseen, at = 0, 0, self._clock()
        while total is None or offset < total:
            known = kept.pop(offset, None)
            answer = known[0] if known else self._service.listing(offset)
            page = self._service.read_listing(answer)
            places = len(page.playlists) + page.unseen
            if (total is not None and page.total != total) or (not places and offset < page.total):
                self.forget(name)
                return None
            at = known[1] if known else self._keep(name, version, offset, answer)
            playlists |= {each.key: each for each in page.playlists}
            offset, total = offset + places, page.total
            unseen += page.unseen
        return Listing(list(playlists.values()), unseen, at)

    # What stands in a list

    def read(self, one: RemotePlaylist) -> tuple[Instant, int]:
        """Bring in every page of a list; returns when the last of them was told, and how many entries."""
        for _ in range(_MOST_RESTARTS):
            found = self._read(one.key, one.version or "", one.total)
            if found is not None:
                return found
        raise self._unsteady(one.name, "entries")

    def _read(self, key: ListKey, version: str, expected: int | None) -> tuple[Instant, int] | None:
        kept = self._kept(key, version)
        total: int | None = None
        offset, at = 0, self._clock()
        if expected == 0 and not kept:
            return at, 0  # the listing said so: nothing to ask for
        while total is None or offset < total:
            known = kept.pop(offset, None)
            answer = known[0] if known else self._service.entries(key, offset)
            page = self._service.read_entries(key, answer)
            if not self._goes_on(page, offset, total):
                self.forget(key)
                return None
            at = known[1] if known else self._keep(key, version, offset, answer)
            offset, total = offset + len(page.entries), page.total
            self._note_credits(page)
        return at, offset

    def _note_credits(self, page: EntryPage) -> None:
        for entry in page.entries:
            made = entry.claim.recording
            if made is not None and is_track(entry.claim.track):
                keys = tuple(ArtistKey(artist.uri) for artist in made.artists if artist.uri)
                self.credits[entry.claim.track] = keys

    @staticmethod
    def _goes_on(page: EntryPage, offset: int, total: int | None) -> bool:
        """Tell whether a page fits what came before: otherwise the list changed meanwhile."""
        if total is not None and page.total != total:
            return False
        return bool(page.entries) or offset >= page.total

    def entries(self, key: ListKey, version: str) -> list[RemoteEntry]:
        """Return the entries of a list that was read."""
        with self._open_unit() as unit:
            return kept_entries(self._service, unit.remote(self._service.name), key, version)

    # Liked Songs, which have no version

    def liked(self, known: Sequence[Place]) -> tuple[str, int, Instant]:
        """Bring in the newest of Liked Songs until ``known`` ground, the newest first.

        Returns the version that the pages are kept under, from which place of ``known`` on the rest is
        as it was (the end where nothing is), and when the last page was told.
        """
        for _ in range(_MOST_RESTARTS):
            found = self._liked(known)
            if found is not None:
                return found
        raise self._unsteady(LIKED_NAME, "entries")

    def _liked(self, known: Sequence[Place]) -> tuple[str, int, Instant] | None:
        version = self._liked_version()
        kept = self._kept(LIKED, version)
        places: list[Place] = []
        total: int | None = None
        offset, at = 0, self._clock()
        while total is None or offset < total:
            held = kept.pop(offset, None)
            answer = held[0] if held else self._service.entries(LIKED, offset)
            page = self._service.read_entries(LIKED, answer)
            if not self._goes_on(page, offset, total):
                self.forget(LIKED)
                return None
            if not version:
                version = _version(page)
                # The very same may be kept from a run that was interrupted, further than this page.
                kept = self._kept(LIKED, version)
                kept.pop(0, None)
            at = held[1] if held else self._keep(LIKED, version, offset, answer)
            places += [(each.claim.track, each.added_at) for each in page.entries]
            offset, total = offset + len(page.entries), page.total
            self._note_credits(page)
            ground = _ground(places, known, total)
            if ground is not None:
                return version, ground, at
        return version, len(known), at

    def _liked_version(self) -> str:
        """Return the version that kept pages belong to; none that is too old to go on with."""
        with self._open_unit() as unit:
            found = unit.remote(self._service.name).kept_versions().get(LIKED)
        if found is None or found[1] + SITTING < self._clock():
            return ""
        return found[0]

    def liked_is(self, version: str) -> bool:
        """Ask whether Liked Songs still begin as they did; one call."""
        page = self._service.read_entries(LIKED, self._service.entries(LIKED, 0))
        return _version(page) == version

    # Pages

    def forget(self, key: str) -> None:
        """Drop what is kept of a list."""
        with self._open_unit() as unit:
            unit.remote(self._service.name).drop_pages([key])
            unit.commit()

    def _kept(self, key: str, version: str) -> dict[int, tuple[bytes, Instant]]:
        with self._open_unit() as unit:
            return unit.remote(self._service.name).kept_pages(key, version)

    def _keep(self, key: str, version: str, offset: int, answer: bytes) -> Instant:
        at = self._clock()
        with self._open_unit() as unit:
            unit.remote(self._service.name).keep_page(key, version, offset, answer, at)
            unit.commit()
        self._told(1)
        return at

    def _unsteady(self, what: str, operation: str) -> Unsteady:
        return Unsteady(
            f"{what} changed each time it was read, {_MOST_RESTARTS} times; try again when nothing "
            "else writes there",
            system=self._service.name,
            operation=operation,
        )


def kept_entries(
    service: Service, book: RemoteBook, key: ListKey, version: str
) -> list[RemoteEntry]:
    """Return the entries on the pages that are kept of a list in a version."""
    pages = book.kept_pages(key, version).values()
    return [entry for answer, _ in pages for entry in service.read_entries(key, answer).entries]


def _version(page: EntryPage) -> str:
    """Return what stands for the version of Liked Songs: how many there are, and the newest."""
    newest = page.entries[0] if page.entries else None
    mark = f"{newest.claim.track} {newest.added_at}" if newest else ""
    return f"{page.total} {mark}".strip()


def _ground(places: Sequence[Place], known: Sequence[Place], total: int) -> int | None:
    """Return from where on in ``known`` the rest follows on the places that were read; None: not yet.

    The last places read must stand in ``known`` one after another, and the rest must add up to the total.
    """
    rest = total - len(places)
    start = len(known) - rest
    run = min(_MATCHING, len(places))
    if rest < 0 or start < run or not run:
        return None
    return start if list(places[-run:]) == list(known[start - run : start]) else None
