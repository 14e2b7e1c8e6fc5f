"""Audio files without tags, in real containers, made byte by byte: silence, or something like it.

Each function takes ``noise``, bytes that go into the audio so that two files differ, and how many
milliseconds the file says that it lasts. Files stay small: a long one says more than it holds.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache

RATE = 8_000
"""Samples a second of most of them."""
_MANY = 24
"""Frames or samples that a file holds at most, but where every one counts."""
_FLAC_FRAME = b"\xff\xf8\x70\x08"
"""Fixed block size, given in 16 bits; rate as in STREAMINFO; mono; 16 bits a sample."""


def wav(noise: bytes, milliseconds: int) -> bytes:
    """Return eight bits, mono, at a hundredth of the usual rate."""
    rate = 100
    data = _repeated(noise, rate * milliseconds // 1000)
    form = struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)
    return _riff(((b"fmt ", form), (b"data", data)))


def _riff(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def aiff(noise: bytes, milliseconds: int) -> bytes:
    """Return eight bits, mono, at a hundred samples a second."""
    data = _repeated(noise, 100 * milliseconds // 1000)
    # The rate is an 80-bit float: 100 = 1.5625 * 2 ** 6.
    rate = struct.pack(">HQ", 16383 + 6, 100 << 57)
    comm = struct.pack(">hIh", 1, len(data), 8) + rate
    chunks = ((b"COMM", comm), (b"SSND", bytes(8) + data))
    body = b"AIFF" + b"".join(
        name + struct.pack(">I", len(chunk)) + chunk + b"\0" * (len(chunk) % 2)
        for name, chunk in chunks
    )
    return b"FORM" + struct.pack(">I", len(body)) + body


def mp3(noise: bytes, milliseconds: int) -> bytes:
    """Return MPEG 2.5 layer 3, mono: a Xing header that says how long, and silent frames."""
    count = max(1, round(milliseconds / 72))
    xing = b"Xing" + struct.pack(">II", 1, count)
    # Bytes from 128 on could look like the start of a frame.
    quiet = bytes(byte & 0x7F for byte in _repeated(noise, 59 * min(count, _MANY)))
    frames = [_mp3_frame(bytes(9) + xing)]
    frames += [_mp3_frame(bytes(9) + quiet[n : n + 59]) for n in range(0, len(quiet), 59)]
    return b"".join(frames)


def _mp3_frame(content: bytes) -> bytes:
    return b"\xff\xe3\x18\xc4" + content.ljust(68, b"\0")


def adts(noise: bytes, milliseconds: int) -> bytes:
    """Return AAC in its bare form; every frame counts, so a minute takes 11 kB."""
    count = max(3, round(milliseconds / 128))
    several = min(count, _MANY)
    quiet = bytes(byte & 0x7F for byte in _repeated(noise, 16 * several))
    # Sync word, MPEG-4, no checksum, AAC LC, 8 kHz, mono, 23 bytes a frame, variable rate.
    header = (
        (0xFFF << 44) | (1 << 40) | (1 << 38) | (11 << 34) | (1 << 30) | (23 << 13) | (0x7FF << 2)
    )
    head = header.to_bytes(7, "big")
    frames = [head + quiet[16 * n : 16 * n + 16] for n in range(several)]
    return b"".join(frames[n % several] for n in range(count))


def flac(noise: bytes, milliseconds: int) -> bytes:
    """Return sixteen bits, mono, each block one constant value."""
    total = max(16, RATE * milliseconds // 1000)
    block = min(65_535, max(16, -(-total // _MANY)))
    block = max(block, -(-total // 100))
    values = struct.unpack(">100h", _repeated(noise, 200))
    frames, left, number = [], total, 0
    while left > 0:
        frames.append(_flac_frame(number, min(block, left), values[number % 100]))
        left -= block
        number += 1
    bits = (RATE << 44) | (0 << 41) | (15 << 36) | total
    info = struct.pack(">HH", block, block) + bytes(6) + bits.to_bytes(8, "big") + bytes(16)
    head = b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info
    return head + b"".join(frames)


def flac_audio(file: bytes) -> int:
    """Return where the audio of a made FLAC file starts."""
    return file.index(_FLAC_FRAME)


def _flac_frame(number: int, samples: int, value: int) -> bytes:
    head = _FLAC_FRAME + bytes([number]) + struct.pack(">H", samples - 1)
    head += bytes([_crc(head, 8, 0x07)])
    body = head + b"\x00" + struct.pack(">h", value)
    return body + _crc(body, 16, 0x8005).to_bytes(2, "big")


def _crc(data: bytes, width: int, polynomial: int) -> int:
    table, crc, mask = _crc_table(width, polynomial), 0, (1 << width) - 1
    for byte in data:
        crc = ((crc << 8) & mask) ^ table[(crc >> (width - 8)) ^ byte]
    return crc


@cache
def _crc_table(width: int, polynomial: int) -> list[int]:
    table, top, mask = [], 1 << (width - 1), (1 << width) - 1
    for byte in range(256):
        crc = byte << (width - 8)
        for _ in range(8):
            crc = ((crc << 1) ^ (polynomial if crc & top else 0)) & mask
        table.append(crc)
    return table


def m4a(noise: bytes, milliseconds: int) -> bytes:
    """Return AAC in MP4, its index before the audio."""
    esds = bytes.fromhex("03190000000411401500000000000000000000000502118806010200")[:27]
    return _mp4(noise, milliseconds, b"mp4a", box(b"esds", bytes(4) + esds))


def alac(noise: bytes, milliseconds: int) -> bytes:
    """Return Apple Lossless in MP4."""
    cookie = struct.pack(">IBBBBBBHIII", 4096, 0, 16, 40, 10, 14, 1, 255, 0, 0, RATE)
    return _mp4(noise, milliseconds, b"alac", box(b"alac", bytes(4) + cookie))


def _mp4(noise: bytes, milliseconds: int, codec: bytes, setup: bytes) -> bytes:
    samples = [_repeated(noise, 40 * (n + 1))[40 * n :] for n in range(_MANY)]
    length = RATE * milliseconds // 1000
    kind = box(b"ftyp", b"M4A \0\0\0\0M4A mp42isom")
    # The offset of the audio does not change the size of the index, so a guess is made first.
    start = len(kind) + len(_mp4_index(samples, length, codec, setup, 0)) + 8
    index = _mp4_index(samples, length, codec, setup, start)
    return kind + index + box(b"mdat", b"".join(samples))


def _mp4_index(samples: list[bytes], length: int, codec: bytes, setup: bytes, start: int) -> bytes:
    many = len(samples)
    entry = bytes(6) + struct.pack(">H8xHHHHI", 1, 1, 16, 0, 0, RATE << 16) + setup
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1) + box(codec, entry)),
        box(b"stts", struct.pack(">IIII", 0, 1, many, length // many)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, many, 1)),
        box(b"stsz", struct.pack(">III", 0, 0, many), *(struct.pack(">I", 40) for _ in samples)),
        box(b"stco", struct.pack(">III", 0, 1, start)),
    )
    place = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1")))
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, RATE, length, 0x55C4, 0)),
        box(b"hdlr", bytes(8) + b"soun" + bytes(13)),
        box(b"minf", box(b"smhd", bytes(8)), place, table),
    )
    unit = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    track = struct.pack(">IIIIII8xHHHH", 7, 0, 0, 1, 0, length, 0, 0, 0x100, 0) + unit + bytes(8)
    whole = struct.pack(">IIIIIIH10x", 0, 0, 0, RATE, length, 0x10000, 0x100) + unit + bytes(24)
    return box(
        b"moov",
        box(b"mvhd", whole + struct.pack(">I", 2)),
        box(b"trak", box(b"tkhd", track), media),
    )


def box(name: bytes, *content: bytes) -> bytes:
    """Return a box of MP4."""
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def vorbis(noise: bytes, milliseconds: int) -> bytes:
    """Return Ogg Vorbis: three headers, then packets that no decoder has to like."""
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, RATE, 0, 8_000, 0, 0xB8, 1)
    setup = b"\x05vorbis" + bytes(60)
    comment = b"\x03vorbis" + _no_comments() + b"\x01"
    return _ogg([head], [comment, setup], noise, RATE * milliseconds // 1000)


def opus(noise: bytes, milliseconds: int) -> bytes:
    """Return Ogg Opus, which counts 48,000 samples a second."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, RATE, 0, 0)
    comment = b"OpusTags" + _no_comments()
    return _ogg([head], [comment], noise, 48 * milliseconds + 312)


def _no_comments() -> bytes:
    return struct.pack("<I", 5) + b"tests" + struct.pack("<I", 0)


def _ogg(first: list[bytes], others: list[bytes], noise: bytes, samples: int) -> bytes:
    quiet = _repeated(noise, 3 * 600)
    pages = [page(0, 2, 0, first), page(1, 0, 0, others)]
    for n in range(3):
        packets = [quiet[600 * n : 600 * n + 200], quiet[600 * n + 200 : 600 * n + 600]]
        last = n == 2
        pages.append(page(n + 2, 4 if last else 0, samples * (n + 1) // 3, packets))
    return b"".join(pages)


_BACKWARDS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def checked_anew(file: bytes) -> bytes:
    """Return an Ogg file with its checksums made anew."""
    made, at = [], 0
    while at < len(file):
        lacing = file[at + 27 : at + 27 + file[at + 26]]
        end = at + 27 + len(lacing) + sum(lacing)
        made.append(_with_checksum(file[at : at + 22], file[at + 26 : end]))
        at = end
    return b"".join(made)


def page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    """Return a page of Ogg that ends with its last packet."""
    lacing = b"".join(
        b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets
    )
    start = struct.pack("<4sBBqII", b"OggS", 0, flags, position, 4711, number)
    rest = bytes([len(lacing)]) + lacing + b"".join(packets)
    return _with_checksum(start, rest)


def _with_checksum(start: bytes, rest: bytes) -> bytes:
    # Ogg's checksum is zlib's with every bit the other way round, and no inversion.
    whole = (start + bytes(4) + rest).translate(_BACKWARDS)
    crc = ~zlib.crc32(whole, 0xFFFFFFFF) & 0xFFFFFFFF
    return start + crc.to_bytes(4, "big").translate(_BACKWARDS) + rest


def _repeated(noise: bytes, length: int) -> bytes:
    return (noise * (length // len(noise) + 1))[:length]


CONTAINERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "mp3": mp3,
    "m4a": m4a,
    "alac": alac,
    "flac": flac,
    "wav": wav,
    "aiff": aiff,
    "ogg": vorbis,
    "opus": opus,
    "aac": adts,
}
"""What makes each kind of file; the endings are these names, but for ``alac``, which is ``.m4a``."""
