"""A title taken apart: the title proper, the version, the guests, and what is only noise."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from syncengine.core.identity import fold
from syncengine.core.spelling import squeeze
from syncengine.core.version_words import is_address, read_qualifier, split_trailing

_BRACKETS = re.compile(r"[(\[{【<]([^()\[\]{}【】<>]*)[)\]}】>]")
_DASH = re.compile(r"\s+[-–—|•·~〜/]+\s+|\s*[|〜]\s*|\s+-(?=\S)|(?<=[^\W\d_])-\s+")
_MARKS = re.compile(r"[(\[{【<|•·~〜/–—-]|\s(?:feat|ft)")
_GUESTS = re.compile(r"\s(?:feat\.?|ft\.?|featuring)\s+(.+?)(?=\s[-–—|]\s|[(\[]|$)")
_PART = re.compile(
    r"(?<![^\W_])(part|pt|parte|partie|teil|часть|ч|deel|vol|volume|chapter|kapitel|no|nr|№|#)"
    r"(?:\.\s*|\s+|(?<=[#№]))(\d+|[ivx]+|one|two|three|four|five|six|seven|eight|nine|ten)(?![^\W_])"
)
_ROMAN = re.compile(r"(?<=\S\s)(ii|iii|iv|vi|vii|viii|ix)$")
_NUMBER = re.compile(r"\d+")
_HELD = re.compile("[\ue000-\ue0ff]")
_VALUES = {
    word: value
    for words in (
        "i ii iii iv v vi vii viii ix x xi xii",
        "one two three four five six seven eight nine ten",
    )
    for value, word in enumerate(words.split(), 1)
}
_COUNTED = frozenset(("vol", "volume", "no", "nr", "№", "#", "chapter", "kapitel"))


class Title(NamedTuple):
    """A title as it is compared.

    ``bare`` is the squeezed title proper, ``whole`` has also what stands in brackets and is no version,
    ``others`` are those texts alone; ``numbers`` are all in ``whole``. ``kinds`` maps each kind of
    version to its detail; ``guests`` are featured artists as folded text. ``shown`` is the folded text.
    """

    shown: str
    bare: str
    whole: str
    others: tuple[str, ...]
    numbers: tuple[int, ...]
    kinds: dict[str, str]
    guests: tuple[str, ...]


class _Said(NamedTuple):
    """What was found on the way; in the text a mark of its own holds the place of each of ``others``."""

    kinds: dict[str, str]
    guests: list[str]
    others: list[str]


@lru_cache(maxsize=1024)
def read_title(text: str) -> Title:
    """Take a title apart."""
    folded = fold(text if text.isascii() else _HELD.sub("", text))
    if folded.isalpha():  # One word, and nothing to take apart.
        return Title(folded, squeeze(folded), squeeze(folded), (), (), {}, ())
    said = _Said({}, [], [])
    head, behind = folded, list[str]()
    if _MARKS.search(folded):
        head, *behind = _DASH.split(_without_guests(_without_brackets(folded, said), said.guests))
    if not head.strip() and behind:
        head, *behind = behind
    kept = [each for each in behind if _is_title_behind(each, said)]
    proper, trailing = split_trailing(" ".join(head.split()), said.kinds.keys())
    alone = " ".join(_HELD.sub(" ", proper).split()) if said.others else proper
    others = [_filled(each, said.others) for each in (*said.others, *kept) if each]
    in_order = _filled(" ".join((proper, *kept)), said.others)
    if not alone:  # All of it stood in brackets.
        alone, others = in_order.strip() or folded, []
    kinds = {**trailing, **said.kinds} if in_order.strip() else {}
    proper, in_order = _one_way(alone), _one_way(in_order) if others else ""
    bare = squeeze(proper)
    return Title(
        folded,
        bare,
        squeeze(in_order) if others else bare,
        tuple(filter(None, (squeeze(_one_way(each)) for each in others))),
        tuple(sorted(map(int, _NUMBER.findall(in_order or proper)))),
        kinds,
        tuple(said.guests),
    )


def _without_brackets(text: str, said: _Said) -> str:
    while found := _BRACKETS.search(text):
        inside, held = found[1], ""
        if not is_address(inside.strip()) and _is_title(inside, said):
            held = chr(0xE000 + len(said.others) % 256)
            said.others.append(inside)
        text = f"{text[: found.start()]} {held} {text[found.end() :]}"
    return text


def _filled(text: str, others: list[str]) -> str:
    """Return a text with what stood in brackets in its place."""
    for _ in others:  # Brackets may stand in brackets.
        if not _HELD.search(text):
            break
        text = _HELD.sub(lambda mark: f" {others[ord(mark[0]) - 0xE000]} ", text)
    return text


def _without_guests(text: str, guests: list[str]) -> str:
    found = _GUESTS.search(text)
    if not found:
        return text
    guests.append(_HELD.sub("", found[1]).strip())
    return text[: found.start()] + " " + text[found.end() :]


def _is_title(text: str, said: _Said) -> bool:
    """Tell whether a qualifier is part of the title; if not, put what it says where it belongs."""
    read = read_qualifier(text)
    if read is None:
        return True
    for kind, detail in read.kinds.items():
        said.kinds[kind] = said.kinds.get(kind) or detail
    said.guests.extend(read.guests)
    return False


def _is_title_behind(text: str, said: _Said) -> bool:
    """Do the same for what is behind a dash; what is in brackets there belongs to it."""
    if _is_title(_filled(text, said.others), said):
        return True
    for mark in _HELD.findall(text):
        said.others[ord(mark) - 0xE000] = ""
    return False


def _one_way(text: str) -> str:
    """Return a text with the numbers of its parts in one way of writing."""
    return _ROMAN.sub(lambda roman: str(_VALUES[roman[1]]), _PART.sub(_part, text.strip()))


def _part(found: re.Match[str]) -> str:
    sort, said = found[1], found[2]
    counted = sort in _COUNTED
    value = int(said) if said.isdigit() else _VALUES.get(said)
    if value is None or (counted and said.isalpha() and len(said) > 2 and sort in ("no", "nr")):
        return found[0]
    return f" {'no' if counted else 'part'} {value} "
