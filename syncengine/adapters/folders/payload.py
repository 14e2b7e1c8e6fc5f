"""Where in a file the audio itself is: what stays when its tags are written anew."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.adapters.folders.boxes import audio_boxes
from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable
from syncengine.adapters.folders.chunks import Chunks, read_chunks
from syncengine.adapters.folders.container import Container, before_tags
from syncengine.adapters.folders.ogg import audio_start

_PADDING = 65_536
_FORGIVEN = 100
"""A file that lacks less than a hundredth of its audio is played by everybody, and so is taken."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The audio of a file: its parts, from and to, and whether they are pages of Ogg."""

    parts: tuple[tuple[int, int], ...]
    paged: bool = False
    chunks: Chunks | None = None
    """Of a WAV or AIFF file, all that was found on the way."""
    comment: int | None = None
    """Of a FLAC file, where its tags stand."""

    @property
    def start(self) -> int:
        """Where the audio begins."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.parts[-1][1]

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(end - start for start, end in self.parts)


def find_payload(file: CarefulFile, container: Container, start: int) -> Payload:
    """Return the audio of a file whose container begins at ``start``. Raises Unreadable."""
    match container:
        case Container.MP3 | Container.ADTS:
            begin = start + _zeros(file, start)
            return Payload(((begin, before_tags(file, begin)),))
        case Container.FLAC:
            begin, comment = _after_blocks(file, start)
            return Payload(((begin, before_tags(file, begin)),), comment=comment)
        case Container.WAV | Container.AIFF:
            chunks = read_chunks(file, container, start)
            assert chunks.audio is not None  # noqa: S101 -- read_chunks raised where there is none
            return Payload(_whole(file, [(chunks.audio[0], chunks.declared_end)]), chunks=chunks)
        case Container.MP4:
            return Payload(_whole(file, audio_boxes(file, start)))
        case Container.VORBIS | Container.OPUS | Container.OGG_FLAC | Container.SPEEX:
            return Payload(((audio_start(file, container, start), file.size),), paged=True)


def _zeros(file: CarefulFile, start: int) -> int:
    """Return how many zeros stand before the audio: some programs leave them there, others do not."""
    head = file.at(start, _PADDING)
    rest = head.lstrip(b"\0")
    return len(head) - len(rest) if rest else 0


def _after_blocks(file: CarefulFile, start: int) -> tuple[int, int | None]:
    """Return where the blocks that describe a FLAC file end, and where its tags stand."""
    at, comment, last = start + 4, None, False
    while not last:
        head = file.at(at, 4)
        if len(head) < 4:
            raise Unreadable("is cut off before its audio")
        last, kind = bool(head[0] & 0x80), head[0] & 0x7F
        if kind == 4 and comment is None:
            comment = at + 4
        at += 4 + int.from_bytes(head[1:], "big")
    if at >= file.size:
        raise Unreadable("is cut off before its audio")
    return at, comment


def _whole(file: CarefulFile, parts: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the parts as far as the file goes. Raises Unreadable where too little of them is there."""
    there = [(start, min(end, file.size)) for start, end in parts if start < file.size]
    declared = sum(end - start for start, end in parts)
    size = sum(end - start for start, end in there)
    if not size:
        raise Unreadable("has no audio in it")
    if (declared - size) * _FORGIVEN > declared:
        raise Unreadable(f"is cut off: {size:,} of {declared:,} bytes of audio are there")
    return tuple(there)
