"""What stands in the folders now, read in one pass over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from syncengine.adapters.folders.known import Known, is_same
from syncengine.adapters.folders.listing import FOLDER, LIST, Listing
from syncengine.adapters.folders.lists import ENDING, is_as_written, list_digest
from syncengine.adapters.folders.moving import sweep
from syncengine.adapters.folders.places import Places, is_temporary
from syncengine.adapters.folders.steps import (
    basename,
    is_file,
    is_folder,
    join,
)
from syncengine.adapters.folders.wanting import HOME, PLAYLISTS
from syncengine.core.moment import Instant
from syncengine.core.path_text import path_text
from syncengine.core.placing import UNASSIGNED_FOLDER
from syncengine.core.plan import TITLE, Entity, Value
from syncengine.core.writer import SeenItem

_NS = 1_000_000_000


class Stand(NamedTuple):
    """One place of a file; ``sound`` says that it is the file as it is now, ``itself`` no link or copy."""

    folder: str
    name: str
    sound: bool
    itself: bool


class Standing:
    """Reads the folders for playlists, and mends what a run that was killed has left there."""

    def __init__(self, places: Places, known: Known, listing: Listing) -> None:
        self._places = places
        self._disk = places.disk
        self._root = places.root
        self._known = known
        self._listing = listing

    # ----------------------------------------------------------------------------------- playlists

    def playlists(self, keys: Collection[str] | None = None) -> Iterator[SeenItem]:
        """Yield the folders with a list of ours, of some keys or of any; those asked for are mended."""
        for name in self._folders():
            found = self._listing.list_in(name)
            if found is None and keys is not None:
                self._clear(name)
            if found is None or (keys is not None and found.key not in keys):
                continue
            stem = basename(found.path).removesuffix(ENDING)
            if is_temporary(name):
                if self._named_again(name, stem):
                    yield self._playlist(stem)
                continue
            if keys is not None and stem != name and is_as_written(found.text):
                self._mend(stem, name)
            yield self._playlist(name)

    def _clear(self, name: str) -> None:
        """Take a folder away in which there is nothing but what a run that was killed had begun."""
        path = join(self._root, name)
        if any(map(is_temporary, self._disk.names(path))):
            sweep(self._disk, path, self._known.is_only_name)
            if not self._disk.names(path):
                self._disk.remove_folder(path)

    def _named_again(self, name: str, stem: str) -> bool:
        """Give a folder its name back that lost it when a run was killed that changed its case."""
        if self._disk.state(join(self._root, stem)) is not None:
            return False
        self._disk.rename(join(self._root, name), join(self._root, stem))
        return True

    def _mend(self, stem: str, name: str) -> None:
        """Go on with a rename that was cut off; not with a folder that is a copy of one."""
        if self._disk.state(join(self._root, stem)) is None:
            self._listing.follow(stem, name)
            target = join(self._root, name, name + ENDING)
            if self._disk.state(target) is None:
                self._disk.rename(join(self._root, name, stem + ENDING), target)

    def _playlist(self, name: str) -> SeenItem:
        found = self._listing.list_in(name)
        state = self._disk.state(join(self._root, name))
        fields: dict[str, Value] = {FOLDER: path_text(name)}
        text = self._listing.text_in(name) if found is None else found.text
        if text is not None:
            fields[LIST] = list_digest(text)
        keys = () if found is None else (found.key,)
        made = Instant(0 if state is None else int(state.st_mtime))
        return SeenItem("playlist", path_text(name), keys, fields, False, made, signed=bool(keys))

    # --------------------------------------------------------------------------------------- files

    def files(self, keys: Collection[str] | None = None) -> Iterator[SeenItem]:
        """Yield the files that stand somewhere, of some keys or all.

        Of those asked for nobody knows how far a write came: other names of a file, or copies of it, may
        be where no playlist folder is.
        """
        numbers = None if keys is None else {int(each) for each in keys if each.isdecimal()}
        if numbers is not None:
            self._known.also(numbers)
        found = self._look(carefully=numbers is not None)
        self._follow_moved(found, numbers or set())
        if numbers is not None:
            found = self._look()  # as every later look has it, now that it is known where they are
        for number in sorted(found if numbers is None else numbers):
            stands = found.get(number, [])
            if stands or (numbers is not None and self._home(number)):
                yield self._file(number, stands, unclear=numbers is not None)

    def _look(self, *, carefully: bool = False) -> dict[int, list[Stand]]:
        found: dict[int, list[Stand]] = {}
        for folder in self._folders():
            path = join(self._root, folder)
            sweep(self._disk, path, self._known.is_only_name)
            for entry in self._disk.entries(path):
                if entry.is_dir(follow_symlinks=False) or entry.name.endswith(ENDING):
                    continue
                state = entry.stat(follow_symlinks=False)
                which = self._known.at(entry.path, state, carefully=carefully)
                if which is not None:
                    stand = Stand(folder, entry.name, which.sound, which.itself)
                    found.setdefault(which.number, []).append(stand)
        return found

    def _follow_moved(self, found: dict[int, list[Stand]], asked: Collection[int]) -> None:
        """Write down where files are that a run had moved when it was killed."""
        for number, stands in found.items():
            file = self._known.files[number]
            here = [join(self._root, each.folder, each.name) for each in stands if each.itself]
            copies = [
                join(self._root, each.folder, each.name)
                for each in stands
                if each.sound and not each.itself and number in asked
            ]
            if file.path in here or not (here or copies):
                continue
            state = self._disk.state(here[0]) if here else None
            has_others = state is not None and state.st_nlink > len(here)
            if has_others or self._disk.state(self._places.own(file.path)) is not None:
                continue
            for path in here or copies:
                state = self._disk.state(path)
                if state is None or not is_file(state) or not self._was_moved(file.path):
                    continue
                if is_same(file, state) or self._known.audio(path, state) == file.digest:
                    self._known.moved(number, path, state)
                    break

    def _was_moved(self, path: str) -> bool:
        """Tell whether a file that is not at its path was moved: its folder is there, so its drive is."""
        return is_folder(self._disk.state_behind(path.rpartition("/")[0] or "/"))

    def _file(self, number: int, stands: list[Stand], *, unclear: bool = False) -> SeenItem:
        file = self._known.files[number]
        stands = _without_rescued(stands)
        names = Counter(each.name for each in stands if not is_temporary(each.name))
        home = self._home(number)
        own = basename(file.path)
        name = max(sorted(names), key=lambda each: (names[each], each == own), default=own)
        folders = [each.folder for each in stands if each.name == name]
        fields: dict[str, Value] = {
            TITLE: path_text(name),
            PLAYLISTS: tuple(map(path_text, dict.fromkeys(folders))) or None,
            HOME: None if home is None else (path_text(home),),
        }
        made = Instant(file.stat.modified_ns // _NS)
        return SeenItem(
            "file", path_text(name), (str(number),), fields, False, made, unclear=unclear
        )

    def _home(self, number: int) -> str | None:
        file = self._known.files.get(number)
        return None if file is None else self._places.home(self._places.own(file.path))

    # -------------------------------------------------------------------------------- one address

    def at(self, address: str, name: str) -> SeenItem | None:
        """Return the playlist's folder, or the file, that goes by a name; None for nothing of ours."""
        if is_folder(self._disk.state(join(self._root, name))):
            return self._playlist(name)
        stands: dict[int, list[Stand]] = {}
        for folder in self._folders():
            path = join(self._root, folder, name)
            state = self._disk.state(path)
            which = None if state is None else self._known.at(path, state)
            if which is not None:
                stands.setdefault(which.number, []).append(
                    Stand(folder, name, which.sound, which.itself)
                )
        for number in sorted(stands, key=lambda each: (-len(stands[each]), each)):
            return self._file(number, stands[number])
        return None

    def _folders(self) -> list[str]:
        return [
            each.name
            for each in self._disk.entries(self._root)
            if each.is_dir(follow_symlinks=False)
        ]


def _without_rescued(stands: list[Stand]) -> list[Stand]:
    """Return the places of a file without what of it, in another form, was kept in Unassigned."""
    left = [each for each in stands if each.sound or each.folder != UNASSIGNED_FOLDER]
    return left or stands


def entity_of(
    entity: Entity, standing: Standing, keys: Collection[str] | None
) -> Iterator[SeenItem]:
    """Yield what stands of an entity, of some keys or all."""
    if entity == "playlist":
        yield from standing.playlists(keys)
    elif entity == "file":
        yield from standing.files(keys)
