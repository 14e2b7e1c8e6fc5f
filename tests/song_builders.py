"""The one song that tests of matching are about, and files of it."""

from __future__ import annotations

from syncengine.core.audio_file import Tags
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import TrackKey
from syncengine.core.match import Decisions, Match, Matcher
from syncengine.core.song import SongFacts


def uri(number: int) -> TrackKey:
    return TrackKey(f"spotify:track:{number:022}")


ONE, TWO, THREE = uri(1), uri(2), uri(3)
ISRC, OTHER_ISRC = "QZABC2000001", "QZABC2000002"
SONG = SongFacts(ONE, "Kettle Waltz", ("The Otters",), "Tea", ISRC, 200_000)
TAGS = Tags("Kettle Waltz", ("The Otters",), "Tea", None, None, 200_400)


def song(title: str, artist: str = "The Otters", key: TrackKey = TWO, **said: object) -> SongFacts:
    made = SONG._replace(key=key, title=title, artists=(artist,), isrc=None)
    return made._replace(**said)  # type: ignore[arg-type]  # any field


def match(
    tags: Tags | str, *tracks: SongFacts, stem: str = "", decisions: Decisions | None = None
) -> Match:
    file = NamedFile("/f", tags, stem) if isinstance(tags, Tags) else _bare(tags)
    return Matcher(tracks, decisions or Decisions()).match(file)


def _bare(stem: str) -> NamedFile:
    return NamedFile("/f", Tags(duration_ms=200_400), stem)
