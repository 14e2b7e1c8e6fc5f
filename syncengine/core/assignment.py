"""Which audio file belongs into which playlist's folder, under which name, and what the lists say.

A file goes into the folders of all playlists that hold its track, or a twin of it (the same recording
on another release) that has no file of its own. Files that are certain or likely to be of a track are
assigned, the others stay where they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from syncengine.core.audio_file import AudioFile
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack, Place
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import LIKED, PlaylistKey, TrackKey, fold
from syncengine.core.placing import UNASSIGNED, UNASSIGNED_FOLDER, ListEntry
from syncengine.core.safe_name import distinct_names

_NO_TITLE = "Untitled"
_BEST_FORMS = (".flac", ".wav", ".aiff", ".aif", ".m4a", ".opus", ".ogg", ".mp3", ".aac")
"""Of several files of one track a list names that of the best form: without loss first."""


@dataclass(frozen=True, slots=True)
class MusicShelf:
    """The audio files that are there, which track each is of, and what the folders are known to hold.

    ``names`` are the files' names in the folders, ``homes`` the playlists in whose folder the file itself
    lives, ``folders`` the folders' names.
    """

    files: Mapping[int, AudioFile]
    matches: Mapping[int, FileMatch]
    names: Mapping[int, str] = field(default_factory=dict)
    homes: Mapping[int, PlaylistKey] = field(default_factory=dict)
    folders: Mapping[PlaylistKey, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FolderRules:
    """How a person wants the folders.

    ``move`` says that files live in the folders, else they stay and the folders hold links;
    ``moving`` are numbers of files that do so in any case. ``priority`` are playlists by name or key,
    the most important first; ``liked`` says whether Liked Songs is a folder.
    """

    move: bool = False
    moving: frozenset[int] = frozenset()
    priority: tuple[str, ...] = ()
    liked: bool = True


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file that is assigned: its name in all folders, and the playlists in whose folders it stands.

    ``home`` is the playlist in whose folder the file itself is to live; None where it stays where it is.
    """

    number: int
    name: str
    playlists: tuple[PlaylistKey, ...]
    home: PlaylistKey | None
    track: TrackKey


@dataclass(frozen=True, slots=True)
class PlaylistFolder:
    """The folder of a playlist with its list; ``also`` are other keys of the playlist."""

    key: PlaylistKey
    name: str
    folder: str
    entries: tuple[ListEntry, ...]
    also: tuple[PlaylistKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What stands where; ``repeated`` names files that have the audio of one that is assigned."""

    files: Sequence[PlacedFile]
    folders: Sequence[PlaylistFolder]
    repeated: Mapping[int, int]


def assign(
    tracks: Iterable[CatalogTrack],
    playlists: Iterable[CatalogPlaylist],
    shelf: MusicShelf,
    rules: FolderRules,
) -> Assignment:
    """Return where every file belongs. The same library and files give the same answer in any order."""
    return _Assigning(
        {each.facts.track: each for each in tracks},
        {each.key: each for each in playlists},
        shelf,
        rules,
    ).assignment()


class _Assigning:
    def __init__(
        self,
        tracks: Mapping[TrackKey, CatalogTrack],
        playlists: Mapping[PlaylistKey, CatalogPlaylist],
        shelf: MusicShelf,
        rules: FolderRules,
    ) -> None:
        self._tracks = tracks
        self._also = {key: each.facts.track for each in tracks.values() for key in each.also}
        self._playlists = playlists
        self._shelf = shelf
        self._rules = rules
        self._ranks = {fold(each): rank for rank, each in enumerate(rules.priority)}

    def assignment(self) -> Assignment:
        names = self._names()
        files = [self._placed(number, names[number]) for number in sorted(self._chosen)]
        return Assignment(files, self._folders(files), self._repeated)

    # --------------------------------------------------------------------------------- which files

    @cached_property
    def _of(self) -> dict[int, TrackKey]:
        """Return the track of each file that something may be done with."""
        matches = self._shelf.matches
        return {
            number: self._present(match.track)
            for number in self._shelf.files
            if (match := matches.get(number)) and match.acts and match.track
        }

    def _present(self, track: TrackKey) -> TrackKey:
        return track if track in self._tracks else self._also.get(track, track)

    @cached_property
    def _repeated(self) -> dict[int, int]:
        """Return the files of which another one with the same audio is assigned, and that one."""
        by_audio: dict[tuple[TrackKey, str], list[int]] = defaultdict(list)
        for number, track in self._of.items():
            if digest := self._shelf.files[number].digest:
                by_audio[track, digest].append(number)
        repeated: dict[int, int] = {}
        for several in by_audio.values():
            first, *others = sorted(several, key=self._order)
            repeated |= dict.fromkeys(others, first)
        return repeated

    @cached_property
    def _chosen(self) -> dict[int, TrackKey]:
        return {n: track for n, track in self._of.items() if n not in self._repeated}

    def _order(self, number: int) -> tuple[bool, str]:
        """Return what orders files of one audio: what stands in a folder already goes first."""
        return number not in self._shelf.names, self._shelf.files[number].path

    @cached_property
    def _with_files(self) -> dict[TrackKey, list[int]]:
        found: dict[TrackKey, list[int]] = defaultdict(list)
        for number, track in self._chosen.items():
            found[track].append(number)
        return found

    # --------------------------------------------------------------------------------- which places

    def _placed(self, number: int, name: str) -> PlacedFile:
        places = self._places(number)
        keys = tuple(sorted({each.playlist for each in places})) or (PlaylistKey(UNASSIGNED),)
        return PlacedFile(number, name, keys, self._home(number, places, keys), self._of[number])

    def _places(self, number: int) -> list[Place]:
        """Return the places of a file's track, and of twins that have no file of their own."""
        track = self._of[number]
        lonely = [
            twin
            for each in self._shelf.matches[number].twins
            if (twin := self._present(each)) not in self._with_files
        ]
        return [
            place
            for key in dict.fromkeys((track, *lonely))
            if key in self._tracks
            for place in self._tracks[key].places
            if place.playlist in self._playlists and self._is_folder(place.playlist)
        ]

    def _is_folder(self, playlist: PlaylistKey) -> bool:
        return self._rules.liked or playlist != LIKED

    def _home(
        self, number: int, places: Sequence[Place], keys: Sequence[PlaylistKey]
    ) -> PlaylistKey | None:
        home = self._renamed(self._shelf.homes.get(number))
        if not self._rules.move and number not in self._rules.moving:
            if home is None or home in keys:
                return home
        elif home in keys and not self._ranks:
            return home
        return min(places, key=self._importance).playlist if places else keys[0]

    def _renamed(self, key: PlaylistKey | None) -> PlaylistKey | None:
        """Return the present key of a playlist that may go by a better one now."""
        return key if key is None or key in self._playlists else self._better.get(key, key)

    @cached_property
    def _better(self) -> dict[PlaylistKey, PlaylistKey]:
        return {old: each.key for each in self._playlists.values() for old in each.also}

    def _importance(self, place: Place) -> tuple[int, bool, int, PlaylistKey]:
        """Return what orders the places of a file itself: a person's order, else where it came first."""
        name = fold(self._playlists[place.playlist].name)
        lowest = len(self._ranks)
        rank = min(self._ranks.get(name, lowest), self._ranks.get(fold(place.playlist), lowest))
        return rank, place.added_at is None, place.added_at or 0, place.playlist

    # ---------------------------------------------------------------------------------- which names

    def _names(self) -> dict[int, str]:
        """Return a name for every file that no other file has in any folder."""
        keys = {number: self._name_key(number) for number in self._chosen}
        wanted = {keys[number]: self._title_of(number) for number in self._chosen}
        endings = {keys[number]: self._ending(number) for number in self._chosen}
        kept = {keys[number]: name for number, name in self._shelf.names.items() if number in keys}
        names = distinct_names(wanted, extensions=endings, kept=kept)
        return {number: names[key] for number, key in keys.items()}

    def _name_key(self, number: int) -> str:
        """Return what a name's suffix is made of: the audio, which outlives numbers and paths."""
        file = self._shelf.files[number]
        return f"{self._of[number]} {file.digest or file.path}"

    def _ending(self, number: int) -> str:
        return _ending(self._shelf.files[number].path)

    def _title_of(self, number: int) -> str:
        """Return what a file is called: as its track, and of one that left the library as it was."""
        if self._of[number] in self._tracks:
            return self._title(self._of[number])
        if name := self._shelf.names.get(number):
            return name.removesuffix(self._ending(number))
        file = self._shelf.files[number]
        return _titled(file.tags.artists, file.tags.title) or _stem(file.path)

    def _title(self, track: TrackKey) -> str:
        recording = self._tracks[track].facts.recording
        artists = [artist.name for artist in recording.artists]
        return _titled(artists, recording.title or _NO_TITLE) or _NO_TITLE

    # ---------------------------------------------------------------------------------- which lists

    def _folders(self, files: Sequence[PlacedFile]) -> list[PlaylistFolder]:
        by_playlist: dict[PlaylistKey, list[PlacedFile]] = defaultdict(list)
        for file in files:
            for key in file.playlists:
                by_playlist[key].append(file)
        names = {key: self._playlist_name(key) for key in by_playlist}
        known = {self._renamed(key): name for key, name in self._shelf.folders.items()}
        kept = {str(key): name for key, name in known.items() if key in by_playlist}
        unassigned = PlaylistKey(UNASSIGNED)
        if unassigned in names:
            kept[UNASSIGNED] = UNASSIGNED_FOLDER
        folders = distinct_names(
            {str(key): name for key, name in names.items()},
            kept=kept,
            reserved=() if unassigned in names else (UNASSIGNED_FOLDER,),
        )
        return [
            PlaylistFolder(
                key, names[key], folders[key], self._entries(key, by_playlist[key]),
                self._playlists[key].also if key in self._playlists else (),
            )
            for key in sorted(by_playlist)
        ]  # fmt: skip

    def _playlist_name(self, key: PlaylistKey) -> str:
        return self._playlists[key].name if key in self._playlists else UNASSIGNED_FOLDER

    def _entries(self, playlist: PlaylistKey, files: Sequence[PlacedFile]) -> tuple[ListEntry, ...]:
        """Return a playlist's list in its order, each track with its best file."""
        best: dict[TrackKey, PlacedFile] = {}
        for file in sorted(files, key=lambda each: self._quality(each.number)):
            for key in (file.track, *map(self._present, self._shelf.matches[file.number].twins)):
                best.setdefault(key, file)
        order = self._order_in.get(playlist)
        if order is None:
            return tuple(self._entry(None, each) for each in sorted(files, key=_name_of))
        return tuple(self._entry(track, best[track]) for track in order if track in best)

    @cached_property
    def _order_in(self) -> dict[PlaylistKey, list[TrackKey]]:
        places: dict[PlaylistKey, list[tuple[int, TrackKey]]] = defaultdict(list)
        for key, track in self._tracks.items():
            for place in track.places:
                places[place.playlist].append((place.position, key))
        return {key: [track for _, track in sorted(found)] for key, found in places.items()}

    def _quality(self, number: int) -> tuple[bool, int, int, int]:
        file, match = self._shelf.files[number], self._shelf.matches[number]
        ending = _ending(file.path)
        form = _BEST_FORMS.index(ending) if ending in _BEST_FORMS else len(_BEST_FORMS)
        return match.tier != "certain", form, -file.stat.size, number

    def _entry(self, track: TrackKey | None, file: PlacedFile) -> ListEntry:
        length = self._shelf.files[file.number].tags.duration_ms
        if length is None and track is not None:
            length = self._tracks[track].facts.recording.duration_ms
        seconds = None if length is None else round(length / 1000)
        title = self._title_of(file.number) if track is None else self._title(track)
        return ListEntry(seconds, title, file.name)


def _titled(artists: Sequence[str], title: str | None) -> str:
    named = ", ".join(artists)
    return f"{named} - {title}" if named and title else title or ""


def _name_of(file: PlacedFile) -> str:
    return file.name


def _stem(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _ending(path: str) -> str:
    """Return the ending of a file's name with its dot, in small letters."""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return f".{ending.casefold()}" if stem and dot else ""
