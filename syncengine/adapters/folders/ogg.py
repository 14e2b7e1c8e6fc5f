"""Ogg: where the pages with audio begin, and which of their bytes depend on what stands before them."""

from __future__ import annotations

import struct

from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable
from syncengine.adapters.folders.container import Container

_MOST_PAGES = 10_000
_MOST_COMMENTS = 10_000
HEAD = 27
"""Bytes of a page's head, before the sizes of what is in the page."""
_VOLATILE = slice(14, 26)
"""Within a page's head: stream number, page number, checksum, which change with the tags."""
_HEADERS = {Container.VORBIS: 3, Container.OPUS: 2, Container.SPEEX: 2}
_BEFORE_COMMENTS = {
    Container.VORBIS: 7,
    Container.OPUS: 8,
    Container.SPEEX: 0,
    Container.OGG_FLAC: 4,
}


def audio_start(file: CarefulFile, container: Container, start: int) -> int:
    """Return where the first page of audio stands. Raises Unreadable.

    Audio begins on a new page, behind the packets that are headers, of which the second has the tags.
    """
    at, packets, wanted = start, 0, _HEADERS.get(container, 0)
    second = b""
    for _ in range(_MOST_PAGES):
        head = file.at(at, HEAD + 255)
        if head[:4] != b"OggS" or len(head) <= HEAD:
            break
        lacing = head[HEAD : HEAD + head[26]]
        body = at + HEAD + len(lacing)
        if packets == 1 and len(second) < 1 << 16:
            second += file.at(body, min(sum(lacing), 1 << 16))
        if not wanted:  # FLAC in Ogg says itself how many headers follow the first
            wanted = 1 + (struct.unpack(">H", file.at(body + 7, 2).rjust(2, b"\0"))[0] or 1)
        packets += sum(size < 255 for size in lacing)
        at = body + sum(lacing)
        if packets >= wanted:
            _check_comments(second[_BEFORE_COMMENTS[container] :])
            return at
    raise Unreadable("is cut off before its audio")


def _check_comments(content: bytes) -> None:
    """Raise Unreadable where so many tags are announced that reading them would take minutes."""
    if len(content) >= 4:
        vendor = struct.unpack("<I", content[:4])[0]
        count = content[4 + vendor : 8 + vendor]
        if len(count) == 4 and struct.unpack("<I", count)[0] > _MOST_COMMENTS:
            raise Unreadable("is damaged: it has more tags than any audio file")


def without_numbers(content: bytes, keep: int) -> bytes:
    """Return the last ``keep`` bytes of a part of the file, with what depends on the tags as zeros."""
    bare = bytearray(content)
    at = content.find(b"OggS")
    while at >= 0:
        place = slice(at + _VOLATILE.start, min(len(bare), at + _VOLATILE.stop))
        bare[place] = bytes(max(0, place.stop - place.start))
        at = content.find(b"OggS", at + 4)
    return bytes(bare[len(bare) - keep :])
