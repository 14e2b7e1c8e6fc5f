"""MP4: a file of boxes, of which those named ``mdat`` hold the audio."""

from __future__ import annotations

import struct

from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable

_MOST = 20_000
"""Streams are saved in pieces of some seconds, each with a box of its own."""


def audio_boxes(file: CarefulFile, start: int) -> list[tuple[int, int]]:
    """Return where the audio is, from and to. Raises Unreadable where boxes are cut off or missing."""
    found: list[tuple[int, int]] = []
    names = set[bytes]()
    at = start
    for _ in range(_MOST):
        head = file.at(at, 16)
        if len(head) < 8:
            break
        size, name = struct.unpack(">I4s", head[:8])
        body = at + 8
        if size == 1 and len(head) == 16:
            size, body = struct.unpack(">Q", head[8:])[0], at + 16
        elif size == 0:
            size = file.size - at
        if size < body - at:
            raise Unreadable("is damaged: one of its parts has no length")
        names.add(name)
        if name == b"mdat":
            found.append((body, at + size))
        at += size
    if b"moov" not in names:
        raise Unreadable("is cut off: what says how to play it is missing")
    return found
