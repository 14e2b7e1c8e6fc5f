"""Which container a file is, whatever it is called, and where tags before and after the audio end."""

from __future__ import annotations

import struct
from enum import Enum

from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable

_MOST_TAGS = 16
_ID3V1, _ENHANCED, _APE = 128, 227, 32
_APE_HAS_HEADER = 1 << 31
_APE_IS_HEADER = 1 << 29


class Container(Enum):
    """The containers that are read."""

    MP3 = "MP3"
    ADTS = "AAC"
    MP4 = "MP4"
    FLAC = "FLAC"
    WAV = "WAV"
    AIFF = "AIFF"
    VORBIS = "Ogg Vorbis"
    OPUS = "Ogg Opus"
    OGG_FLAC = "Ogg FLAC"
    SPEEX = "Ogg Speex"


_OGG = {
    b"\x01vorbis": Container.VORBIS,
    b"OpusHead": Container.OPUS,
    b"\x7fFLAC": Container.OGG_FLAC,
    b"Speex   ": Container.SPEEX,
}
_BY_ENDING = {".mp3": Container.MP3, ".aac": Container.ADTS}
_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


def recognise(file: CarefulFile, ending: str) -> tuple[Container, int]:
    """Return a file's container, and where it begins after tags. Raises Unreadable.

    Streams of frames may have anything before the first one, so there the ending has a say.
    """
    if not file.size:
        raise Unreadable("is empty")
    start = after_tags(file)
    head = file.at(start, 512)
    found = _by_content(head) or _by_ending(head, ending)
    if found is None:
        raise Unreadable("holds no audio of a kind that is known")
    return found, start


def _by_content(head: bytes) -> Container | None:
    if head[:4] == b"fLaC":
        return Container.FLAC
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return Container.WAV
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return Container.AIFF
    if head[4:8] in _FIRST_BOXES:
        return Container.MP4
    if head[:4] == b"OggS" and len(head) > 27:
        packet = head[27 + head[26] :]
        return next((kind for magic, kind in _OGG.items() if packet.startswith(magic)), None)
    return _frames(head)


def _frames(head: bytes) -> Container | None:
    if head[:4] == b"ADIF":
        return Container.ADTS
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    return Container.MP3 if head[1] & 0x06 else Container.ADTS


def _by_ending(head: bytes, ending: str) -> Container | None:
    return None if head[:4] == b"OggS" else _BY_ENDING.get(ending)


def after_tags(file: CarefulFile) -> int:
    """Return where the first bytes stand that are no tag. Raises Unreadable."""
    at = 0
    for _ in range(_MOST_TAGS):
        head = file.at(at, _APE)
        if head[:3] == b"ID3" and len(head) > 10:
            at += 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)
        elif head[:8] == b"APETAGEX" and len(head) == _APE:
            at += _APE + struct.unpack("<I", head[12:16])[0]
        else:
            break
    if at >= file.size:
        raise Unreadable("is cut off: there is no audio behind its tags")
    return at


def before_tags(file: CarefulFile, start: int) -> int:
    """Return where the tags begin that stand behind the audio, which begins at ``start``."""
    end = file.size
    for _ in range(_MOST_TAGS):
        size = _last_tag(file, end)
        if not size or end - size < start:
            break
        end -= size
    return end


def _last_tag(file: CarefulFile, end: int) -> int:
    """Return how long the tag is that ends here; 0 where there is none."""
    tail = file.at(max(0, end - _ID3V1), min(end, _ID3V1))
    if len(tail) == _ID3V1 and tail[:3] == b"TAG":
        return _ID3V1
    if tail[-32:-24] == b"APETAGEX":
        size, flags = struct.unpack("<I4xI", tail[-20:-8])
        return int(size) + (_APE if flags & _APE_HAS_HEADER else 0)
    if tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
        return int(tail[-15:-9]) + 15
    if tail[-10:-7] == b"3DI":
        return _syncsafe(tail[-4:]) + 20
    if end >= _ENHANCED and file.at(end - _ENHANCED, 4) == b"TAG+":
        return _ENHANCED
    return 0


def ape_items(file: CarefulFile, start: int) -> int | None:
    """Return how many items the last APE tag behind the audio says it has; None where there is none."""
    end = file.size
    for _ in range(_MOST_TAGS):
        size = _last_tag(file, end)
        if not size or end - size < start:
            return None
        foot = file.at(end - _APE, _APE)
        if foot[:8] == b"APETAGEX":
            return int(struct.unpack("<I", foot[16:20])[0])
        end -= size
    return None


def _syncsafe(four: bytes) -> int:
    size = 0
    for byte in four:
        size = size << 7 | byte & 0x7F
    return size
