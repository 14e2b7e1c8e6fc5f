"""The folders for playlists as a sink that is written to."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Literal

from syncengine.adapters.folders.known import Known
from syncengine.adapters.folders.listing import Listing
from syncengine.adapters.folders.places import Places
from syncengine.adapters.folders.placing import Placing
from syncengine.adapters.folders.refusing import SYSTEM, away, refusing, rejected
from syncengine.adapters.folders.repeated import SAME_AS, Repeated
from syncengine.adapters.folders.standing import Standing, entity_of
from syncengine.adapters.folders.steps import Disk, is_folder
from syncengine.core.moment import Instant
from syncengine.core.path_text import path_of
from syncengine.core.placing import FileBook
from syncengine.core.plan import Entity, Value
from syncengine.core.ports import Clock
from syncengine.core.writer import Change, SeenItem, Written
from syncengine.errors import TryLater

__all__ = ["FoldersWriter"]


class FoldersWriter:
    """Writes playlist folders below one root: folders, lists, and files or links to them.

    Many intents share a transaction of the journal, but one lock lets in one write at a time.
    """

    name = SYSTEM
    in_steps = True
    in_flight = 32

    def __init__(
        self,
        root: str | Path,
        link: Literal["auto", "hard", "sym", "copy"],
        book: FileBook,
        lists: Callable[[str], str | None],
        clock: Clock,
        *,
        is_new: bool = False,
        disk: Disk | None = None,
    ) -> None:
        """``lists`` returns the text of the list that a playlist is to have now, by its key.

        ``is_new`` says that there is no root yet, and nothing to be read: else its drive is away.
        """
        self._disk = disk or Disk()
        self._places = Places(os.path.abspath(root), self._disk)  # noqa: PTH100 -- leaves no ".."
        self._book = book
        self._clock = clock
        self._lock = Lock()
        self._is_stopped = False
        self._is_new = is_new
        self._known: Known | None = None
        swept: set[str] = set()
        self._placing = Placing(self._places, link, self._files, swept)
        self._repeated = Repeated(self._places.root, self._disk, self._files)
        self._listing = Listing(self._places, self._files, lists, swept)

    @property
    def calls(self) -> Mapping[str, int]:
        """How many steps were made so far, by kind."""
        return dict(self._disk.calls)

    def write(self, change: Change) -> Written:
        """Make, change or take away one folder with its list, or the places of one file.

        Whatever was done when it is cut off, the same change made again completes it. Raises Rejected
        for what is in the way, TryLater for a full disk and for a drive that is away, Forbidden where
        nothing may be written at all.
        """
        with self._lock, refusing(self._disk, self._places.root, change.entity, self._clock):
            self._begin(change.entity)
            if change.entity == "playlist":
                return self._listing.write(change)
            if change.entity == "file" and SAME_AS in change.fields:
                return self._repeated.write(change)
            if change.entity == "file":
                return self._placing.write(change)
        raise rejected("folders hold playlists and files alone", change.entity, change.key)

    def keepsake(self, change: Change) -> Mapping[str, Value]:
        """Return where a file is that is to be moved, and the text of a list that is to be written over."""
        with self._lock, refusing(self._disk, self._places.root, "read", self._clock):
            if change.entity == "playlist":
                return self._listing.kept(change)
            if SAME_AS in change.fields:
                return self._repeated.kept(change)
            return self._placing.kept(change) if change.entity == "file" else {}

    def find(self, entity: Entity, keys: Collection[str], since: Instant) -> Iterator[SeenItem]:
        """Yield what goes by any of some keys, once a rename or a move that was cut off is completed."""
        return iter(self._read(entity, set(keys)) if keys else [])

    def changed(self, entity: Entity, since: Instant) -> Iterator[SeenItem]:
        """Yield all there is: a folder does not say when a person changed a link in it."""
        return iter(self._read(entity, None))

    def everything(self, entity: Entity) -> Iterator[SeenItem]:
        """Yield all there is of an entity."""
        return iter(self._read(entity, None))

    def at(self, address: str) -> SeenItem | None:
        """Return the folder or the file that goes by a name; None where nothing of ours does."""
        with self._lock, refusing(self._disk, self._places.root, "read", self._clock):
            self._begin("read")
            name = path_of(address)
            if name in {"", ".", ".."} or "/" in name or "\0" in name:
                return None
            return self._standing().at(address, name)

    def related(self, address: str, field: str) -> tuple[str, ...]:
        """Return all folders in which a file stands, or lives."""
        seen = self.at(address)
        there = None if seen is None else seen.fields.get(field)
        return there if isinstance(there, tuple) else ()

    def stop(self) -> None:
        """Let nothing more be begun; what is under way is finished."""
        self._is_stopped = True

    def _begin(self, operation: str) -> None:
        root = self._places.root
        if self._is_stopped:
            about = {"system": SYSTEM, "operation": operation, "address": root}
            raise TryLater("it was stopped: run it again", **about, not_before=self._clock())
        if not is_folder(self._disk.state_behind(root)):
            raise away(root, operation, self._clock)

    def _read(self, entity: Entity, keys: set[str] | None) -> list[SeenItem]:
        if self._is_new:
            return []
        with self._lock, refusing(self._disk, self._places.root, "read", self._clock):
            self._begin("read")
            self._known = None  # a scan may have been since
            return list(entity_of(entity, self._standing(), keys))

    def _standing(self) -> Standing:
        return Standing(self._places, self._files(), self._listing)

    def _files(self) -> Known:
        if self._known is None:
            self._known = Known(self._book, self._disk)
        return self._known
