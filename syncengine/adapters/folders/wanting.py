"""What a change wants of one file: its name, its folders, and where it itself is to live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syncengine.adapters.folders.judging import Subject
from syncengine.adapters.folders.known import Known
from syncengine.adapters.folders.places import Places, names_in, plain, text_in
from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import basename, is_link, isabs, join, normpath
from syncengine.adapters.folders.version import version_of
from syncengine.core.plan import TITLE
from syncengine.core.writer import Change

PLAYLISTS, HOME, FILE, PATH = "Playlists", "Home", "File", "Path"
PLACE = "place"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a file is to stand; ``path`` is where it itself is to go back to."""

    name: str
    folders: tuple[str, ...]
    home: str | None
    path: str | None

    def places(self, root: str) -> list[str]:
        """Return the paths at which it is to stand, that of its home first."""
        homes = [self.home] if self.home is not None and self.path is None else []
        return [join(root, each, self.name) for each in dict.fromkeys((*homes, *self.folders))]


def wanted_of(change: Change, places: Places) -> Wanted:
    """Return what a change wants. Raises Rejected for what would lead elsewhere."""
    target = {**change.before, **change.fields}
    name = text_in(target, TITLE) or text_in({TITLE: change.address}, TITLE)
    if name is None:
        raise rejected("the plan does not say its name: run it again", PLACE, change.key)
    folders = names_in(target, PLAYLISTS)
    home = (*names_in(target, HOME), None)[0]
    plain(name, PLACE)
    if change.gone:
        return Wanted(name, (), None, _way_back(change, None, places))
    for folder in {*folders, *([] if home is None else [home])}:
        places.folder(folder, PLACE)
    return Wanted(name, folders, home, _way_back(change, home, places))


def _way_back(change: Change, home: str | None, places: Places) -> str | None:
    """Return the path to which the file itself is to go back, if that is none of its places."""
    path = text_in(change.fields, PATH)
    if path is None:
        return None
    if not isabs(path) or normpath(path) != path:
        raise rejected("that is no whole path", PLACE, path)
    inside = places.home(path)
    if inside is None:
        return path
    places.place(inside, basename(path), PLACE)
    return None if home is not None else path


def subject_of(change: Change, wanted: Wanted, places: Places, known: Known) -> Subject:
    """Return the file, with the places that were its own. Raises Rejected for one that nobody knows."""
    file = known.fresh(number_of(change))
    if file is None:
        raise rejected(
            "no such file is known: run it again, the next scan finds out", PLACE, change.key
        )
    before = change.before
    said = (text_in(before, TITLE), text_in({TITLE: change.address}, TITLE), wanted.name)
    names = {plain(each, PLACE) for each in said if each}
    folders = {*names_in(before, PLAYLISTS), *names_in(before, HOME)}
    agreed = frozenset(_places(folders, names, places))
    is_renewed = FILE in change.fields and bool(before)
    version = version_of(before.get(FILE))
    return Subject(number_of(change), file, None, agreed, is_renewed, {file.path}, version)


def _places(folders: Iterable[str], names: Iterable[str], places: Places) -> Iterable[str]:
    """Yield the paths of names in folders; behind a link there is nothing of ours."""
    for folder in folders:
        path = join(places.root, plain(folder, PLACE))
        if not is_link(places.disk.state(path)):
            for name in names:
                yield join(path, name)


def number_of(change: Change) -> int:
    """Return the number of the file that a change is about."""
    if not (change.key.isascii() and change.key.isdigit()):
        raise rejected("that is no number of a file", PLACE, change.key)
    return int(change.key)


def with_suffix(name: str, suffix: str) -> str:
    """Return a file's name with something behind its stem."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ~{suffix}{dot}{ending}" if dot and stem else f"{name} ~{suffix}"
