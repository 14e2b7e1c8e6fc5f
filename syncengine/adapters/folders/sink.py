"""Playlist folders as a sink of plans: what should stand in them. No file is touched here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from syncengine.adapters.folders.lists import list_digest, list_text
from syncengine.adapters.folders.moving import LinkKind
from syncengine.adapters.folders.version import version_text
from syncengine.core.assignment import (
    Assignment,
    FolderRules,
    MusicShelf,
    PlacedFile,
    PlaylistFolder,
    assign,
)
from syncengine.core.catalog import CatalogPlaylist, CatalogTrack
from syncengine.core.guard import LIFTS, MASS, MASS_DELETION, SHARE
from syncengine.core.identity import PlaylistKey
from syncengine.core.path_text import path_text
from syncengine.core.plan import (
    KEY,
    TITLE,
    Action,
    Agreed,
    Entity,
    Estimate,
    GuardRefusal,
    Item,
    Policies,
    Related,
    Target,
    Unseen,
    Value,
)

RULES = 1
"""Raised when the same library and files would be put into folders otherwise than before."""
_SECONDS = 0.002
"""What one action takes, more or less: a few names in a folder."""
_NAMED = 3


class FoldersSink:
    """The playlist folders, as a plan sees them; fulfils ``core.sink.Sink``.

    ``shelf`` reads what is known of the files, ``state`` returns a digest of it that changes when the
    folders could; ``warnings`` returns why nothing should be done now, such as a drive that is away.
    """

    name = "folders"
    entities: Sequence[Entity] = ("playlist", "file")
    marks: Collection[Entity] = ()
    forgets = True

    def __init__(
        self,
        shelf: Callable[[], MusicShelf],
        state: Callable[[], str],
        rules: FolderRules,
        warnings: Callable[[], Sequence[GuardRefusal]] = tuple,
        *,
        link: LinkKind = "auto",
    ) -> None:
        self._shelf = shelf
        self._state = state
        self._rules = rules
        self._warnings = warnings
        self.link = link
        self._lists: dict[str, str] = {}
        self.assignment = Assignment((), (), {})
        """Where everything belongs, as ``desired`` last worked it out."""

    @property
    def leaving(self) -> Mapping[Entity, Collection[str]]:
        """Return nothing: what leaves is taken away whole."""
        return {}

    @property
    def rules(self) -> str:
        """Return by which rules, and for which files, the folders are filled."""
        rules = self._rules
        wishes = (RULES, rules.move, sorted(rules.moving), rules.priority, rules.liked)
        return f"{wishes} {self._state()}"

    @property
    def state(self) -> str:
        """Return a digest of the files, their tracks and what was decided of them."""
        return blake2b(self._state().encode(), digest_size=12).hexdigest()

    @property
    def policies(self) -> Policies:
        """Return how changes are judged; what no folder shows cannot have been edited."""
        return {
            "playlist": {TITLE: Unseen(), KEY: Unseen()},
            "file": {
                "Playlists": Related("playlist"),
                "Home": Related("playlist"),
                "File": Unseen(),
            },
        }

    def desired(
        self, tracks: Iterable[CatalogTrack], playlists: Iterable[CatalogPlaylist]
    ) -> Iterable[Item]:
        """Yield the folders with their lists, and the files that are to stand in them."""
        shelf = self._shelf()
        self.assignment = assign(tracks, playlists, shelf, self._rules)
        self._lists = {
            each.key: list_text(each.name, each.key, each.entries)
            for each in self.assignment.folders
        }
        folders = {each.key: each.folder for each in self.assignment.folders}
        for folder in self.assignment.folders:
            yield self._folder_item(folder)
        for file in self.assignment.files:
            yield _file_item(file, shelf, folders)

    def list_of(self, playlist: str) -> str | None:
        """Return the text of a playlist's list, as ``desired`` last worked it out."""
        return self._lists.get(playlist)

    def _folder_item(self, folder: PlaylistFolder) -> Item:
        properties: dict[str, Value] = {
            TITLE: folder.name,
            KEY: folder.key,
            "Folder": folder.folder,
            "List": list_digest(self._lists[folder.key]),
        }
        return Item("playlist", folder.key, folder.name, properties, also=tuple(folder.also))

    def refusals(
        self, actions: Sequence[Action], agreed: Mapping[Target, Agreed]
    ) -> Sequence[GuardRefusal]:
        """Return why doing the actions would be refused: a drive is away, or too much would be taken out."""
        found = list(self._warnings())
        links = sum(_count(each.properties.get("Playlists")) for each in agreed.values())
        taken = sum(
            _lost(*each.fields["Playlists"])
            for each in actions
            if each.action == "update" and "Playlists" in each.fields
        )
        if taken > MASS and taken * 100 > links * SHARE:
            found.append(
                GuardRefusal(
                    MASS_DELETION,
                    f"Folders: would take {taken:,} of {links:,} files out of folders, more than {MASS} and "
                    f"more than {SHARE} %; lift with {LIFTS[MASS_DELETION]}",
                    LIFTS[MASS_DELETION],
                )
            )
        return found

    def estimate(self, actions: Sequence[Action]) -> Estimate:
        """Return one step for each folder and file; conflicts cost none."""
        steps = sum(action.action != "conflict" for action in actions)
        return Estimate(steps, round(steps * _SECONDS, 1), "change")


def _file_item(file: PlacedFile, shelf: MusicShelf, folders: Mapping[PlaylistKey, str]) -> Item:
    known = shelf.files[file.number]
    properties: dict[str, Value] = {
        TITLE: file.name,
        "Playlists": tuple(file.playlists),
        "Home": (file.home,) if file.home else None,
        # A file that lives in a folder is where it was put; one that stays is linked to from there.
        "File": version_text(known.stat, None if file.home else known.path),
    }
    moves = file.home is not None and shelf.homes.get(file.number) is None
    notes = (f"the file itself is moved, from {path_text(known.path)}",) if moves else ()
    return Item("file", str(file.number), _shown(file, folders), properties, notes)


def _shown(file: PlacedFile, folders: Mapping[PlaylistKey, str]) -> str:
    names = [folders[key] for key in file.playlists]
    first = (file.home and folders[file.home]) or names[0]
    others = [name for name in names if name != first]
    also = ", ".join(others[:_NAMED]) + (" …" if len(others) > _NAMED else "")
    return f"{first}/{file.name}" + (f" (also in {also})" if others else "")


def _count(playlists: Value) -> int:
    return len(playlists) if isinstance(playlists, tuple) else 0


def _lost(old: Value, new: Value) -> int:
    before = set(old) if isinstance(old, tuple) else set()
    return len(before - (set(new) if isinstance(new, tuple) else set()))
