"""What a fetch was told becomes visible: all of it in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.core.ports import Clock
from syncengine.core.remote import ListKey, RemoteEntry, RemotePlaylist, Service
from syncengine.core.rename import Join
from syncengine.core.snapshot import Effect, Kind, Source
from syncengine.jobs.asking import kept_entries
from syncengine.jobs.enriching import BATCHES
from syncengine.jobs.fetch_report import FetchOptions, FetchReport, ListReport
from syncengine.jobs.fetched import Fetched, FetchedList, Roster
from syncengine.jobs.import_report import SnapshotReport
from syncengine.jobs.observing import Observer, told_digest
from syncengine.storage.raw_store import RawStore
from syncengine.storage.repositories.remote import FORBIDDEN, LISTING, SESSION, VERSION, Note
from syncengine.storage.repositories.timeline import LastTold, NewObservation
from syncengine.storage.unit_of_work import UnitOfWork

FileKeys = Callable[[str], Collection[PlaylistKey]]
"""Returns the keys that exports of a playlist with this name have."""

_DAY = 24 * 60 * 60
_SUSPECT = (
    "kept aside: it has {:,} entries, far fewer than before, also when asked again; a later fetch that "
    "agrees confirms it, or say --accept {!r}"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where things are remembered, and by which rules."""

    service: Service
    raw_store: RawStore
    clock: Clock
    file_keys: FileKeys
    options: FetchOptions


class Remembering:
    """Takes what one fetch was told into the memory, within one unit of work."""

    def __init__(self, unit: UnitOfWork, setting: Setting, fetched: Fetched) -> None:
        self._unit = unit
        self._memory = unit.memory
        self._timeline = unit.memory.timeline
        self._setting = setting
        self._service = setting.service
        self._book = unit.remote(setting.service.name)
        self._fetched = fetched
        self._observer = Observer(unit, setting.service.dialect)
        self._reports = {
            each.one.key: ListReport(
                each.one.key, each.one.name, each.status, warnings=list(each.warnings)
            )
            for each in fetched.lists
        }
        self._joins: Sequence[Join] = ()
        self._ended: Sequence[str] = ()
        self._renamed = False

    def run(self, run: int) -> FetchReport:
        """Make everything visible, and report; the caller commits."""
        tracks = self._unit.library.track_count()
        told = {
            each.one.key: kept_entries(self._service, self._book, each.one.key, each.version)
            for each in self._fetched.lists
            if each.version is not None
        }
        for entries in told.values():
            self._observer.take_up(entries, self._fetched.more)
        self._observer.add(self._fetched.more)
        snapshot = self._record(self._observations(told), run)
        self._settle()
        gained, lost = self._memory.gained_and_lost()
        sizes = self._unit.lists.sizes()
        for key, report in self._reports.items():
            report.has_stored = bool(sizes.get(key))
            if report.entries is None and report.status == "unchanged":
                report.entries = sizes.get(key, 0)
        said = self._fetched
        return FetchReport(
            self._snapshot(snapshot),
            list(self._reports.values()),
            said.calls,
            said.saved,
            said.left,
            self._joins,
            self._timeline.shown_names(
                {key for join in self._joins for key in (join.earlier, join.later)}
            ),
            self._ended,
            said.notes,
            self._unit.library.track_count() - tracks,
            gained,
            lost,
            said.in_doubt,
            self._unheeded(),
        )

    def _unheeded(self) -> list[str]:
        named = [_names(each.one) for each in self._fetched.lists]
        accepted = self._setting.options.accept
        return sorted(t for t in accepted if not any(t.casefold() in each for each in named))

    # Observations

    def _observations(
        self, told: Mapping[ListKey, Sequence[RemoteEntry]]
    ) -> dict[ListKey, NewObservation]:
        # What could not be read in peace, or is not there, says nothing.
        there = [e for e in self._fetched.lists if e.status not in ("missing", "suspect")]
        called = {each.one.key: each.one.name for each in there}
        keys = self._timeline.keys()
        keys |= self._timeline.add_keys({k: name for k, name in called.items() if k not in keys})
        names = self._timeline.told_names(
            {name: set(self._setting.file_keys(name)) for name in called.values()}
        )
        dialect = self._memory.claims.dialect(self._service.dialect)
        last = self._timeline.last_told(Source.API)
        seen = self._timeline.moments_since(
            {keys[key].id for key in called}, min((each.at for each in there), default=Instant(0))
        )
        new: dict[ListKey, NewObservation] = {}
        for each in there:
            key = each.one.key
            said = self._said(each, told.get(key), last.get(key))
            if said is None:
                continue
            kind, digest, content = said
            if content is not None:
                self._reports[key].entries = len(self._memory.contents.lines(content))
            at = each.at
            while at in seen[keys[key].id]:
                at = Instant(at + 1)  # two looks within a second are two observations
            told_as = last[key].name if key in last else None
            self._renamed |= told_as not in (None, names[each.one.name])
            new[key] = NewObservation(
                keys[key].id, names[each.one.name], dialect, at, Source.API, kind,
                inferred=False, accepted=self._is_accepted(each.one), digest=digest,
                content=content,
            )  # fmt: skip
        return new

    def _said(
        self,
        each: FetchedList,
        entries: Sequence[RemoteEntry] | None,
        before: LastTold | None,
    ) -> tuple[Kind, bytes, int | None] | None:
        """Return what was told of a list, as kind, digest and content; None for nothing new."""
        contents = self._memory.contents
        if each.status == "forbidden":
            # One that was not asked for again, because it was forbidden lately, says nothing new.
            mark = hashlib.sha256(b"forbidden").digest()
            return (Kind.FORBIDDEN, mark, None) if each.warnings else None
        if entries is None:  # as it was
            if before is None or before.at >= each.at:
                return None
            lines = self._observer.unheard(contents.lines(before.content))
            return Kind.COMPLETE, before.digest, contents.keep(lines, before.content)
        lines, digest = self._observer.lines(entries), told_digest(entries)
        if each.rest:
            stored = self._unit.lists.lines(each.one.key)
            rest = self._observer.unheard(stored[-each.rest :])
            digest = _digest_with(digest, rest)
            lines += rest
        if before and _same(lines, contents.lines(before.content)):
            digest = before.digest  # it confirms what was told last; popularity may have drifted
        content = contents.keep(lines, before.content if before else None)
        return Kind.COMPLETE, digest, content

    def _is_accepted(self, one: RemotePlaylist) -> bool:
        said = {text.casefold() for text in self._setting.options.accept}
        return not _names(one).isdisjoint(said)

    def _record(self, new: Mapping[ListKey, NewObservation], run: int) -> int | None:
        roster = self._fetched.roster
        moments = [each.at for each in new.values()] + ([roster.at] if roster else [])
        if not moments:
            return None
        snapshot = self._timeline.add_snapshot(
            run=run, source=Source.API, taken_at=max(moments), recorded_at=self._setting.clock()
        )
        settled = self._memory.record(snapshot, list(new.values()))
        self._joins = settled.joins
        for (key, _), effect in zip(new.items(), settled.effects.values(), strict=True):
            if effect is Effect.ASIDE:
                report = self._reports[key]
                report.status = "suspect"
                report.warnings.append(_SUSPECT.format(report.entries or 0, report.name))
        if roster is not None:
            self._end(snapshot, roster)
        if not (settled.news or self._ended or self._renamed):
            self._timeline.unlist(snapshot)
        return snapshot

    def _end(self, snapshot: int, roster: Roster) -> None:
        """Note which playlists there are; those that a listing named before, and this one does not, end."""
        library = self._unit.library
        before = {each.key: each.name for each in library.playlists()}
        keys = self._timeline.keys()
        listed = {keys[key].id for key in roster.keys if key in keys}
        self._memory.record_roster(snapshot, roster.at, Source.API, listed)
        after = {each.key for each in library.playlists()}
        self._ended = sorted(name for key, name in before.items() if key not in after)

    # What is left to be done for the next fetch

    def _settle(self) -> None:
        """Note versions, keep the answers as long as they may be kept, and end the fetch."""
        self._note_versions()
        self._keep_answers()
        if not self._setting.options.whole:
            asked = [each.one.key for each in self._fetched.lists]
            batches = [key for key in self._book.kept_versions() if key.startswith(BATCHES)]
            self._book.drop_pages([*asked, *batches])
            return
        self._book.drop_pages()
        self._book.forget(SESSION)
        if self._fetched.roster is not None:
            self._book.forget(LISTING)

    def _note_versions(self) -> None:
        shown: list[ListKey] = []
        unsure: list[ListKey] = []
        versions: dict[str, Note] = {}
        for each in self._fetched.lists:
            key, version = each.one.key, each.one.version
            status = self._reports[key].status
            if status in ("fetched", "unchanged"):
                shown.append(key)
            if status == "suspect" or not each.version_holds:
                unsure.append(key)
            elif status == "fetched" and version:
                versions[key] = Note(version, each.at)
        self._book.forget_all(FORBIDDEN, shown)
        self._book.note_all(VERSION, versions)
        self._book.forget_all(VERSION, unsure)

    def _keep_answers(self) -> None:
        sizes: dict[bytes, int] = {}
        for each in self._fetched.lists:
            if each.version is None:
                continue
            pages = self._book.kept_pages(each.one.key, each.version)
            answers = b"[" + b",".join(answer for answer, _ in pages.values()) + b"]"
            digest = hashlib.sha256(answers).digest()
            self._setting.raw_store.keep(digest, answers)
            sizes[digest] = len(answers)
        now, ledger = self._setting.clock(), self._unit.ledger
        ledger.note_raw(sizes, now, fetched=True)
        if days := self._setting.options.keep_days:
            old = ledger.forget_raw(Instant(now - days * _DAY), fetched=True)
            self._setting.raw_store.discard(old)

    def _snapshot(self, snapshot: int | None) -> SnapshotReport | None:
        library = self._unit.library
        if snapshot is not None and library.is_listed(snapshot):
            taken = library.taken_at(snapshot)
            return SnapshotReport(snapshot, Source.API, taken or Instant(0), unchanged=False)
        latest = library.latest()
        force = None if latest is None else self._timeline.in_force(latest)
        return None if force is None else SnapshotReport(*force, unchanged=True)


def _names(one: RemotePlaylist) -> set[str]:
    """Return what a person may call a list, case folded."""
    return {one.name.casefold(), one.key.casefold(), one.key.rpartition(":")[2].casefold()}


def _same(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    return [line[:4] for line in lines] == [line[:4] for line in others]


def _digest_with(told: bytes, rest: Sequence[Line]) -> bytes:
    """Return a digest of a list of which only the first part was told anew."""
    return hashlib.sha256(told + repr([line.entry for line in rest]).encode()).digest()
