"""Where things stand below the folder for playlists: folders, and files in them; nothing is deeper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from syncengine.adapters.folders.refusing import rejected
from syncengine.adapters.folders.steps import (
    Disk,
    basename,
    dirname,
    is_folder,
    is_link,
    join,
    realpath,
)
from syncengine.core.path_text import path_of
from syncengine.core.plan import Value

_TEMPORARY = re.compile(r"\.syncengine-[0-9a-z-]+\.partial\Z")
_PARTS = re.compile(r"[/\\\0]")


@dataclass(frozen=True, slots=True)
class Places:
    """The folder for playlists; ``root`` is absolute."""

    root: str
    disk: Disk
    real: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "real", realpath(self.root))

    def folder(self, name: str, operation: str) -> str:
        """Return the path of a folder. Raises Rejected where it would lead elsewhere, or is no folder."""
        path = join(self.root, plain(name, operation))
        found = self.disk.state(path)
        if is_link(found):
            raise rejected("it is a link that leads elsewhere: move or rename it", operation, path)
        if found is not None and not is_folder(found):
            raise rejected(
                "it is a file, and a folder should be there: move or rename it", operation, path
            )
        return path

    def place(self, folder: str, name: str, operation: str) -> str:
        """Return the path of a file in a folder. Raises Rejected where it would lead elsewhere."""
        return join(self.folder(folder, operation), plain(name, operation))

    def own(self, path: str) -> str:
        """Return a path as it is spelt below the root, where it is a file in one of the folders there."""
        folder = dirname(path)
        above = dirname(folder)
        if above != self.root and realpath(above) == self.real:
            return join(self.root, basename(folder), basename(path))
        return path

    def home(self, path: str) -> str | None:
        """Return the folder in which a path stands directly; None where that is not below the root."""
        folder = dirname(path)
        return basename(folder) if dirname(folder) == self.root else None


def plain(name: str, operation: str) -> str:
    """Return a name that is one part of a path. Raises Rejected for any other."""
    if name in {"", ".", ".."} or _PARTS.search(name) or is_temporary(name):
        raise rejected("that is no name for a folder or a file", operation, name)
    return name


def temporary(what: str) -> str:
    """Return the name under which something is made before it is put in its place."""
    return f".syncengine-{what}.partial"


def is_temporary(name: str) -> bool:
    """Tell whether a name is such a one."""
    return name.startswith(".syncengine-") and _TEMPORARY.match(name) is not None


def mark(key: str) -> str:
    """Return a few digits that follow from a key."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=4).hexdigest()


def text_in(fields: Mapping[str, Value], name: str) -> str | None:
    """Return the name or path that a field holds, as the system has it."""
    value = fields.get(name)
    return path_of(value) if isinstance(value, str) and value else None


def names_in(fields: Mapping[str, Value], name: str) -> tuple[str, ...]:
    """Return the folders that a field names, each once, in order."""
    value = fields.get(name)
    return tuple(dict.fromkeys(map(path_of, value))) if isinstance(value, tuple) else ()
