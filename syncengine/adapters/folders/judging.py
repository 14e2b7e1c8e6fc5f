"""What stands at one place, as far as one file is concerned; nothing is changed here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal

from syncengine.adapters.folders.known import Known
from syncengine.adapters.folders.steps import Disk, identity, is_file, is_link
from syncengine.adapters.folders.version import Version
from syncengine.core.audio_file import AudioFile

Verdict = Literal["free", "ours", "stale", "rescue", "foreign"]
"""``ours`` is the file, or a link to it, or a copy; ``stale`` was that when it was agreed, and is to be
renewed; so is what is to be rescued, but it is the only name of its bytes."""


@dataclass(slots=True)
class Subject:
    """The file that is being placed.

    ``path`` is where it stands now, None where it was not found; ``former`` are paths where it stood
    before. ``agreed`` are the places that were ours. ``renewed`` says that the file itself was changed
    since they were made; ``version`` is the one that they were given.
    """

    number: int
    file: AudioFile
    path: str | None
    agreed: frozenset[str]
    renewed: bool
    former: set[str] = field(default_factory=set)
    version: Version | None = None


class Judging:
    """Looks at places."""

    def __init__(self, disk: Disk, known: Known) -> None:
        self._disk = disk
        self._known = known
        self._digests: dict[tuple[int, ...], bytes] = {}

    def verdict(self, place: str, about: Subject) -> Verdict:
        """Return what stands at a place."""
        found = self._disk.state(place)
        if found is None:
            return "free"
        if place == about.path:
            return "ours"
        if is_link(found):
            return self._of_link(place, about)
        if not is_file(found):
            return "foreign"
        if self.is_itself(place, about) or self.is_copy(place, about):
            return "ours"
        if place in about.agreed and about.renewed and _is_edited(found, about):
            return "foreign"
        if place in about.agreed and self.is_same_audio(place, about):
            # Tags that a person wrote here stay, until the file itself is another.
            return "stale" if about.renewed else "ours"
        if place in about.agreed and about.renewed:  # the file was replaced by another recording
            return "stale" if found.st_nlink > 1 else "rescue"
        return "foreign"

    def _of_link(self, place: str, about: Subject) -> Verdict:
        leads = self._disk.leads_to(place)
        behind = self._disk.state_behind(place)
        if behind is None:
            holds_nothing = (
                leads in about.former or leads == about.file.path or place in about.agreed
            )
            return "stale" if holds_nothing else "foreign"
        if leads == about.path:
            return "ours"
        now = None if about.path is None else self._disk.state_behind(about.path)
        if now is None or identity(now) != identity(behind):
            return "foreign"
        # A link to a link of ours leads nowhere once that one goes.
        return "stale" if is_link(self._disk.state(leads)) else "ours"

    def is_itself(self, place: str, about: Subject) -> bool:
        """Tell whether a place has a name of the very file, which is not the link of a link."""
        found = self._disk.state(place)
        if found is None or not is_file(found):
            return False
        now = None if about.path is None else self._disk.state_behind(about.path)
        return now is not None and identity(now) == identity(found)

    def is_copy(self, place: str, about: Subject) -> bool:
        """Tell whether a place has the file's bytes, all of them."""
        found = self._disk.state(place)
        now = None if about.path is None else self._disk.state_behind(about.path)
        if about.path is None or found is None or now is None or found.st_size != now.st_size:
            return False
        return self._digest(place, found) == self._digest(about.path, now)

    def _digest(self, path: str, found: os.stat_result) -> bytes:
        look = (*identity(found), found.st_size, found.st_mtime_ns)
        if look not in self._digests:
            self._digests[look] = self._disk.digest(path)
        return self._digests[look]

    def is_same_audio(self, place: str, about: Subject) -> bool:
        """Tell whether a place has the file's audio, maybe with other tags."""
        found = self._disk.state(place)
        if found is None or about.file.digest is None or not is_file(found):
            return False
        return self._known.audio(place, found) == about.file.digest

    def occupant(self, place: str, about: Subject) -> int | None:
        """Return which other file has a place."""
        found = self._disk.state(place)
        other = None if found is None else self._known.at(place, found)
        return other.number if other is not None and other.number != about.number else None


def _is_edited(found: os.stat_result, about: Subject) -> bool:
    """Tell whether a person wrote into a copy of ours, or put something else in its place."""
    version = about.version
    return version is not None and not version.is_of(found.st_size, found.st_mtime_ns)
