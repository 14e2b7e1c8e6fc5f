"""One file: where it lives, and the links to it, step by step; each step can be made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from syncengine.adapters.folders.judging import Judging
from syncengine.adapters.folders.known import Known, is_same
from syncengine.adapters.folders.moving import LinkKind, Moving, one_entry, sweep
from syncengine.adapters.folders.places import (
    Places,
    is_temporary,
    mark,
)
from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import (
    Disk,
    basename,
    dirname,
    is_file,
    is_folder,
    is_link,
    join,
)
from syncengine.adapters.folders.wanting import (
    HOME,
    PATH,
    PLACE,
    PLAYLISTS,
    number_of,
    subject_of,
    wanted_of,
    with_suffix,
)
from syncengine.core.path_text import path_text
from syncengine.core.placing import UNASSIGNED_FOLDER
from syncengine.core.plan import TITLE, Value
from syncengine.core.safe_name import folded
from syncengine.core.writer import Change, Written


class Placing:
    """Puts files into their places; ``known`` returns the files of the book."""

    def __init__(
        self, places: Places, kind: LinkKind, known: Callable[[], Known], swept: set[str]
    ) -> None:
        self._places = places
        self._disk: Disk = places.disk
        self._kind = kind
        self._known = known
        self._swept = swept

    def write(self, change: Change) -> Written:
        """Put one file where a change says. Raises OSError, and Rejected."""
        return _Writing(self, change).write()

    def kept(self, change: Change) -> dict[str, Value]:
        """Return where the file itself is now, if a change is about to move it."""
        file = self._known().fresh(number_of(change))
        moves = (
            HOME in change.fields or change.gone or self._leaves(change, file.path if file else "")
        )
        return {PATH: path_text(file.path)} if file is not None and moves else {}

    def _leaves(self, change: Change, path: str) -> bool:
        """Tell whether a file lives in one of our folders, from which a change may take it."""
        return self._places.home(self._places.own(path)) is not None and bool(change.fields)

    def parts(self) -> tuple[Places, LinkKind, Known, set[str]]:
        """Return what one write works with."""
        return self._places, self._kind, self._known(), self._swept


class _Writing:
    """One write of one file."""

    def __init__(self, placing: Placing, change: Change) -> None:
        self._places, kind, self._known, self._swept = placing.parts()
        self._disk = self._places.disk
        self._root = self._places.root
        self._change = change
        self._number = number_of(change)
        self._moving = Moving(self._disk, self._root, kind, str(self._number))
        self._judging = Judging(self._disk, self._known)
        self._notes: list[str] = []
        self._left_out = frozenset({PATH} & change.fields.keys())
        self._wanted = wanted_of(change, self._places)
        self._about = subject_of(change, self._wanted, self._places, self._known)

    def write(self) -> Written:
        self._sweep()
        self._locate()
        if self._change.gone:
            self._take_away()
            return Written(path_text(self._wanted.name), {}, note=self._note())
        if self._about.path is None:
            raise rejected(
                "it is not there any more: run it again, the next scan finds out",
                PLACE, self._about.file.path,
            )  # fmt: skip
        self._refuse_what_is_in_the_way()
        self._bring_home()
        wanted = self._wanted_places()
        for place in wanted:
            self._place(place)
        for place in sorted(self._about.agreed - set(wanted)):
            self._drop(place)
        return Written(path_text(self._wanted.name), self._holds(), self._left_out, self._note())

    def _wanted_places(self) -> list[str]:
        return self._wanted.places(self._root)

    # ------------------------------------------------------------------------------- what is there

    def _sweep(self) -> None:
        """Remove what a killed run left in the folders that this write is about."""
        places = {*self._targets(), *self._about.agreed}
        for folder in sorted({dirname(each) for each in places} - self._swept):
            sweep(self._disk, folder, self._known.is_only_name)
            self._swept.add(folder)

    def _locate(self) -> None:
        """Find the file: where the book has it, else where a run that was killed had moved it."""
        about = self._about
        path = self._places.own(about.file.path)
        found = self._disk.state(path)
        if is_file(found) or (is_link(found) and is_file(self._disk.state_behind(path))):
            about.path = path
        elif (there := self._moved_to()) is not None:
            self._note_place(there)

    def _moved_to(self) -> str | None:
        about = self._about
        folders = {dirname(each) for each in {*self._wanted_places(), *about.agreed}}
        folders.add(join(self._root, UNASSIGNED_FOLDER))
        if self._wanted.path:
            folders.add(dirname(self._wanted.path))
        for folder in sorted(folders):
            for name in sorted(self._disk.names(folder)):
                path = join(folder, name)
                found = self._disk.state(path)
                if found is not None and is_same(about.file, found):
                    return path
        return self._copied_to()

    def _copied_to(self) -> str | None:
        """Return where the file was copied to from another disk, if it was removed there after that."""
        about, wanted = self._about, self._wanted
        if not is_folder(self._disk.state_behind(dirname(about.file.path))):
            return None  # that disk is away, and the file with it
        kept = join(self._root, UNASSIGNED_FOLDER)
        likely = [join(kept, name) for name in sorted(self._disk.names(kept))]
        if wanted.path is not None or wanted.home is not None:
            likely.insert(0, wanted.path or self._wanted_places()[0])
        for path in likely:
            found = self._disk.state(path)
            if found is None or not is_file(found) or found.st_size != about.file.stat.size:
                continue
            if self._known.owner(path) is None and self._judging.is_same_audio(path, about):
                return path
        return None

    def _note_place(self, path: str) -> None:
        found = self._disk.state(path)
        if found is None:
            raise FileNotFoundError(2, "it is not there any more", path)
        about = self._about
        about.former.add(about.file.path)
        about.file = self._known.moved(self._number, path, found)
        about.path = path

    # ----------------------------------------------------------------------------- what is in the way

    def _refuse_what_is_in_the_way(self) -> None:
        """Refuse before anything is changed; step aside for another file that is still to leave."""
        if (taken := self._taken_by_another()) is not None:
            if TITLE not in self._change.fields:
                raise rejected("another file has that name still: run it again", PLACE, taken)
            self._step_aside()
        for place in self._targets():
            verdict = self._judging.verdict(place, self._about)
            if verdict == "foreign":
                raise rejected(
                    "something else is there, which is not written over: move or rename it, and run it again",
                    PLACE, place,
                )  # fmt: skip

    def _targets(self) -> list[str]:
        back = [self._wanted.path] if self._wanted.path else []
        return [*back, *self._wanted_places()]

    def _taken_by_another(self) -> str | None:
        """Return the first place where another file of ours stands, which is still to leave it."""
        for place in self._wanted_places():
            is_foreign = self._judging.verdict(place, self._about) == "foreign"
            if is_foreign and self._judging.occupant(place, self._about) is not None:
                return place
        return None

    def _step_aside(self) -> None:
        name = with_suffix(self._wanted.name, mark(self._change.key))
        self._notes.append(
            f"{self._wanted.name} is called {name} until the next run: another file has that name still"
        )
        self._left_out |= {TITLE}
        self._wanted = replace(self._wanted, name=name)

    # -------------------------------------------------------------------------------- the file itself

    def _bring_home(self) -> None:
        """Bring the file itself to where it is to live, if it is not to stay where it is."""
        here = self._about.path or ""
        wanted = self._wanted_places()
        if self._wanted.path is not None:
            self._bring(self._wanted.path)
        elif self._wanted.home is not None:
            self._bring(wanted[0])
        elif here not in wanted:
            self._bring_out(here, wanted)

    def _bring_out(self, here: str, wanted: list[str]) -> None:
        """Bring the file itself out of a place that it is to leave, or where it was only kept."""
        leaves = here in self._about.agreed or is_temporary(basename(here))
        if wanted and (leaves or self._places.home(here) == UNASSIGNED_FOLDER):
            self._bring(wanted[0])
        elif leaves:
            self._rescue(here)

    def _bring(self, target: str) -> None:
        about = self._about
        here = about.path or ""
        if here == target:
            return
        if is_link(self._disk.state(here)):
            raise rejected(
                "it is a link to a file elsewhere, which is not moved: move the file there yourself, or "
                "plan without --move",
                "move", here,
            )  # fmt: skip
        verdict = self._judging.verdict(target, about)
        if verdict == "rescue":
            self._rescue(target)
            verdict = "free"
        if verdict == "free":
            self._moving.move(here, target)
        elif not is_file(self._disk.state(target)) or verdict == "stale":
            self._moving.move(here, target, over=True)
        elif one_entry(self._disk, here, target):
            if basename(here) != basename(target):
                self._moving.respell(here, target)
        elif self._judging.is_itself(target, about) or self._judging.is_copy(target, about):
            self._disk.flush(target)
            self._disk.flush(dirname(target))
            self._disk.unlink(here, "move")
        else:  # with tags that a person wrote here
            self._rescue(target)
            self._moving.move(here, target)
        self._note_place(target)

    def _rescue(self, path: str) -> None:
        """Move what would be lost into the folder of what is nowhere else; nothing is overwritten there."""
        folder = join(self._root, UNASSIGNED_FOLDER)
        self._places.folder(UNASSIGNED_FOLDER, "rescue")
        is_the_file = path == self._about.path
        for number in range(1, 1_000):
            name = self._wanted.name if number == 1 else with_suffix(self._wanted.name, str(number))
            target = join(folder, name)
            found = self._disk.state(target)
            if found is None:
                self._moving.move(path, target)
            elif (
                is_the_file
                and is_file(found)
                and self._judging.verdict(target, self._about) == "ours"
            ):
                if not one_entry(self._disk, path, target):
                    self._disk.unlink(path, "move")
            else:
                continue
            if is_the_file:
                self._note_place(target)
            self._notes.append(
                f"{path_text(path)} was the last of it, and is kept as {path_text(target)}"
            )
            return
        raise rejected(
            "there are a thousand of that name in Unassigned: tidy up there", "rescue", path
        )

    # ------------------------------------------------------------------------------------------ links

    def _place(self, place: str) -> None:
        about = self._about
        if about.path is None or place == about.path:
            return
        verdict = self._judging.verdict(place, about)
        if verdict == "rescue":
            self._rescue(place)
            verdict = "free"
        if verdict == "free":
            self._moving.place(about.path, place)
        elif verdict == "stale":
            self._moving.place(about.path, place, over=True)
        elif verdict == "foreign":
            raise rejected("something else has come to be there: move or rename it", PLACE, place)
        else:
            self._respell(place)
            if place in about.agreed and self._is_mere_copy(place):
                self._moving.relink(about.path, place)

    def _is_mere_copy(self, place: str) -> bool:
        """Tell whether a place has a copy, such as a move to another disk leaves behind."""
        if is_link(self._disk.state(place)) or self._judging.is_itself(place, self._about):
            return False
        return self._judging.is_copy(place, self._about)

    def _respell(self, place: str) -> None:
        """Let a disk that ignores case show a place under its new name."""
        for old in sorted(self._about.agreed - {place}):
            is_near = dirname(old) == dirname(place) and folded(basename(old)) == folded(
                basename(place)
            )
            if is_near and one_entry(self._disk, old, place):
                self._moving.respell(old, place)
                return

    def _drop(self, place: str) -> None:
        """Take an old place away, if it is ours and not the last of what is in it."""
        about = self._about
        found = self._disk.state(place)
        if found is None or place == about.path or is_folder(found):
            return
        if any(one_entry(self._disk, place, each) for each in self._targets()):
            return
        if is_link(found):
            if self._judging.verdict(place, about) in {"ours", "stale"}:
                self._disk.unlink(place)
            return
        if not is_file(found):
            return
        if self._is_safe_elsewhere(place):
            self._disk.unlink(place)
        elif self._judging.is_same_audio(place, about):
            if found.st_nlink > 1:
                self._disk.unlink(place)
            else:
                self._rescue(place)

    def _is_safe_elsewhere(self, place: str) -> bool:
        about = self._about
        if about.path is None or one_entry(self._disk, place, about.path):
            return False
        return self._judging.is_itself(place, about) or self._judging.is_copy(place, about)

    def _take_away(self) -> None:
        """Take a file out of all its places; where it lives in one of them it is kept."""
        about = self._about
        if self._wanted.path is not None and about.path is not None:
            self._refuse_what_is_in_the_way()
            self._bring(self._wanted.path)
        home = self._places.home(about.path) if about.path else None
        lives_here = about.path in about.agreed or is_temporary(basename(about.path or ""))
        if about.path is not None and lives_here and home != UNASSIGNED_FOLDER:
            self._rescue(about.path)
        for place in sorted(about.agreed):
            self._drop(place)

    # -------------------------------------------------------------------------------------- the answer

    def _holds(self) -> dict[str, Value]:
        home = self._places.home(self._about.path or "")
        folders = [each for each in self._wanted.folders if self._stands_in(each)]
        held: dict[str, Value] = {
            TITLE: path_text(self._wanted.name),
            PLAYLISTS: tuple(map(path_text, folders)) or None,
            HOME: (path_text(home),) if home is not None else None,
        }
        return held

    def _stands_in(self, folder: str) -> bool:
        return self._disk.state(join(self._root, folder, self._wanted.name)) is not None

    def _note(self) -> str | None:
        return "; ".join(self._notes) or None
