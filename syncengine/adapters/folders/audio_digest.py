"""A digest of the audio alone: the same after a file was moved or its tags were written anew."""

from __future__ import annotations

import hashlib

from syncengine.adapters.folders.careful_file import CarefulFile
from syncengine.adapters.folders.ogg import HEAD, without_numbers
from syncengine.adapters.folders.payload import Payload

SAMPLE = 16_384
"""Bytes of each of the three samples: at the start, in the middle, at the end."""
_DIGEST = 16


def audio_digest(file: CarefulFile, payload: Payload) -> str | None:
    """Return the digest of size and samples, 16 bytes in hexadecimal; None where there is no audio."""
    size = payload.size
    if size <= 0:
        return None
    digest = hashlib.blake2b(size.to_bytes(8, "big"), digest_size=_DIGEST)
    if size <= 3 * SAMPLE:
        places = [(0, size)]
    else:
        places = [(0, SAMPLE), ((size - SAMPLE) // 2, SAMPLE), (size - SAMPLE, SAMPLE)]
    for offset, length in places:
        digest.update(_sample(file, payload, offset, length))
    return digest.hexdigest()


def _sample(file: CarefulFile, payload: Payload, offset: int, length: int) -> bytes:
    if payload.paged:
        before = min(offset, HEAD)
        content = _bytes(file, payload, offset - before, length + before)
        return without_numbers(content, len(content) - before)
    return _bytes(file, payload, offset, length)


def _bytes(file: CarefulFile, payload: Payload, offset: int, length: int) -> bytes:
    """Return bytes of the audio as if its parts stood behind each other."""
    found = []
    for start, end in payload.parts:
        size = end - start
        if offset < size and length > 0:
            piece = min(length, size - offset)
            found.append(file.at(start + offset, piece))
            offset, length = 0, length - piece
        else:
            offset -= size
    return b"".join(found)
