"""One playlist: its folder and the list in it, step by step; each step can be made again."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from syncengine.adapters.folders.known import Known, is_same
from syncengine.adapters.folders.lists import (
    ENDING,
    is_as_written,
    key_of,
    list_bytes,
    list_digest,
    text_of,
)
from syncengine.adapters.folders.moving import Moving, one_entry, sweep
from syncengine.adapters.folders.places import (
    Places,
    is_temporary,
    mark,
    plain,
    temporary,
    text_in,
)
from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import (
    basename,
    dirname,
    is_file,
    is_folder,
    is_link,
    join,
)
from syncengine.core.path_text import path_of, path_text
from syncengine.core.plan import KEY, Value
from syncengine.core.writer import Change, Written

FOLDER, LIST, LIST_TEXT = "Folder", "List", "List text"
_LISTING = "list"


class FoundList(NamedTuple):
    """A list of ours as it stands: ``key`` is whose it says it is."""

    key: str
    path: str
    text: str


class Listing:
    """Keeps the folders of playlists, and their lists."""

    def __init__(
        self,
        places: Places,
        known: Callable[[], Known],
        lists: Callable[[str], str | None],
        swept: set[str],
    ) -> None:
        self._places = places
        self._disk = places.disk
        self._root = places.root
        self._known = known
        self._lists = lists
        self._swept = swept

    def write(self, change: Change) -> Written:
        """Bring one playlist's folder to what a change says. Raises OSError, and Rejected."""
        old = self._where(change)
        if change.gone:
            return self._take_away(change, old)
        wanted = text_in({**change.before, **change.fields}, FOLDER) or text_in(
            {FOLDER: change.address}, FOLDER
        )
        if wanted is None:
            raise rejected("the plan names no folder: run it again", _LISTING, change.key)
        self._refuse_list(change, old, wanted)
        name = self._stand(change, old, wanted)
        folder = join(self._root, name)
        self._sweep(folder)
        former = self._former(change) - {name}
        for each in sorted(former):
            self.follow(each, name)
        self._rename_list(_keys(change), former, name)
        if LIST in change.fields:
            self._write_list(change, join(folder, name + ENDING))
        found = self.list_in(name)
        held: dict[str, Value] = {FOLDER: path_text(name)}
        if found is not None:
            held[LIST] = list_digest(found.text)
        left_out = frozenset({LIST_TEXT} & change.fields.keys())
        if name == wanted:
            return Written(path_text(name), held, left_out)
        note = (
            f"{path_text(wanted)} is called {path_text(name)} until the next run: another playlist has "
            "that name still"
        )
        return Written(path_text(name), held, left_out | {FOLDER}, note)

    def kept(self, change: Change) -> dict[str, Value]:
        """Return the text of the list, if a change is about to write over it or to remove it."""
        old = self._where(change)
        if old is None:
            return {}
        found = self.list_in(old)
        if found is not None and found.key not in _keys(change):
            return {}
        text = self.text_in(old) if found is None else found.text
        if text is None:
            return {}
        wanted = None if change.gone else change.fields.get(LIST, list_digest(text))
        stood = list_digest(text)
        return {} if wanted == stood else {LIST: stood, LIST_TEXT: path_text(text)}

    # ------------------------------------------------------------------------------------- looking

    def list_in(self, name: str) -> FoundList | None:
        """Return the list in a folder: the one that is called like it, else the first by name."""
        folder = join(self._root, name)
        names = [each for each in self._disk.names(folder) if each.endswith(ENDING)]
        names.sort(key=lambda each: (each != name + ENDING, os.fsencode(each)))
        for each in names:
            found = self._read(join(folder, each))
            if found is not None:
                return found
        return None

    def text_in(self, name: str) -> str | None:
        """Return what stands in a folder where its list should be, whoever wrote it; None for no file."""
        path = join(self._root, name, name + ENDING)
        return text_of(self._disk.content(path)) if is_file(self._disk.state(path)) else None

    def _read(self, path: str) -> FoundList | None:
        if not is_file(self._disk.state(path)):
            return None
        text = text_of(self._disk.content(path))
        key = key_of(text)
        return None if key is None else FoundList(key, path, text)

    def _former(self, change: Change) -> set[str]:
        """Return the names that the folder had."""
        names = {text_in(change.before, FOLDER), text_in({FOLDER: change.address}, FOLDER)}
        return {plain(name, _LISTING) for name in names if name and not is_temporary(name)}

    def _where(self, change: Change) -> str | None:
        """Return the folder in which the playlist is now, which is not always the one that was agreed."""
        likely = [text_in({FOLDER: change.address}, FOLDER), text_in(change.before, FOLDER)]
        likely += [_between(change.key), text_in(change.fields, FOLDER)]
        for name in dict.fromkeys(each for each in likely if each):
            if not is_temporary(name):
                plain(name, _LISTING)
            if is_folder(self._disk.state(join(self._root, name))):
                found = self.list_in(name)
                if found is None or found.key in _keys(change):
                    return name
        return None

    # ---------------------------------------------------------------------------------- the folder

    def _stand(self, change: Change, old: str | None, wanted: str) -> str:
        """See to it that the folder stands there; return its name, which another may have still."""
        key = change.key
        path = self._places.folder(wanted, _LISTING)
        if old is not None and not is_temporary(old):
            self._places.folder(old, _LISTING)
        there = self._disk.state(path)
        if old == wanted:
            return wanted
        if there is None:
            self._bring(old, wanted)
        elif old is not None and one_entry(self._disk, join(self._root, old), path):
            between = _between(key)
            self._disk.rename(join(self._root, old), join(self._root, between))
            self._disk.rename(join(self._root, between), path)
        elif (found := self.list_in(wanted)) is not None and found.key not in _keys(change):
            return self._step_aside(key, old, wanted)
        elif old is not None:
            raise rejected(
                "another folder is there: move or rename it, and run it again", _LISTING, path
            )
        return wanted

    def _bring(self, old: str | None, name: str) -> None:
        path = join(self._root, name)
        if old is None:
            self._disk.make_folder(path)
        else:
            self._disk.rename(join(self._root, old), path)
        self._disk.flush(self._root)

    def _step_aside(self, key: str, old: str | None, wanted: str) -> str:
        """Make way: another playlist that has the name may want to go where this one is."""
        aside = f"{wanted} ~{mark(key)}"
        path = self._places.folder(aside, _LISTING)
        if old != aside:
            if old is not None and self._disk.state(path) is not None:
                raise rejected("another folder is there: move or rename it", _LISTING, path)
            self._bring(old, aside)
        return aside

    def follow(self, old: str, new: str) -> None:
        """Write down where files are whose folder was renamed, and turn links to them after them."""
        before, now = join(self._root, old), join(self._root, new)
        known = self._known()
        for number, file in list(known.files.items()):
            path = join(now, basename(file.path))
            if dirname(file.path) == before and self._has_left(file.path, path):
                found = self._disk.state(path)
                if found is not None and is_same(file, found):
                    known.moved(number, path, found)
        for folder in self._disk.entries(self._root):
            if folder.is_dir(follow_symlinks=False):
                for entry in self._disk.entries(folder.path):
                    if entry.is_symlink():
                        self._turn(entry.path, before, now)

    def _has_left(self, old: str, new: str) -> bool:
        return self._disk.state(old) is None or one_entry(self._disk, old, new)

    def _turn(self, link: str, before: str, now: str) -> None:
        leads = self._disk.leads_to(link)
        target = join(now, basename(leads))
        if dirname(leads) != before or self._disk.state_behind(link) is not None:
            return
        if is_file(self._disk.state(target)):
            Moving(self._disk, self._root, "sym", "turned").place(target, link, over=True)

    def _sweep(self, folder: str) -> None:
        if folder not in self._swept:
            sweep(self._disk, folder, self._known().is_only_name)
            self._swept.add(folder)

    def _take_away(self, change: Change, old: str | None) -> Written:
        address = change.address or change.key
        if old is None:
            return Written(address, {})
        folder = (
            self._places.folder(old, "remove") if not is_temporary(old) else join(self._root, old)
        )
        self._sweep(folder)
        found = self.list_in(old)
        if found is not None and found.key in _keys(change):
            if not _may_replace(found.text, change):
                raise rejected(
                    "it was edited by hand, so it is not removed: move, rename or delete it",
                    "remove", found.path,
                )  # fmt: skip
            self._disk.unlink(found.path)
        if self._disk.names(folder):
            return Written(
                address, {}, note=f"{path_text(folder)} is left, since there is something in it"
            )
        self._disk.remove_folder(folder)
        return Written(address, {})

    # ------------------------------------------------------------------------------------- the list

    def _refuse_list(self, change: Change, old: str | None, wanted: str) -> None:
        """Refuse before anything is changed where the list is not as it was written, or has no room."""
        if old is None:
            return
        path = join(self._root, old, old + ENDING)
        target = join(self._root, old, plain(wanted, _LISTING) + ENDING)
        there = self._read(target)
        is_free = self._disk.state(target) is None or (there and there.key == change.key)
        if LIST in change.fields:
            self._check(self._content(path), change)
        if wanted != old and not is_free:
            raise rejected("a list should be there: move or rename it", _LISTING, target)

    def _content(self, path: str) -> tuple[str, str] | None:
        """Return path and text of what stands where a list should be; None where nothing does."""
        found = self._disk.state(path)
        if found is None:
            return None
        if is_link(found) or not is_file(found):
            raise rejected("a list should be there: move or rename it", _LISTING, path)
        return path, text_of(self._disk.content(path))

    def _check(self, there: tuple[str, str] | None, change: Change) -> None:
        if there is None or list_digest(there[1]) == change.fields.get(LIST):
            return
        path, text = there
        if not _may_replace(text, change):
            raise rejected(
                "it was edited by hand, or is none of ours, so it is not written over: move, rename or "
                "delete it, and run it again",
                _LISTING, path,
            )  # fmt: skip
        if key_of(text) not in {None, *_keys(change)}:
            raise rejected("it is another playlist's: move or rename it", _LISTING, path)

    def _rename_list(self, keys: set[str], former: set[str], name: str) -> None:
        """Let the list be called like its folder, if it is called as that was before."""
        folder = join(self._root, name)
        target = join(folder, name + ENDING)
        there = self.list_in(name)
        called = {basename(there.path).removesuffix(ENDING)} if there else set()
        for old in sorted((former | called) - {name}):
            path = join(folder, old + ENDING)
            found = self._read(path)
            if found is None or found.key not in keys:
                continue
            if self._disk.state(target) is not None and not one_entry(self._disk, path, target):
                raise rejected("a list should be there: move or rename it", _LISTING, target)
            self._disk.rename(path, target)
            self._disk.flush(folder)

    def _write_list(self, change: Change, path: str) -> None:
        wanted = change.fields[LIST]
        there = self._content(path)
        self._check(there, change)
        if wanted is None:
            if there is not None:
                self._disk.unlink(path)
            return
        if there is not None and list_digest(there[1]) == wanted:
            return
        text = self._text(change)
        moving = Moving(self._disk, self._root, "copy", "list")
        between = moving.beside(path)
        try:
            self._disk.write(between, list_bytes(text))
            if there is None:
                moving.put(between, path)
            else:
                self._disk.replace(between, path)
        except BaseException:
            moving.discard(between)
            raise
        self._disk.flush(dirname(path))

    def _text(self, change: Change) -> str:
        """Return the text that has the wanted digest. Raises Rejected where there is none."""
        told = change.fields.get(LIST_TEXT)
        wanted = change.fields[LIST]
        text = told if isinstance(told, str) else self._lists(change.key)
        for each in () if text is None else (text, path_of(text)):
            if list_digest(each) == wanted:
                return each
        raise rejected("its list is another one by now: run it again", _LISTING, change.key)


def _keys(change: Change) -> set[str]:
    """Return the keys that a playlist goes by in its list: a better one may have been found since."""
    return {change.key, text_in(change.before, KEY) or change.key}


def _may_replace(text: str, change: Change) -> bool:
    """Tell whether a list may be written over: as we wrote it, or as it was when that was decided."""
    return is_as_written(text) or list_digest(text) == change.before.get(LIST)


def _between(key: str) -> str:
    """Return the name that a folder has while only the case of its name changes."""
    return temporary(f"folder-{mark(key)}")
