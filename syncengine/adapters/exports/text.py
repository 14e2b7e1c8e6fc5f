"""From bytes to text: which encoding a file is in, and where it is broken."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.errors import MalformedExport

_SAMPLE = 400
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FEWEST = 4
_KINDS = ((b"PK\x03\x04", "a zip archive"), (b"\x1f\x8b", "a gzip archive"), (b"%PDF", "a PDF"))
_SAVE_AGAIN = "save it again as UTF-8, or export again"
_ASCII = bytes(range(128))
_TOGETHER = re.compile(rb"[\x80-\xff]{2,}")
_KANA = (b"\x82", b"\x83")
_FEWEST_HIGH = 12
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file by line, each with its end.

    ``is_cut`` says that it ends inside a character. ``problem`` is set where the bytes are no Unicode
    and were read as Windows-1252: it is what to raise unless the text turns out to be an export.
    """

    lines: Sequence[str]
    is_cut: bool = False
    problem: MalformedExport | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)


def decode(path: str, content: bytes) -> Decoded:
    """Decode a file. Raises MalformedExport with the place of the first byte that cannot be right."""
    for start, kind in _KINDS:
        if content.startswith(start):
            raise MalformedExport(f"this is {kind}, not CSV: export again", file=path, line=1)
    wide = _UTF16.get(content[:2]) or _wide(content)
    if wide:
        return _decode_wide(path, content, wide)
    nul = content.find(b"\0")
    if nul >= 0:
        raise _misplaced(path, content, nul, "a NUL byte")
    try:
        return Decoded(_lines(content))
    except UnicodeDecodeError:
        return _repaired(path, content)


def is_wide(content: bytes) -> bool:
    """Return whether a file is in UTF-16; its beginning is enough."""
    return bool(_UTF16.get(content[:2]) or _wide(content))


def as_utf8(path: str, content: bytes) -> bytes:
    """Return UTF-16 as UTF-8, without a mark; other bytes as they are.

    Raises MalformedExport with the place of the first unit that cannot be right.
    """
    wide = _UTF16.get(content[:2]) or _wide(content)
    return _decode_wide(path, content, wide).text.encode() if wide else content


def _lines(content: bytes) -> list[str]:
    """Decode UTF-8 line by line: as one text, a single emoji would make it four times as large."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="").readlines()


def _cut(text: str) -> list[str]:
    return _LINE.findall(text)


def _repaired(path: str, content: bytes) -> Decoded:
    """Decode what is not sound UTF-8. Raises MalformedExport where that cannot be."""
    try:
        return Decoded(_cut(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        skipped = len(content) - len(error.object)  # the codec counts from behind the mark
        at = error.start + skipped
        what = f"byte 0x{content[at]:02x}, which is no UTF-8,"
        problem = _misplaced(path, content, at, what, _SAVE_AGAIN)
        if error.end == len(error.object) and error.reason == "unexpected end of data":
            return Decoded(_cut(content[:at].decode("utf-8-sig")), is_cut=True)
        text = _windows(content)
        if text is None:
            raise problem from error
        return Decoded(_cut(text), problem=problem)


def _wide(content: bytes) -> str | None:
    """Tell UTF-16 without a mark by its NULs, which are every second byte of Latin letters."""
    start = content[:_SAMPLE]
    low, high = start[::2].count(0), start[1::2].count(0)
    most = max(low, high)
    if min(low, high) or most < _FEWEST or most * 4 < len(start):
        return None
    return "utf-16-be" if low else "utf-16-le" if high else None


def _decode_wide(path: str, content: bytes, encoding: str) -> Decoded:
    is_odd = bool(len(content) % 2)
    try:
        text = content[: len(content) - is_odd].decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.end == len(error.object) and error.reason == "unexpected end of data":
            sound = content[: error.start].decode(encoding).removeprefix("\ufeff")
            return Decoded(_cut(sound), is_cut=True)
        raise _misplaced(path, content, error.start, "a unit that is no UTF-16") from error
    nul = text.find("\0")
    if nul >= 0:
        at = len(text[:nul].encode(encoding))
        raise _misplaced(path, content, at, "a NUL character")
    return Decoded(_cut(text), is_cut=is_odd)


def _windows(content: bytes) -> str | None:
    """Decode as Windows-1252; None where that cannot be, or where some of it is sound UTF-8.

    Text of that code page has hardly ever two letters in a row that make one of UTF-8. A file that
    has such pairs and breaks elsewhere is damaged UTF-8, and reading it would garble every letter.
    The same holds for what another code page wrote.
    """
    repaired = content.decode("utf-8", "ignore")
    if not repaired.removeprefix("\ufeff").isascii() or _is_foreign(content):
        return None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _is_foreign(content: bytes) -> bool:
    """Return whether another code page than Windows-1252 wrote a text that is no Unicode.

    In Western Europe letters with accents stand among plain ones, seldom two together; Cyrillic, Greek,
    Chinese or Korean text has hardly anything else. In Japanese Shift-JIS, kana begin with the bytes of
    two signs that hardly any Western text has. Few such bytes prove nothing.
    """
    high = content.translate(None, _ASCII)
    if len(high) < _FEWEST_HIGH:
        return False
    together = sum(len(found) for found in _TOGETHER.findall(content))
    kana = sum(map(high.count, _KANA))
    return together * 4 > len(high) * 3 or kana * 4 > len(high)


def _misplaced(
    path: str, content: bytes, at: int, what: str, advice: str = "export or download it again"
) -> MalformedExport:
    line_start = content.rfind(b"\n", 0, at) + 1
    return MalformedExport(
        f"{what} at byte {at + 1} of the file; {advice}",
        file=path,
        line=content.count(b"\n", 0, at) + 1,
        column=at - line_start + 1,
    )
