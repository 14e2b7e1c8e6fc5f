"""The text of a playlist's list, an .m3u8: it says whose it is, and whether anybody edited it since."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from syncengine.core.placing import ListEntry

__all__ = ["ENDING", "ListEntry", "is_as_written", "key_of", "list_digest", "list_text"]

ENDING = ".m3u8"
_SIGN = "#SYNCENGINE:"
_DIGEST = 16


def list_text(name: str, key: str, entries: Sequence[ListEntry]) -> str:
    """Return the list of a playlist: entries in order, lines that end in LF.

    Titles and names are one line each, whatever is in them.
    """
    rest = [f"#PLAYLIST:{_line(name)}"]
    for entry in entries:
        seconds = -1 if entry.seconds is None else entry.seconds
        rest += [f"#EXTINF:{seconds},{_line(entry.title)}", _file(entry.file)]
    return _signed(key, ["#EXTM3U", *rest])


def list_digest(text: str) -> str:
    """Return the digest of a whole list, 16 bytes in hexadecimal."""
    return blake2b(list_bytes(text), digest_size=_DIGEST).hexdigest()


def key_of(text: str) -> str | None:
    """Return the key of the playlist whose list this is; None for a list that is none of ours."""
    sign = _sign_of(text)
    return None if sign is None else sign[0]


def is_as_written(text: str) -> bool:
    """Tell whether a list is ours, and as it was written."""
    sign = _sign_of(text)
    return sign is not None and _signed(sign[0], _without_sign(text)) == text


def list_bytes(text: str) -> bytes:
    """Return a list as it is on disk: UTF-8, and names that are no text as the bytes they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as Windows allows in names
        return text.encode("utf-8", "surrogatepass")


def text_of(content: bytes) -> str:
    """Return the text of what is on disk, whatever it is."""
    return content.decode("utf-8", "surrogateescape")


def _signed(key: str, lines: Sequence[str]) -> str:
    """Return lines with the sign behind the second: it has a digest of all the others."""
    rest = "\n".join(lines)
    digest = blake2b(list_bytes(rest), digest_size=_DIGEST).hexdigest()
    signed = [*lines[:2], f"{_SIGN}{key} {digest}", *lines[2:]]
    return "\n".join(signed) + "\n"


def _sign_of(text: str) -> tuple[str, str] | None:
    """Return key and digest of the sign in the first comments; editors may add a mark and other ends."""
    for line in text.removeprefix("\ufeff").split("\n"):
        if not line.startswith("#") or line.startswith("#EXTINF"):
            return None
        if line.startswith(_SIGN):
            key, _, digest = line.removeprefix(_SIGN).rstrip("\r").rpartition(" ")
            return (key, digest) if key else None
    return None


def _without_sign(text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    del lines[2:3]
    return lines


def _line(text: str) -> str:
    """Return a text as one line that every player takes."""
    shown = text.encode("utf-8", "replace").decode().replace("\0", "")
    return " ".join(each for each in shown.splitlines() if each).strip()


def _file(name: str) -> str:
    """Return the name of a file beside the list; one that would read as a comment starts with a dot."""
    line = " ".join(name.splitlines())
    return f"./{line}" if line.startswith("#") or line[:1].isspace() else line
