"""The music folders and the playlist folders as the settings name them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from syncengine.core.guard import EMPTIED_SOURCE, LIFTS
from syncengine.core.identity import PlaylistKey
from syncengine.core.music_folder import is_under
from syncengine.core.path_text import path_of
from syncengine.core.placing import UNASSIGNED, UNASSIGNED_FOLDER
from syncengine.core.plan import TITLE, GuardRefusal
from syncengine.core.ports import Clock
from syncengine.errors import ConfigError, UsageError, UserError
from syncengine.jobs.watch import NOBODY, Watch

if TYPE_CHECKING:
    from syncengine.adapters.folders.moving import LinkKind
    from syncengine.adapters.folders.sink import FoldersSink
    from syncengine.bootstrap.sink_wishes import SinkWishes
    from syncengine.config import Settings
    from syncengine.core.assignment import MusicShelf
    from syncengine.core.audio_file import AudioFile
    from syncengine.core.music_folder import MusicFolders
    from syncengine.jobs.adopt import Repeated, Tree
    from syncengine.jobs.reconciling import Hand
    from syncengine.jobs.runs import OpenUnit
    from syncengine.jobs.scan import Scanned
    from syncengine.storage.unit_of_work import Database

SINK = "folders"


def music_folders(settings: Settings) -> MusicFolders:
    """Return what finds and reads audio files. Raises ConfigError where no folder is named."""
    if not settings.music_dirs:
        raise ConfigError(
            "nobody said where the audio files are", ["set SYNCENGINE_MUSIC_DIRS to their folders"]
        )
    from syncengine.adapters.folders import Folders

    return Folders(settings.music_dirs, settings.playlists_dir)


def file_reader(settings: Settings) -> MusicFolders:
    """Return what reads single files, wherever they are; needs no music folder to be named."""
    from syncengine.adapters.folders import Folders

    return Folders(settings.music_dirs, settings.playlists_dir)


def playlists_dir(settings: Settings) -> Path:
    """Return where the playlist folders go. Raises ConfigError where nobody said."""
    if settings.playlists_dir is None:
        raise ConfigError(
            "nobody said where the playlist folders go",
            ["set SYNCENGINE_PLAYLISTS_DIR to a folder"],
        )
    root = settings.playlists_dir
    if root.exists() and not root.is_dir():
        raise ConfigError(f"SYNCENGINE_PLAYLISTS_DIR is {root}, which is no folder")
    for folder in settings.music_dirs:
        if folder.resolve().is_relative_to(root.resolve()):
            raise ConfigError(
                f"the music folder {folder} is in the folder for playlists, {root}, which is not scanned",
                [
                    "set SYNCENGINE_PLAYLISTS_DIR to a folder of its own; it may be in a music folder"
                ],
            )
    return root


class Survey:
    """What finds out how the audio files are now, and remembers what stands in the way of a plan."""

    def __init__(
        self,
        settings: Settings,
        open_unit: OpenUnit,
        reading: OpenUnit,
        clock: Clock,
        wishes: SinkWishes,
    ) -> None:
        """``reading`` opens units for questions: a plan asks while it has one open itself."""
        self.settings = settings
        self.open_unit = open_unit
        self.reading = reading
        self._clock = clock
        self._wishes = wishes
        self.scanned: Scanned | None = None
        self._read = 0

    def __call__(self, watch: Watch = NOBODY) -> None:
        """Scan the music folders, and match what is new with the library.

        Raises TryLater where it would be accepted that the folder for playlists was emptied, and there
        is none: its drive is away.
        """
        from syncengine.adapters.folders.refusing import away
        from syncengine.jobs.matching import match_files
        from syncengine.jobs.scan import scan

        def progress(done: int, total: int) -> None:
            watch.expect(total)
            watch.advance(done - self._read)
            self._read = done

        root = playlists_dir(self.settings)
        if self._wishes.accept_emptied and not root.exists() and self._files_put():
            raise away(str(root), "scan", self._clock)
        watch.describe("looking at the audio files")
        self.scanned = scan(
            music_folders(self.settings),
            open_unit=self.open_unit,
            clock=self._clock,
            progress=progress,
            accept_emptied=self._wishes.accept_emptied,
            stand_ins=partial(_stand_ins, self.reading, playlists_dir(self.settings)),
        )
        self._see_that_there_are_folders()
        watch.describe("matching files with tracks")
        with self.open_unit() as unit:
            match_files(unit, self._clock)
            unit.commit()

    def _see_that_there_are_folders(self) -> None:
        """Raise ConfigError for a music folder that is not there, and in which no file ever was."""
        missing = [each for each in music_folders(self.settings).folders if not os.path.isdir(each)]  # noqa: PTH112 -- a path as it is
        if not missing:
            return
        with self.open_unit() as unit:
            known = [each.file.path for each in unit.audio_files.known()]
        for folder in missing:
            if not any(is_under(path, folder) for path in known):
                raise ConfigError(
                    f"the music folder {folder} does not exist",
                    ["make it, or set SYNCENGINE_MUSIC_DIRS to where the audio files are"],
                )

    def warnings(self) -> list[GuardRefusal]:
        """Return why no folder should be touched: what was there is away, as a drive is."""
        lift = LIFTS[EMPTIED_SOURCE]
        found = [
            f"{folder.path} is empty or away, and {folder.emptied:,} audio files were there: is the "
            f"drive plugged in? If they were taken away on purpose, lift with {lift}"
            for folder in (self.scanned.emptied if self.scanned else ())
        ]
        if not self._wishes.accept_emptied:
            found += self._emptied_playlists(lift)
        return [
            GuardRefusal(EMPTIED_SOURCE, f"{SINK.capitalize()}: {each}", lift) for each in found
        ]

    def is_new(self) -> bool:
        """Tell whether there is no folder for playlists, and never was: else its drive is away."""
        return not playlists_dir(self.settings).exists() and not self._files_put()

    def make_root(self) -> None:
        """Make the folder for playlists. Raises UserError where it cannot be made."""
        root = playlists_dir(self.settings)
        try:
            root.mkdir()
        except OSError as error:
            raise UserError(
                f"the folder for playlists, {root}, cannot be made: {error.strerror or error}"
            ) from error

    def _files_put(self) -> int:
        with self.reading() as unit:
            return sum(each.entity == "file" for each in unit.agreed.agreed(SINK))

    def _emptied_playlists(self, lift: str) -> list[str]:
        root = playlists_dir(self.settings)
        try:
            is_filled = any(root.iterdir())
        except OSError:
            is_filled = False
        if is_filled:
            return []
        put = self._files_put()
        if not put:
            return []
        what = f"{root} is empty or away, and {put:,} files were put there"
        how = f"`syncengine reconcile --refresh --conflicts use-ours {lift}`"
        why = "is the drive plugged in, and SYNCENGINE_PLAYLISTS_DIR what it was?"
        return [f"{what}: {why} If you emptied it, fill it anew with {how}"]


def make_sink(settings: Settings, survey: Survey, wishes: SinkWishes) -> FoldersSink:
    """Return the playlist folders as a plan sees them."""
    from syncengine.adapters.folders.sink import FoldersSink
    from syncengine.core.assignment import FolderRules

    rules = FolderRules(
        move=settings.folders_move if wishes.move is None else wishes.move,
        moving=wishes.moving,
        priority=settings.folders_priority,
        liked=settings.folders_liked,
    )
    return FoldersSink(
        partial(_shelf, survey.reading, playlists_dir(settings)),
        partial(_state, survey.reading),
        rules,
        survey.warnings,
        link=link_kind(wishes.link or settings.folders_link),
    )


def _shelf(reading: OpenUnit, root: Path) -> MusicShelf:
    from syncengine.core.assignment import MusicShelf

    names: dict[int, str] = {}
    folders: dict[PlaylistKey, str] = {}
    with reading() as unit:
        files, matches = unit.audio_files.present(), unit.file_matches.stored()
        for each in unit.agreed.agreed(SINK):
            if each.entity == "playlist":
                folders[PlaylistKey(each.key)] = str(each.address or each.properties.get("Folder"))
            else:
                names[int(each.key)] = str(each.properties.get(TITLE))
    return MusicShelf(files, matches, names, _homes(files, folders, root), folders)


def _homes(
    files: Mapping[int, AudioFile], folders: Mapping[PlaylistKey, str], root: Path
) -> dict[int, PlaylistKey]:
    """Return the playlists in whose folder a file itself lives."""
    keys = {path_of(name): key for key, name in folders.items()}
    keys.setdefault(UNASSIGNED_FOLDER, PlaylistKey(UNASSIGNED))
    top = os.path.abspath(root)  # noqa: PTH100 -- links are not followed
    homes = {}
    for number, file in files.items():
        folder, _, _ = file.path.rpartition(os.sep)
        above, _, name = folder.rpartition(os.sep)
        if above == top and name in keys:
            homes[number] = keys[name]
    return homes


def _stand_ins(reading: OpenUnit, root: Path) -> dict[int, list[str]]:
    """Return the paths in the playlist folders that hold a file, or a link to it, by number."""
    with reading() as unit:
        agreed = list(unit.agreed.agreed(SINK))
    folders = {each.key: each.address for each in agreed if each.entity == "playlist"}
    top = os.path.abspath(root)  # noqa: PTH100 -- links are not followed
    found = {}
    for each in agreed:
        keys = each.properties.get("Playlists")
        if each.entity == "file" and isinstance(keys, tuple) and each.address:
            places = [folders[key] for key in keys if folders.get(key)]
            found[int(each.key)] = [
                f"{top}{os.sep}{path_of(place)}{os.sep}{path_of(each.address)}"
                for place in places
                if place
            ]
    return found


def _state(open_unit: OpenUnit) -> str:
    with open_unit() as unit:
        return unit.file_matches.state() or ""


def open_hand(
    settings: Settings,
    database: Database,
    clock: Clock,
    wishes: SinkWishes,
    *,
    dry_run: bool = False,
) -> Hand:
    """Return the playlist folders with what writes them; unless ``dry_run``, the folder they go into is made.

    Raises UserError where it cannot be.
    """
    from syncengine.adapters.folders.writer import FoldersWriter
    from syncengine.jobs.file_book import KeptFiles
    from syncengine.jobs.reconciling import Hand

    survey = Survey(settings, database.unit, database.reading, clock, wishes)
    sink = make_sink(settings, survey, wishes)
    is_new = survey.is_new()
    if is_new and not dry_run:
        survey.make_root()
    book = KeptFiles(partial(database.unit, durable=True), clock)
    writer = FoldersWriter(
        playlists_dir(settings), sink.link, book, sink.list_of, clock, is_new=is_new and dry_run
    )

    def look(watch: Watch) -> None:
        survey(watch)
        book.forget()

    return Hand(sink, writer, look)


def link_kind(text: str) -> LinkKind:
    """Read how a folder is to hold a file that lives elsewhere. Raises UsageError for another word."""
    from syncengine.adapters.folders.moving import LinkKind

    for kind in get_args(LinkKind):
        if kind == text:
            return kind  # type: ignore[no-any-return]
    raise UsageError(f"--link {text!r} is none of {', '.join(get_args(LinkKind))}")


def repeated_in(hand: Hand) -> Repeated:
    """Return what tells which files have the audio of another one, as the last plan found out."""
    from syncengine.adapters.folders.sink import FoldersSink

    def repeated() -> Mapping[int, int]:
        sink = hand.sink
        return sink.assignment.repeated if isinstance(sink, FoldersSink) else {}

    return repeated


def same_bytes(one: str, other: str) -> bool:
    """Tell whether two files have the same bytes; what cannot be read is like none."""
    from syncengine.adapters.folders.steps import Disk

    disk = Disk()
    try:
        return disk.digest(one) == disk.digest(other)
    except OSError:
        return False


def survey_tree(
    settings: Settings, folder: Path, open_unit: OpenUnit, clock: Clock, watch: Watch
) -> Tree:
    """Find out what stands in a folder that may be elsewhere than the music folders.

    Raises UserError where there is no such folder, or where it is the folder for playlists.
    """
    from syncengine.adapters.folders import Folders
    from syncengine.jobs.adopt import tree_of
    from syncengine.jobs.matching import match_files
    from syncengine.jobs.scan import scan

    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder")
    root = playlists_dir(settings).resolve()
    place = folder.resolve()
    if place == root or root in place.parents:
        raise UserError(f"{folder} is in the folder for playlists, {root}: it is in order already")
    music = Folders((place,), settings.playlists_dir, follow=False)
    watch.describe(f"looking at {place}")
    scan(music, open_unit=open_unit, clock=clock, alone=True)
    watch.describe("matching files with tracks")
    with open_unit() as unit:
        match_files(unit, clock)
        unit.commit()
        return tree_of(unit, music.folders[0])
