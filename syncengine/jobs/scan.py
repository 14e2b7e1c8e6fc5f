"""Scan the music folders: what is new, changed, moved or gone, and what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.core.audio_file import AudioFile
from syncengine.core.audio_index import KnownFile, Recognised, Recognition
from syncengine.core.moment import Instant
from syncengine.core.music_folder import FoundFile, MusicFolders, Unseen, Walk, is_under
from syncengine.core.ports import Clock
from syncengine.jobs.runs import OpenUnit

Progress = Callable[[int, int], None]
"""Is told how many files have been read, and of how many."""
StandIns = Callable[[], Mapping[int, Sequence[str]]]
"""Returns other paths of files by number."""
BATCH = 1_000
"""New files that are written down together, so that a scan that is cut off goes on where it was."""


@dataclass(frozen=True, slots=True)
class ScannedFolder:
    """One folder after a scan: how many of its files are there.

    ``emptied`` counts files that were there before where now there is not one: a drive that is not
    plugged in, most of the time. They are not taken for gone. ``problem`` says why nothing could be
    looked at, in a sentence.
    """

    path: str
    files: int
    emptied: int = 0
    problem: str | None = None


@dataclass(slots=True)
class Scanned:
    """What a scan came to.

    ``files`` counts all that are there; of them ``new``, ``changed`` (read again) and ``moved`` are since
    the last scan. ``read`` counts those that were opened, ``repeated`` further paths of files that
    are counted. ``unreadable`` are path and reason, ``newly_unreadable`` those of them that the last scan
    did not find at their path, or could read; ``unseen`` are folders that could not be looked into.
    """

    files: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    repeated: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    newly_unreadable: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    folders: list[ScannedFolder] = field(default_factory=list)

    @property
    def emptied(self) -> list[ScannedFolder]:
        """The folders with no file left of those that were there: a plan should be refused."""
        return [each for each in self.folders if each.emptied]


def scan(
    music: MusicFolders,
    *,
    open_unit: OpenUnit,
    clock: Clock,
    progress: Progress | None = None,
    accept_emptied: bool = False,
    alone: bool = False,
    stand_ins: StandIns = dict,
) -> Scanned:
    """Bring what is known of the audio files up to date, reading only those that changed.

    ``accept_emptied`` says that folders without any file left were emptied on purpose, ``alone`` that
    nothing is said of files that are known from elsewhere. ``stand_ins`` are paths in the folder for
    playlists at which a file stands too: it is there when its own path is empty.
    """
    with open_unit() as unit:
        known = unit.audio_files.known()
    others: list[KnownFile] = []
    if alone:
        places = music.folders
        others = [e for e in known if not any(is_under(e.file.path, place) for place in places)]
        known = [each for each in known if each not in others]
    walk = _walk(music, known)
    recognition = Recognition(known)
    waiting = recognition.look(walk.files)
    reading = _Reading(recognition, open_unit, clock, progress, len(waiting))
    reading.take(music, waiting)

    folders = [*music.folders, *([music.playlists] if music.playlists else [])]
    unseen = [each.path for each in walk.unseen]
    result = recognition.settle(reading.uncertain, lambda path: _stands_in(path, unseen))
    there = [each.path for each in walk.files] + list(walk.repeated)
    found = _moved_within(music, result.missing)
    there += [each.path for each in found.values()]
    lost = [each for each in result.missing if each.id not in found]
    paths = [each.file.path for each in lost]
    emptied = {} if accept_emptied else _emptied(folders, there, paths)
    held = [each for each in lost if _stands_in(each.file.path, [*unseen, *emptied])]
    found |= _living_on(music, [each for each in lost if each not in held], stand_ins)
    result.moved |= found
    gone = {each.id for each in lost} - {each.id for each in held} - found.keys()
    _write(result, gone, [*held, *others], open_unit, clock())
    return _report(known, walk, result, reading, len(gone), _counted(folders, walk, there, emptied))


def _walk(music: MusicFolders, known: Sequence[KnownFile]) -> Walk:
    """Look at the music folders, and at files that were put into the folder for playlists."""
    walk = music.walk()
    placed = music.playlists
    if placed is None:
        return walk
    inside = [each for each in known if is_under(each.file.path, placed)]
    paths = [each.file.path for each in inside if not each.gone]
    already = {each.path for each in walk.files}
    there = [each for each in music.at(paths) if each.path not in already]
    there += _back_again(music, inside, {*already, *paths})
    if not there:
        return walk
    inodes = {(each.stat.device, each.stat.inode) for each in there}
    files, repeated = list[FoundFile](there), list(walk.repeated)
    for each in walk.files:
        if (each.stat.device, each.stat.inode) in inodes:
            repeated.append(each.path)
        else:
            files.append(each)
    return Walk(files, repeated, walk.unseen, walk.missing)


def _back_again(
    music: MusicFolders, inside: Sequence[KnownFile], others: Container[str]
) -> list[FoundFile]:
    """Return files that were gone from the folder for playlists, and stand where they did as they were."""
    gone = {each.file.path: each.file.stat for each in inside if each.gone}
    alive = {(each.file.stat.device, each.file.stat.inode) for each in inside if not each.gone}
    return [
        each
        for each in music.at([path for path in gone if path not in others])
        if (each.stat.size, each.stat.modified_ns)
        == (gone[each.path].size, gone[each.path].modified_ns)
        and (each.stat.device, each.stat.inode) not in alive
    ]


def _living_on(
    music: MusicFolders, lost: Sequence[KnownFile], stand_ins: StandIns
) -> dict[int, AudioFile]:
    """Return the lost files that have another name, or a copy, in the folder for playlists."""
    places = stand_ins() if lost else {}
    found: dict[int, AudioFile] = {}
    for known in lost:
        for file in music.read(music.at(places.get(known.id, ()))):
            if file.digest is not None and file.digest == known.file.digest:
                found[known.id] = file
                break
    return found


def _moved_within(music: MusicFolders, lost: Sequence[KnownFile]) -> dict[int, AudioFile]:
    """Return the lost files that a person renamed, or moved, within the folder for playlists."""
    root = music.playlists
    if root is None or not any(is_under(each.file.path, root) for each in lost):
        return {}
    there = {(each.stat.device, each.stat.inode): each for each in music.placed()}
    found = {}
    for each in lost:
        stat = each.file.stat
        now = there.get((stat.device, stat.inode))
        if now is not None and now.stat.size == stat.size:
            found[each.id] = replace(each.file, path=now.path, stat=now.stat)
    return found


class _Reading:
    """The files that are read; those that are certain to be new are written down on the way."""

    def __init__(
        self,
        recognition: Recognition,
        open_unit: OpenUnit,
        clock: Clock,
        progress: Progress | None,
        total: int,
    ) -> None:
        self._recognition = recognition
        self._open_unit = open_unit
        self._clock = clock
        self._progress = progress or (lambda _done, _total: None)
        self._total = total
        self._new: list[AudioFile] = []
        self.uncertain: list[AudioFile] = []
        self.read = 0
        self.added = 0
        self.problems: list[AudioFile] = []

    def take(self, music: MusicFolders, files: Sequence[FoundFile]) -> None:
        """Read files, in order."""
        for file in music.read(files):
            self.read += 1
            if self._recognition.may_be_known(file):
                self.uncertain.append(file)
            else:
                self._new.append(file)
            if file.problem is not None:
                self.problems.append(file)
            if len(self._new) >= BATCH:
                self._save()
            if self.read % 100 == 0:
                self._progress(self.read, self._total)
        self._save()
        if files:
            self._progress(self.read, self._total)

    def _save(self) -> None:
        if self._new:
            with self._open_unit() as unit:
                unit.audio_files.add(self._new, self._clock())
                unit.commit()
            self.added += len(self._new)
            self._new = []


def _write(
    result: Recognised,
    gone: Collection[int],
    held: list[KnownFile],
    open_unit: OpenUnit,
    at: Instant,
) -> None:
    renewed = {**result.renewed, **result.changed, **result.moved}
    with open_unit() as unit:
        files = unit.audio_files
        files.mark_gone(gone, at)
        # Before others are written, so that all that is present by now is as it was, or held.
        files.mark_seen(result.kept, at, except_for={each.id for each in held})
        files.renew(renewed, at)
        files.add(result.new, at)
        unit.commit()


def _stands_in(path: str, folders: Collection[str]) -> bool:
    return any(path == folder or is_under(path, folder) for folder in folders)


def _emptied(folders: Sequence[str], there: Sequence[str], lost: Sequence[str]) -> dict[str, int]:
    """Return the folders where nothing is left of what was there, and how much that was."""
    found = {}
    for folder in folders:
        before = sum(is_under(path, folder) for path in lost)
        if before and not any(path == folder or is_under(path, folder) for path in there):
            found[folder] = before
    return found


def _counted(
    folders: Sequence[str], walk: Walk, there: Sequence[str], emptied: dict[str, int]
) -> list[ScannedFolder]:
    problems = {each.path: each.reason for each in walk.unseen}
    problems |= dict.fromkeys(walk.missing, "it does not exist")
    return [
        ScannedFolder(
            folder,
            sum(is_under(path, folder) for path in there),
            emptied.get(folder, 0),
            problems.get(folder),
        )
        for folder in folders
    ]


def _report(
    known: Sequence[KnownFile],
    walk: Walk,
    result: Recognised,
    reading: _Reading,
    gone: int,
    folders: list[ScannedFolder],
) -> Scanned:
    as_they_were = set(result.kept) | result.renewed.keys()
    old = [each.file for each in known if each.id in as_they_were and each.file.problem]
    bad = sorted((each.path, each.problem or "") for each in (*old, *reading.problems))
    before = {each.file.path for each in known if each.file.problem and not each.gone}
    return Scanned(
        files=len(as_they_were)
        + len(result.changed)
        + len(result.moved)
        + len(result.new)
        + reading.added,
        read=reading.read,
        new=len(result.new) + reading.added,
        changed=len(result.changed),
        moved=len(result.moved),
        gone=gone,
        repeated=len(walk.repeated),
        unreadable=bad,
        newly_unreadable=[each for each in bad if each[0] not in before],
        unseen=list(walk.unseen),
        folders=folders,
    )
