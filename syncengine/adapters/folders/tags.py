"""What the tags of a file say, read by mutagen, which is imported when the first file is read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Any

from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable
from syncengine.adapters.folders.container import Container, ape_items
from syncengine.adapters.folders.fields import Field, tags_of
from syncengine.adapters.folders.payload import Payload
from syncengine.core.audio_file import Tags

_MOST_APE_ITEMS = 5_000
_MOST_FRAMES = 20_000
_ID3 = {
    "TIT2": "title",
    "TPE1": "artist",
    "TPE2": "albumartist",
    "TALB": "album",
    "TSRC": "isrc",
    "COMM": "comment",
    "USLT": "lyrics",
}
_ATOMS = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "aART": "albumartist",
    "\xa9alb": "album",
    "\xa9cmt": "comment",
    "purl": "url",
}
_SAME = {"album artist": "albumartist", "description": "comment", "www": "url", "contact": "url"}
"""Names in Vorbis and APE comments that mean what another one means."""


_PARSERS = (
    "aac", "apev2", "flac", "id3", "mp3", "mp4", "oggflac", "oggopus", "oggspeex", "oggvorbis",
)  # fmt: skip
_LOADING = Lock()
_loaded: list[ModuleType] = []


def load_parsers() -> None:
    """Import all of mutagen that reads files, once.

    Threads that import its parts at the same time wait for each other, until Python makes one of them
    fail ("deadlock detected"): a sound file would be called damaged.
    """
    if len(_loaded) < len(_PARSERS):
        with _LOADING:
            _loaded[:] = [import_module(f"mutagen.{name}") for name in _PARSERS]


def read_tags(file: CarefulFile, container: Container, start: int, payload: Payload) -> Tags:
    """Return what a file says of itself. Raises Unreadable, OSError, and whatever mutagen raises."""
    match container:
        case Container.MP3 | Container.ADTS:
            return tags_of(_framed_fields(file, payload), _framed_seconds(file, container, payload))
        case Container.WAV | Container.AIFF:
            return _chunk_tags(file, payload)
        case Container.FLAC:
            return tags_of(_flac_fields(file, payload), _flac_seconds(file, start))
        case Container.MP4:
            return _mp4_tags(file)
        case Container.VORBIS | Container.OPUS | Container.OGG_FLAC | Container.SPEEX:
            return _ogg_tags(file, container)


# ------------------------------------------------------------------------------- MP3 and bare AAC


def _framed_fields(file: CarefulFile, payload: Payload) -> list[Field]:
    fields: list[Field] = []
    if file.at(0, 3) == b"ID3":
        fields += id3_fields(file, 0)
    items = ape_items(file, payload.start)
    if items is not None:
        if items > _MOST_APE_ITEMS:
            raise Unreadable("is damaged: it has more tags than any audio file")
        fields += _ape_fields(file)
    last = file.at(max(0, file.size - 128), 128)
    if last[:3] == b"TAG" and file.size - payload.start >= 128:
        from mutagen.id3 import ParseID3v1

        fields += _of_frames((ParseID3v1(last) or {}).values())  # type: ignore[no-untyped-call] # mutagen
    return fields


def _ape_fields(file: CarefulFile) -> Iterator[Field]:
    from mutagen.apev2 import APETextValue, APEv2

    tags: Any = APEv2(_rewound(file))  # type: ignore[no-untyped-call] # mutagen
    for name, value in tags.items():
        if isinstance(value, APETextValue):
            yield _named(name, list(value))


def _framed_seconds(file: CarefulFile, container: Container, payload: Payload) -> float | None:
    from mutagen.aac import AACInfo
    from mutagen.mp3 import MPEGInfo

    info: Any
    if container is Container.ADTS:
        info = AACInfo(_rewound(file))
        return float(info.length)
    info = MPEGInfo(file, payload.start)
    behind = file.size - payload.end
    counted = 8 * (file.size - info.frame_offset) / info.bitrate
    # Where no header says how many frames there are, the size says it: but not that of tags.
    return float(info.length - (8 * behind / info.bitrate if info.length == counted else 0))


# ------------------------------------------------------------------------------------------- ID3


@cache
def _known_frames() -> dict[str, Any]:
    """Return the frames that are worth reading: texts, comments and addresses, and no pictures."""
    from mutagen.id3 import COMM, UFID, USLT, Frames, Frames_2_2, TextFrame, UrlFrame

    wanted = (TextFrame, UrlFrame, COMM, USLT, UFID)
    every = {**Frames, **Frames_2_2}
    return {name: frame for name, frame in every.items() if issubclass(frame, wanted)}


@cache
def _id3_at() -> Any:
    from mutagen.id3 import ID3

    class At(ID3):
        """An ID3 tag that stands anywhere in a file."""

        offset = 0

        def _pre_load_header(self, fileobj: Any) -> None:
            fileobj.seek(self.offset)

    return At


def id3_fields(file: CarefulFile, offset: int) -> list[Field]:
    """Return the fields of the ID3 tag at a place."""
    _check_frames(file, offset)
    tags = _id3_at()()
    tags.offset = offset
    tags.load(_rewound(file), known_frames=_known_frames(), translate=False, load_v1=False)
    return list(_of_frames(tags.values()))


def _check_frames(file: CarefulFile, offset: int) -> None:
    """Raise Unreadable for a tag of so many tiny frames that mutagen would take minutes for it."""
    head = file.at(offset, 10)
    if len(head) < 10:
        return
    short = head[3] == 2
    end = offset + 10 + int.from_bytes(head[6:], "big")
    at, size = offset + 10, 6 if short else 10
    for _ in range(_MOST_FRAMES):
        frame = file.at(at, size)
        if at >= end or len(frame) < size or not frame[0]:
            return
        at += size + int.from_bytes(frame[3:6] if short else frame[4:8], "big")
    raise Unreadable("is damaged: it has more tags than any audio file")


def _of_frames(frames: Iterable[Any]) -> Iterator[Field]:
    for frame in frames:
        name = frame.FrameID
        if name == "UFID":
            yield Field(f"ufid {frame.owner}".lower(), [frame.data.decode("latin-1")])
        elif hasattr(frame, "url"):
            yield Field("url", [frame.url])
        elif name == "TXXX":
            yield _named(frame.desc, _texts(frame.text))
        else:
            yield Field(_ID3.get(name, name.lower()), _texts(frame.text))


def _texts(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else [str(each) for each in text]


def _named(name: str, values: list[str]) -> Field:
    folded = name.casefold()
    return Field(_SAME.get(folded, folded), values)


# ---------------------------------------------------------------------------------- other containers


def _chunk_tags(file: CarefulFile, payload: Payload) -> Tags:
    chunks = payload.chunks
    assert chunks is not None  # noqa: S101 -- these containers have them
    fields = [] if chunks.id3 is None else id3_fields(file, chunks.id3)
    own = [Field(name, values) for name, values in chunks.texts.items()]
    return tags_of([*fields, *own], chunks.seconds)


def _flac_fields(file: CarefulFile, payload: Payload) -> list[Field]:
    if payload.comment is None:
        return []
    from mutagen.flac import VCFLACDict

    file.seek(payload.comment)
    return _of_comments(VCFLACDict(file))  # type: ignore[no-untyped-call] # mutagen


def _flac_seconds(file: CarefulFile, start: int) -> float | None:
    info = file.at(start + 8 + 10, 8)
    if len(info) < 8:
        return None
    bits = int.from_bytes(info, "big")
    rate, samples = bits >> 44, bits & ((1 << 36) - 1)
    return samples / rate if rate else None


def _of_comments(comments: Iterable[tuple[str, str]]) -> list[Field]:
    values: dict[str, list[str]] = {}
    for name, value in comments:
        folded = name.casefold()
        if folded not in {"metadata_block_picture", "coverart"}:
            values.setdefault(_SAME.get(folded, folded), []).append(value)
    return [Field(name, found) for name, found in values.items()]


def _ogg_tags(file: CarefulFile, container: Container) -> Tags:
    from mutagen.oggflac import OggFLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggspeex import OggSpeex
    from mutagen.oggvorbis import OggVorbis

    kinds: dict[Container, Any] = {
        Container.VORBIS: OggVorbis,
        Container.OPUS: OggOpus,
        Container.OGG_FLAC: OggFLAC,
        Container.SPEEX: OggSpeex,
    }
    read = kinds[container](_rewound(file))
    return tags_of(_of_comments(read.tags or ()), float(read.info.length))


def _mp4_tags(file: CarefulFile) -> Tags:
    from mutagen.mp4 import MP4

    read: Any = MP4(_rewound(file))  # type: ignore[no-untyped-call] # mutagen
    if not read.info.codec:
        raise Unreadable("has no audio track")
    return tags_of(list(_of_atoms(read.tags or {})), float(read.info.length))


def _of_atoms(tags: Any) -> Iterator[Field]:
    for name, value in tags.items():
        if not isinstance(value, list):
            continue
        texts = [
            bytes(each).decode("utf-8", "replace") if isinstance(each, bytes) else each
            for each in value
            if isinstance(each, bytes | str) and name != "covr"
        ]
        if name.startswith("----:"):
            yield _named(name.rsplit(":", 1)[-1], texts)
        elif name == "xid ":  # what was bought says who sold it, a colon, and the ISRC
            yield Field("isrc", [text.rsplit(":", 1)[-1] for text in texts if ":isrc:" in text])
        else:
            yield Field(_ATOMS.get(name, name), texts)


def _rewound(file: CarefulFile) -> io.BufferedReader:
    file.seek(0)
    return file
