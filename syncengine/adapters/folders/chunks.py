"""WAV and AIFF: files of chunks, each with a name and a size."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable
from syncengine.adapters.folders.container import Container

_MOST = 1_000
_MOST_TEXT = 65_536
_UNKNOWN = 0xFFFFFFFF
"""A size that its writer could not know, or that stands in a chunk of its own: to the file's end."""
_INFO = {b"INAM": "title", b"IART": "artist", b"IPRD": "album", b"ISRC": "isrc", b"ICMT": "comment"}
_TEXTS = {b"NAME": "title", b"AUTH": "artist", b"ANNO": "comment"}


@dataclass(slots=True)
class Chunks:
    """What is in such a file: where the audio is, how long it lasts, its own texts, where ID3 tags are."""

    audio: tuple[int, int] | None = None
    declared_end: int = 0
    seconds: float | None = None
    texts: dict[str, list[str]] = field(default_factory=dict)
    id3: int | None = None


def read_chunks(file: CarefulFile, container: Container, start: int) -> Chunks:
    """Look through the chunks of a WAV or AIFF file that begins at ``start``. Raises Unreadable."""
    found = Chunks()
    wave = container is Container.WAV
    form = b""
    for name, at, size in _chunks(file, start + 12, "<I" if wave else ">I"):
        # Who writes into a pipe cannot know the size either, and may leave it at nothing.
        open_end = size == _UNKNOWN or (name == b"data" and not size)
        end = file.size if open_end else at + size
        if name in {b"fmt ", b"COMM"}:
            form = file.at(at, 18)
        elif name in {b"data", b"SSND"} and found.audio is None:
            found.audio, found.declared_end = (at, min(end, file.size)), end
        elif name.lower() == b"id3 ":
            found.id3 = at
        elif name == b"LIST" and file.at(at, 4) == b"INFO":
            _take_info(file, at + 4, min(end, at + _MOST_TEXT), found.texts)
        elif name in _TEXTS and not wave:
            _add(found.texts, _TEXTS, name, file.at(at, min(size, _MOST_TEXT)))
    if found.audio is None or not form:
        raise Unreadable("is cut off: it has no audio")
    found.seconds = (_wave_seconds if wave else _aiff_seconds)(
        form, found.declared_end - found.audio[0]
    )
    return found


def _chunks(file: CarefulFile, at: int, form: str) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and size of each chunk."""
    for _ in range(_MOST):
        head = file.at(at, 8)
        if len(head) < 8:
            return
        size = struct.unpack(form, head[4:])[0]
        yield head[:4], at + 8, size
        at += 8 + size + size % 2


def _take_info(file: CarefulFile, at: int, end: int, texts: dict[str, list[str]]) -> None:
    for name, place, size in _chunks(file, at, "<I"):
        if place + size > end:
            return
        _add(texts, _INFO, name, file.at(place, size))


def _add(
    texts: dict[str, list[str]], names: Mapping[bytes, str], name: bytes, content: bytes
) -> None:
    if name in names:
        raw = content.split(b"\0")[0]
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
        texts.setdefault(names[name], []).append(text)


def _wave_seconds(form: bytes, size: int) -> float | None:
    if len(form) < 16:
        return None
    bytes_a_second = struct.unpack("<I", form[8:12])[0]
    return size / bytes_a_second if bytes_a_second else None


def _aiff_seconds(form: bytes, _size: int) -> float | None:
    if len(form) < 18:
        return None
    samples, exponent, mantissa = struct.unpack(">2xI2xHQ", form)
    if not mantissa or not 16_383 <= exponent <= 16_383 + 32:
        return None
    return float(samples / (mantissa * 2.0 ** (exponent - 16_383 - 63)))
