"""The audio files that are known, as whoever moves them writes down where they went."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.core.audio_file import AudioFile
from syncengine.core.ports import Clock
from syncengine.jobs.runs import OpenUnit


class KeptFiles:
    """Fulfils ``core.placing.FileBook``; units of ``open_unit`` outlive power cuts.

    What is known is read once, and again after ``forget``: a scan may have come in between.
    """

    def __init__(self, open_unit: OpenUnit, clock: Clock) -> None:
        self._open_unit = open_unit
        self._clock = clock
        self._present: dict[int, AudioFile] = {}
        self._gone: dict[int, AudioFile] = {}
        self._at: dict[str, int] = {}
        self._is_read = False

    def files(self) -> Mapping[int, AudioFile]:
        """Return the files that are there, by number."""
        self._read()
        return self._present

    def file(self, number: int) -> AudioFile | None:
        """Return a file by its number, also one that was not found by the last scan."""
        self._read()
        return self._present.get(number) or self._gone.get(number)

    def moved(self, number: int, file: AudioFile) -> None:
        """Write down where a file is from now on."""
        with self._open_unit() as unit:
            unit.audio_files.renew({number: file}, self._clock())
            unit.commit()
        self._read()
        other = self._at.get(file.path)
        if other is not None and other != number:
            self._gone[other] = self._present.pop(other)
        if (before := self._present.get(number)) is not None:
            self._at.pop(before.path, None)
        self._present[number] = file
        self._at[file.path] = number
        self._gone.pop(number, None)

    def forget(self) -> None:
        """Read anew what is known when it is next asked for."""
        self._is_read = False

    def _read(self) -> None:
        if self._is_read:
            return
        with self._open_unit() as unit:
            known = unit.audio_files.known()
        self._present = {each.id: each.file for each in known if not each.gone}
        self._gone = {each.id: each.file for each in known if each.gone}
        self._at = {file.path: number for number, file in self._present.items()}
        self._is_read = True
