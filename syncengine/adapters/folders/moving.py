"""Moving, copying and linking one file so that no step loses or overwrites anything."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from syncengine.adapters.folders.places import is_temporary, temporary
from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import (
    Disk,
    basename,
    dirname,
    identity,
    is_file,
    is_folder,
    is_link,
    join,
    realpath,
    relpath,
)
from syncengine.core.path_text import path_text
from syncengine.core.safe_name import folded

LinkKind = Literal["auto", "hard", "sym", "copy"]
_UNLINKABLE = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
)
"""What a disk answers that has no links, or no room for one more name of a file."""


class Moving:
    """The ways in which a file gets to a place; ``what`` names the file in temporary names."""

    def __init__(self, disk: Disk, root: str, kind: LinkKind, what: str) -> None:
        self._disk = disk
        self._root = root
        self._kind = kind
        self._what = what

    # -------------------------------------------------------------------------------------- moving

    def move(self, source: str, target: str, *, over: bool = False) -> None:
        """Move a file to a path where nothing is, or ``over`` what is ours there.

        Where its old name cannot be taken away it stays where it is.
        """
        folder = dirname(target)
        self._disk.make_folder(folder)
        try:
            is_put = self._link_to(source, target, over)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            is_put = False
            self._copy_to(source, target, over, "move")
        else:
            if not is_put and self._rename_to(source, target, over):
                return
        self._disk.flush(folder)
        try:
            self._disk.unlink(source, "move")
        except OSError:
            if not over:
                with suppress(OSError):
                    self._disk.unlink(target)
            raise
        self._disk.flush(dirname(source))

    def respell(self, source: str, target: str) -> None:
        """Rename what a disk that ignores case has under both names."""
        between = join(dirname(target), temporary(f"{self._what}-case"))
        self._disk.rename(source, between)
        self._disk.rename(between, target)

    def _link_to(self, source: str, target: str, over: bool) -> bool:
        """Give the file its new name; False where the disk has no links."""
        put = self.beside(target) if over else target
        try:
            self._disk.link(source, put)
        except OSError as error:
            if error.errno not in _UNLINKABLE:
                raise
            return False
        if over:
            self._replace(put, target)
        return True

    def _rename_to(self, source: str, target: str, over: bool) -> bool:
        """Rename the file where there are no links; False where it was copied, to another disk."""
        if not over and self._disk.state(target) is not None:
            raise FileExistsError(errno.EEXIST, "something is there already", target)
        try:
            if over:
                self._disk.replace(source, target)
            else:
                self._disk.rename(source, target, "move")
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy_to(source, target, over, "move")
            return False
        self._disk.flush(dirname(target))
        return True

    # ------------------------------------------------------------------------------------- linking

    def place(self, source: str, target: str, *, over: bool = False) -> None:
        """Make a link to a file, of the kind that is wanted, ``over`` what is ours there."""
        self._disk.make_folder(dirname(target))
        ways = self._ways()
        for way in ways:
            try:
                way(source, target, over)
            except OSError as error:
                if error.errno not in _UNLINKABLE | {errno.EXDEV}:
                    raise
                if way == ways[-1]:
                    raise rejected(
                        f"{error.strerror}: that disk cannot hold such a link to {path_text(source)}; use "
                        "--link auto",
                        "link", target,
                    ) from error  # fmt: skip
            else:
                return

    def relink(self, source: str, target: str) -> None:
        """Put a link in the place of a copy, if links are wanted and possible there."""
        for way in self._ways():
            if way != self._copied:
                try:
                    way(source, target, True)
                except OSError as error:
                    if error.errno not in _UNLINKABLE | {errno.EXDEV}:
                        raise
                else:
                    return

    def _ways(self) -> list[Callable[[str, str, bool], None]]:
        ways: dict[LinkKind, list[Callable[[str, str, bool], None]]] = {
            "auto": [self._hard, self._sym, self._copied],
            "hard": [self._hard],
            "sym": [self._sym],
            "copy": [self._copied],
        }
        return ways[self._kind]

    def _hard(self, source: str, target: str, over: bool) -> None:
        real = realpath(source) if is_link(self._disk.state(source)) else source
        self._made(lambda put: self._disk.link(real, put), target, over)

    def _sym(self, source: str, target: str, over: bool) -> None:
        inside = dirname(dirname(source)) == self._root
        text = relpath(source, dirname(target)) if inside else source
        self._made(lambda put: self._disk.symlink(text, put), target, over)

    def _copied(self, source: str, target: str, over: bool) -> None:
        self._copy_to(source, target, over, "copy")
        self._disk.flush(dirname(target))

    def _made(self, make: Callable[[str], None], target: str, over: bool) -> None:
        put = self.beside(target) if over else target
        make(put)
        if over:
            self._replace(put, target)

    # ------------------------------------------------------------------------------------- copying

    def _copy_to(self, source: str, target: str, over: bool, operation: str) -> None:
        """Copy a file with its times, and compare what came of it before it gets its name."""
        between = self.beside(target)
        before = self._disk.state_behind(source)
        try:
            read = self._disk.copy(source, between)
            after = self._disk.state_behind(source)
            if before is None or after is None or _look(before) != _look(after):
                raise rejected("it was changed while it was read: run it again", operation, source)
            if self._disk.digest(between) != read:
                raise rejected(
                    "what was written is not what was read: check that disk, and run it again",
                    operation, target,
                )  # fmt: skip
            if over:
                self._disk.replace(between, target)
            else:
                self.put(between, target)
        except BaseException:
            self.discard(between)
            raise

    def put(self, between: str, target: str) -> None:
        """Give what was made under a temporary name its own, if nothing is there."""
        try:
            self._disk.link(between, target)
        except OSError as error:
            if error.errno not in _UNLINKABLE:
                raise
            if self._disk.state(target) is not None:
                raise FileExistsError(errno.EEXIST, "something is there already", target) from error
            self._disk.rename(between, target)
        else:
            self._disk.unlink(between)

    def _replace(self, between: str, target: str) -> None:
        try:
            self._disk.replace(between, target)
        except BaseException:
            self.discard(between)
            raise
        self.discard(between)  # two names of one file are left as they are by a rename

    def beside(self, target: str) -> str:
        """Return a temporary name beside a path, with nothing there."""
        between = join(dirname(target), temporary(self._what))
        self.discard(between)
        return between

    def discard(self, between: str) -> None:
        """Take away what was made under a temporary name."""
        with suppress(OSError):
            if self._disk.state(between) is not None:
                self._disk.unlink(between)


def _look(found: object) -> tuple[object, ...]:
    return tuple(getattr(found, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns"))


def one_entry(disk: Disk, one: str, other: str) -> bool:
    """Tell whether two paths are one name of one file: spelt otherwise, or by way of a link to a folder.

    The names of a folder that ignores case, or accents, are not those that it is asked for.
    """
    first, second = disk.state(one), disk.state(other)
    if first is None or second is None or identity(first) != identity(second):
        return False
    if is_folder(first) or (is_file(first) and first.st_nlink < 2):
        return True
    above, beside = disk.state_behind(dirname(one)), disk.state_behind(dirname(other))
    if above is None or beside is None or identity(above) != identity(beside):
        return False
    if basename(one) == basename(other):
        return True
    if folded(basename(one)) != folded(basename(other)):
        return False
    return not {basename(one), basename(other)} <= set(disk.names(dirname(one)))


def sweep(disk: Disk, folder: str, is_known: Callable[[str], bool]) -> None:
    """Remove what a run that was killed has left half made; ``is_known`` spares the only name of a file."""
    for name in disk.names(folder):
        if is_temporary(name):
            path = join(folder, name)
            found = disk.state(path)
            spare = is_file(found) and found is not None and found.st_nlink < 2 and is_known(path)
            if found is not None and not is_folder(found) and not spare:
                disk.unlink(path)
