"""Put one audio file where it belongs, as soon as it has come."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.core.audio_index import Recognition
from syncengine.core.file_decision import marks_of
from syncengine.core.file_match import FileMatch
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.music_folder import MusicFolders, is_under
from syncengine.core.plan import Agreed
from syncengine.core.scope import Scope
from syncengine.errors import EmptiedSource, NotFound
from syncengine.jobs.apply_report import ApplyReport
from syncengine.jobs.reconcile import Wishes
from syncengine.jobs.reconciling import Hand, Tools, carry_out, plan_of, side_of
from syncengine.jobs.runs import OpenUnit
from syncengine.jobs.settling import settle_doubts
from syncengine.storage.repositories.file_decisions import judge_file
from syncengine.storage.unit_of_work import UnitOfWork

REPEATED = "a file with the same audio is in the folders of its playlists already; this one stays where it is"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is known now, by its number; ``is_outside`` says that it is in no music folder."""

    number: int
    path: str
    is_outside: bool


def take_in(music: MusicFolders, path: str, *, open_unit: OpenUnit, at: Instant) -> Arrived:
    """Read one file, by its absolute path, and remember it. Raises NotFound where there is none."""
    found = music.at([path])
    if not found:
        raise NotFound(f"{path}: there is no such file, or it is of no kind of audio that is known")
    with open_unit() as unit:
        known = unit.audio_files.known()
    recognition = Recognition(known)
    read = list(music.read(recognition.look(found)))
    # Whoever is where it was is another file, also one with the same audio.
    result = recognition.settle(read, lambda other: other != path and bool(music.at([other])))
    changed = {**result.renewed, **result.changed, **result.moved}
    with open_unit() as unit:
        unit.audio_files.renew(changed, at)
        added = unit.audio_files.add(result.new, at)
        unit.commit()
    if read and read[0].problem:
        raise NotFound(f"{path}: {read[0].problem}")
    number = next(iter([*result.kept, *changed, *added]))
    folders = [*music.folders, *([music.playlists] if music.playlists else [])]
    return Arrived(number, path, not any(is_under(path, folder) for folder in folders))


def decide(unit: UnitOfWork, number: int, track: TrackKey, at: Instant) -> None:
    """Remember that a file is a track, as its owner says."""
    file = unit.audio_files.present()[number]
    judge_file(unit.connection, marks_of(number, file.digest), track, "same", at)


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of placing a file: what it was found to be, and where it stands now.

    ``agreed`` is what is known of it now; None where it was left where it is.
    """

    match: FileMatch
    agreed: Agreed | None
    playlists: tuple[str, ...]
    folders: tuple[str, ...]
    report: ApplyReport


def place(arrived: Arrived, hand: Hand, tools: Tools) -> Placed:
    """Bring one file into the folders of its playlists, with their lists; only who holds the lock may.

    Raises EmptiedSource where these folders were emptied, or their drive is away.
    """
    name = hand.sink.name
    settle_doubts(hand.sink, writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock)
    with tools.open_unit() as unit:
        match = unit.file_matches.stored()[arrived.number]
    report = ApplyReport()
    side = side_of(hand, tools)
    if match.acts and ("file", str(arrived.number)) not in side.desired:
        report.notes.append(REPEATED)
    elif match.acts:
        scope = Scope(files=frozenset({str(arrived.number)}))
        planned = plan_of([hand], tools, Wishes(scope))
        for refusal in planned.plan.sinks[name].refusals:
            raise EmptiedSource(refusal.message, lift=refusal.lift)
        report = carry_out(hand, planned, tools)
    with tools.open_unit() as unit:
        now = {(each.entity, each.key): each for each in unit.agreed.agreed(name)}
    agreed = now.get(("file", str(arrived.number)))
    keys = agreed.properties.get("Playlists") if agreed else None
    there = [
        now["playlist", key]
        for key in (keys if isinstance(keys, tuple) else ())
        if ("playlist", key) in now
    ]
    return Placed(
        match, agreed, tuple(each.title for each in there),
        tuple(each.address or "" for each in there), report,
    )  # fmt: skip
