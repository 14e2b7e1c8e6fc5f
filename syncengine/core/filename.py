"""Names of files as texts: every one can be printed, stored and compared."""

from __future__ import annotations


def as_text(name: str) -> str:
    """Return a file name as sound text: bytes that are no UTF-8 are read as Windows-1252.

    Python hands such bytes on as lone surrogates (PEP 383), which no database and no UTF-8 output
    takes. Names that are sound stay as they are.
    """
    if name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        return _bytes_of(name).decode("cp1252", "replace")
    return name


def _bytes_of(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair, as Windows allows them in names
        return name.encode("utf-8", "replace")
