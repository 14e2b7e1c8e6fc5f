"""Scan the music folders, and match what is there with the library."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.core.music_folder import MusicFolders
from syncengine.core.ports import Clock
from syncengine.jobs.matching import Matched, match_files
from syncengine.jobs.runs import OpenUnit, recorded_run
from syncengine.jobs.scan import Progress, Scanned, scan

_REFUSED, _PARTIAL = 3, 8


@dataclass(frozen=True, slots=True)
class Filed:
    """What a scan and the matching after it came to."""

    scanned: Scanned
    matched: Matched

    @property
    def exit_code(self) -> int:
        """3 where a folder was found emptied, 8 where something new could not be read or looked into."""
        scanned = self.scanned
        if scanned.emptied:
            return _REFUSED
        away = any(each.problem for each in scanned.folders)
        return _PARTIAL if scanned.newly_unreadable or scanned.unseen or away else 0


def scan_and_match(
    music: MusicFolders,
    *,
    open_unit: OpenUnit,
    clock: Clock,
    scanning: Progress | None = None,
    matching: Progress | None = None,
    accept_emptied: bool = False,
) -> Filed:
    """Bring up to date which audio files there are, and which track each is of, as one recorded run.

    ``scanning`` is told how many files were read, ``matching`` how many were matched.
    """
    with recorded_run(open_unit, "files scan", clock) as run:
        scanned = scan(
            music,
            open_unit=open_unit,
            clock=clock,
            progress=scanning,
            accept_emptied=accept_emptied,
        )
        with open_unit() as unit:
            matched = match_files(unit, clock, matching)
            unit.commit()
        filed = Filed(scanned, matched)
        run.exit_code = filed.exit_code
        run.summary = {"files": scanned.files, "read": scanned.read, "matched": matched.anew}
    return filed
