"""Names that every file system takes: of folders and files that are made from titles.

What Linux, macOS and Windows refuse or change is replaced. Two names that any of them takes for one get
a suffix that follows from the key of the thing, so it is the same from run to run.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice

LONGEST = 200
"""In bytes of UTF-8, suffix and extension included: ext4, APFS and NTFS take 255 bytes or units, and what
synchronises folders (Dropbox, eCryptfs) less."""
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)
"""Windows: learn.microsoft.com/windows/win32/fileio/naming-a-file."""
_REPLACED = str.maketrans(
    {"/": "-", "\\": "-", ":": "-", "|": "-", "<": "(", ">": ")", '"': "'", "?": "", "*": ""}
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and direction characters, half surrogates, private and unassigned ones, line ends."""
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
"""Kept: emoji and several scripts are spelt with them."""
_SUFFIX_DIGITS = 4
_LOOKED_AT = 6
"""So many of a key's names are tried to find out whether the one it has fits."""


def safe_name(text: str, *, extension: str = "", longest: int = LONGEST) -> str:
    """Return a name for a text: never empty, never one that leads elsewhere, at most ``longest`` bytes.

    ``extension`` (with its dot) is kept whole.
    """
    composed = unicodedata.normalize("NFC", text).translate(_REPLACED)
    seen = "".join(map(_seen, composed))
    name = " ".join(seen.split())
    name = _fitting(name, longest - len(extension.encode())).strip(" .")
    if not name or name.partition(".")[0].rstrip().casefold() in _RESERVED:
        name = f"_{name}"
    return name + extension


def distinct_names(
    wanted: Mapping[str, str],
    *,
    extensions: Mapping[str, str] | None = None,
    longest: int = LONGEST,
    kept: Mapping[str, str] | None = None,
    reserved: Iterable[str] = (),
) -> dict[str, str]:
    """Return a safe name for the text of each key, such that no file system takes two for one.

    Of those that would collide all but the one with the least key get a suffix made of their key; of
    ``extensions`` each key has its own. The same keys and texts give the same names in any order.
    ``kept`` are names that keys have already: who has one that fits its text keeps it, whoever comes
    later. Nobody gets a ``reserved`` name.
    """
    found: dict[str, str] = {}
    taken = {folded(name) for name in reserved}
    endings = extensions or {}

    def take(key: str, name: str) -> bool:
        if folded(name) in taken:
            return False
        taken.add(folded(name))
        found[key] = name
        return True

    for key, name in sorted((kept or {}).items()):
        if key in wanted and name in islice(
            _names_of(key, wanted[key], endings.get(key, ""), longest), _LOOKED_AT
        ):
            take(key, name)
    for key in sorted(wanted.keys() - found.keys()):
        any(take(key, name) for name in _names_of(key, wanted[key], endings.get(key, ""), longest))
    return found


def _names_of(key: str, text: str, ending: str, longest: int) -> Iterator[str]:
    """Yield the names that a key may have, the best first: its text, and that with a longer suffix each."""
    yield safe_name(text, extension=ending, longest=longest)
    digits = blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    for count in range(_SUFFIX_DIGITS, len(digits) + 1):
        yield safe_name(text, extension=f" ~{digits[:count]}{ending}", longest=longest)


def folded(name: str) -> str:
    """Return what names have in common that some file system, or a person, takes for one.

    Neither case nor accents count: HFS+ and NTFS ignore case, and a folder may be copied to either.
    """
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()


def _seen(character: str) -> str:
    if character in _JOINERS:
        return character
    if character in "\t\n\r\v\f":
        return " "
    return "" if unicodedata.category(character) in _UNSEEN else character


def _fitting(name: str, most: int) -> str:
    """Return as much of a name as fits into so many bytes, without cutting a character from its marks."""
    encoded = name.encode()
    if len(encoded) <= most:
        return name
    kept = encoded[:most].decode(errors="ignore")
    rest = name[len(kept) :]
    while kept and rest and (unicodedata.combining(rest[0]) or rest[0] in _JOINERS):
        rest = kept[-1] + rest
        kept = kept[:-1]
    return kept.rstrip(_JOINERS)
