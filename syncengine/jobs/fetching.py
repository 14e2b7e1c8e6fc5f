"""Asking a service for what is wanted, until all of it is here; nothing becomes visible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from syncengine.core.identity import LIKED, LIKED_NAME, TrackKey, is_album
from syncengine.core.moment import Instant
from syncengine.core.remote import RemotePlaylist, Service
from syncengine.core.snapshot import CONFIRMATION, Source, is_cut_short
from syncengine.core.track import Claim
from syncengine.errors import Forbidden, Gone
from syncengine.jobs.asking import SITTING, Asking, Place, Unsteady
from syncengine.jobs.calls import Calls
from syncengine.jobs.enriching import Enriching
from syncengine.jobs.fetch_report import FetchOptions
from syncengine.jobs.fetched import Fetched, FetchedList, Roster
from syncengine.storage.repositories.remote import FORBIDDEN, LISTING, SESSION, VERSION, Note

_ASK_AGAIN = 30 * 24 * 60 * 60
"""Seconds after which a list that was forbidden is asked for again."""
_MOST_REREADS = 2


class Progress:
    """Told how a fetch goes; does nothing by itself."""

    def pages(self, done: int, expected: int, left: int | None) -> None:
        """So many pages are in, of so many; ``left`` is what remains of the day's calls."""


class Fetching:
    """The part that asks; nothing becomes visible here."""

    def __init__(
        self, options: FetchOptions, service: Service, calls: Calls, progress: Progress
    ) -> None:
        open_unit, clock = calls.open_unit, calls.clock
        self._options = options
        self._service = service
        self._calls = calls
        self._open_unit = open_unit
        self._clock = clock
        self._progress = progress
        self._asking = Asking(service, open_unit, clock, self._told)
        self._done = self._expected = 0
        self._saved = 0
        self._notes: list[str] = []
        self._lists: list[FetchedList] = []
        self._roster: Roster | None = None
        self._in_doubt = False
        self._listed_at: Instant | None = None
        self._more: Mapping[TrackKey, Claim] = {}
        with open_unit() as unit:
            book = unit.remote(service.name)
            self._versions: Mapping[str, Note] = book.notes(VERSION)
            self._forbidden: Mapping[str, Note] = book.notes(FORBIDDEN)
            self._last = unit.memory.timeline.last_told(Source.API)
            self._sizes = unit.lists.sizes()
            self._since = _session(book.noted(SESSION, ""), clock())
            if options.whole:
                book.note(SESSION, "", str(self._since), clock())
            unit.commit()

    def run(self) -> Fetched:
        """Ask until all that is wanted is here; returns what was told, and what it cost."""
        wanted = self._listed() if self._options.whole else self._described()
        self._expect(wanted)
        for one in wanted:
            self._lists.append(self._taken(one))
        if self._options.whole or self._options.liked:
            self._lists.append(self._likes())
        self._verify()
        self._remember_refusals()
        if not self._options.lists_only:
            self._enrich()
        return self._fetched()

    def _enrich(self) -> None:
        enriching = Enriching(
            self._service, self._open_unit, self._clock, self._asking.credits,
            full=self._options.full,
        )  # fmt: skip
        self._notes += enriching.run()
        self._more = enriching.found

    def _fetched(self) -> Fetched:
        with self._open_unit() as unit:
            made = unit.remote(self._service.name).calls_of_run(self._calls.run or 0)
        left = self._calls.left()
        return Fetched(
            self._lists, self._roster, self._more, made, self._saved, left, self._notes,
            self._in_doubt,
        )  # fmt: skip

    # What is wanted

    def _listed(self) -> list[RemotePlaylist]:
        listing = self._asking.listing("listing", self._since)
        with self._open_unit() as unit:
            known = unit.lists.listed(Source.API)
        if is_cut_short(known, len(listing.playlists)):
            self._asking.forget("listing")
            listing = self._asking.listing("listing", self._since)
        keys = sorted(each.key for each in listing.playlists)
        count = len(keys)
        if listing.unseen:
            self._notes.append(
                f"the service did not say what {listing.unseen:,} of the playlists are: none was ended"
            )
        elif is_cut_short(known, count) and not self._confirmed(keys, listing.at):
            self._notes.append(
                f"the service lists {count:,} playlists, where {known:,} were: none was ended; "
                "a later fetch that agrees, at least an hour from now, confirms it"
            )
        else:
            self._roster = Roster(listing.at, keys)
        self._in_doubt = self._roster is None
        self._listed_at = listing.at
        return listing.playlists

    def _confirmed(self, keys: Sequence[str], at: Instant) -> bool:
        """Tell whether an earlier fetch was told of the same few playlists; else remember that this was."""
        said = " ".join(keys)
        with self._open_unit() as unit:
            book = unit.remote(self._service.name)
            before = book.noted(LISTING, "")
            if before is not None and before.value == said:
                return before.at + CONFIRMATION <= at
            book.note(LISTING, "", said, at)
            unit.commit()
        return False

    def _described(self) -> list[RemotePlaylist]:
        found = []
        for key in self._options.lists:
            try:
                found.append(self._service.describe(key))
            except (Gone, Forbidden) as error:
                status = "missing" if isinstance(error, Gone) else "forbidden"
                shown = RemotePlaylist(key, key, None, None)
                self._lists.append(FetchedList(shown, status, self._clock(), warnings=[str(error)]))
        return found

    # One list

    def _taken(self, one: RemotePlaylist) -> FetchedList:
        version = self._versions.get(one.key)
        same = version is not None and version.value == one.version and one.key in self._last
        if same and not self._options.full:
            self._saved += self._pages(one.total)
            # It was so when the listing was told, which may be a while ago.
            return FetchedList(one, "unchanged", self._listed_at or self._clock())
        refused = self._forbidden.get(one.key)
        is_asked_for = self._options.full or not self._options.whole
        if refused and not is_asked_for and refused.at + _ASK_AGAIN > self._clock():
            self._saved += 1
            return FetchedList(one, "forbidden", self._clock())
        try:
            return self._read(one)
        except Unsteady as error:
            return FetchedList(one, "suspect", self._clock(), warnings=[str(error)])
        except Forbidden as error:
            if error.everything:
                raise  # it is the app that is not let in, not this list that is not shown
            return FetchedList(one, "forbidden", self._clock(), warnings=[str(error)])
        except Gone as error:
            # What the listing names and nobody may see: playlists that a service makes itself are such.
            status = "forbidden" if self._options.whole else "missing"
            return FetchedList(one, status, self._clock(), warnings=[str(error)])

    def _remember_refusals(self) -> None:
        """Note what was refused, so that it is not asked for each time.

        Of somebody whose other playlists are shown, a refusal is an odd moment and no rule.
        """
        shown = {
            each.one.owner
            for each in self._lists
            if each.status in ("fetched", "unchanged") and each.one.owner
        }
        with self._open_unit() as unit:
            refused: dict[str, Note] = {
                each.one.key: Note("", each.at)
                for each in self._lists
                if each.status == "forbidden" and each.warnings and each.one.owner not in shown
            }
            unit.remote(self._service.name).note_all(FORBIDDEN, refused)
            unit.commit()

    def _read(self, one: RemotePlaylist) -> FetchedList:
        at, size = self._asking.read(one)
        version = one.version or ""
        if is_cut_short(self._sizes.get(one.key, 0), size):
            # An outage looks like this as well: ask once more before it is believed even so far.
            self._asking.forget(one.key)
            at, _ = self._asking.read(one._replace(total=None))
        return FetchedList(one, "fetched", at, version=version)

    def _likes(self) -> FetchedList:
        try:
            return self._liked()
        except Unsteady as error:
            one = RemotePlaylist(LIKED, LIKED_NAME, None, None)
            return FetchedList(one, "suspect", self._clock(), warnings=[str(error)])

    def _liked(self) -> FetchedList:
        known = [] if self._options.full else self._known_likes()
        version, ground, at = self._asking.liked(known)
        fresh = self._asking.entries(LIKED, version)
        size = len(fresh) + len(known) - ground
        before = self._sizes.get(LIKED, 0)
        if is_cut_short(before, size):
            self._asking.forget(LIKED)
            version, ground, at = self._asking.liked(known)
            fresh = self._asking.entries(LIKED, version)
        rest = len(known) - ground
        one = RemotePlaylist(LIKED, LIKED_NAME, None, len(fresh) + rest)
        self._saved += self._pages(rest)
        changed = [(each.claim.track, each.added_at) for each in fresh] != known[: len(fresh)]
        status = "fetched" if changed or len(fresh) + rest != len(known) else "unchanged"
        return FetchedList(one, status, at, version=version, rest=rest)

    def _known_likes(self) -> list[Place]:
        with self._open_unit() as unit:
            return unit.lists.places(LIKED)

    # A list that changed while it was read

    def _verify(self) -> None:
        """Read again what changed between its pages: only lists of several pages can have."""
        for round_ in range(_MOST_REREADS):
            if not (stale := self._changed(f"check-{round_}")):
                return
            for each in stale:
                self._asking.forget(each.one.key)
                self._lists.remove(each)
                is_liked = each.one.key == LIKED
                self._lists.append(self._likes() if is_liked else self._taken(each.one))
        for each in self._changed("check"):
            each.version_holds = False
            each.warnings.append(
                "it kept changing while it was read; the next fetch reads it again"
            )

    def _has_pages(self, each: FetchedList) -> bool:
        read = (each.one.total or 0) - each.rest
        return each.status == "fetched" and read > self._service.page_size

    def _changed(self, check: str) -> list[FetchedList]:
        """Return the lists of which the service now has another version, each with that version.

        ``check`` is what the listing that tells so goes by, should this be interrupted.
        """
        lists = [each for each in self._lists if self._has_pages(each)]
        now = self._versions_now({each.one.key for each in lists if each.one.key != LIKED}, check)
        changed = []
        for each in lists:
            if each.one.key == LIKED:
                if not self._asking.liked_is(each.version or ""):
                    changed.append(each)
            elif (later := now.get(each.one.key)) and later.version != each.one.version:
                each.one = later
                changed.append(each)
        return changed

    def _versions_now(self, keys: Collection[str], check: str) -> dict[str, RemotePlaylist]:
        if not keys:
            return {}
        if self._options.whole:
            listing = self._asking.listing(check, self._since)
            return {each.key: each for each in listing.playlists}
        playlists = [each for each in self._options.lists if each in keys]
        return {each: self._service.describe(each) for each in playlists if not is_album(each)}

    # Progress

    def _pages(self, entries: int | None) -> int:
        return -(-(entries or 0) // self._service.page_size)

    def _expect(self, wanted: Iterable[RemotePlaylist]) -> None:
        new = [one for one in wanted if self._is_new(one)]
        self._expected = self._done + sum(max(1, self._pages(one.total)) for one in new)
        self._told(0)

    def _is_new(self, one: RemotePlaylist) -> bool:
        note = self._versions.get(one.key)
        return self._options.full or note is None or note.value != one.version

    def _told(self, pages: int) -> None:
        self._done += pages
        self._expected = max(self._expected, self._done)
        self._progress.pages(self._done, self._expected, self._calls.left())


def _session(note: Note | None, now: Instant) -> Instant:
    """Return when the fetch began that this one goes on with: itself, if the last one was whole or is old."""
    if note is not None and note.value and int(note.value) + SITTING > now:
        return Instant(int(note.value))
    return now
