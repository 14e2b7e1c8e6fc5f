"""The words behind a title that say which version it is: live, whose remix, acoustic, sped up..

Words are looked for in brackets and behind a dash, and the plainest of them at the end of a title.
They are folded like titles, which in Japanese makes ``ライブ`` (live) and ``ライフ`` (life) one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from syncengine.core.identity import fold
from syncengine.core.spelling import squeeze

# CJK writes no gaps between words.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def _folded(words: str) -> str:
    """Return a pattern with its CJK words folded, as the texts are that it is held against."""
    return _CJK.sub(lambda run: fold(run[0]), words)


# Kind of version: what it is called. Patterns; the first that fits a place takes it.
_WORDS: tuple[tuple[str, str], ...] = (
    ("explicit", r"explicit|uncensored|dirty"),
    ("clean", r"clean|censored"),
    ("karaoke", (r"karaoke|backing track|sing[ -]?along|in the style of|(?:originally|as) performed by"
                r"|made famous by|караоке|カラオケ|노래방")),
    ("live", (r"recorded live|live|en vivo|ao vivo|en directo|en direct|dal vivo|in conc?ert[o]?"
             r"|en concert|im konzert|na zywo|zive|nazivo|canli|концерт\w*|вживую|ζωντανα|בהופעה|لايف"
             r"|ライブ|ライヴ|现场(?:版)?|現場(?:版)?|라이브")),
    ("unplugged", r"unplugged"),
    ("extended", r"extended|long version|12[\"”'’]*(?: inch)?(?= (?:mix|version))|maxi"),
    ("radio edit", r"radio (?:edit|version|mix|cut)|radioversion"),
    ("single", r"single (?:edit|version|mix)|7[\"”'’]+(?: (?:edit|version|mix))?"),
    ("short", r"tv[ -]?(?:size|edit|サイズ)|short (?:edit|ver(?:sion)?)|snippet|preview|teaser"),
    ("remaster", r"(?:digital(?:ly)? )?remaster\w*|リマスター\w*|ремастер\w*|리마스터\w*|重制版"),
    ("rerecorded", r"re-?record(?:ed|ing)|taylor[’'`]?s version|new recording|regrabad[oa]|neuaufnahme"),
    ("mashup", r"mash[ -]?up"),
    ("bootleg", r"bootleg"),
    ("vip", r"vip(?: (?:re)?mix)?"),
    ("dub", r"dub(?: (?:mix|version))?"),
    ("remix", r"remix(?:ed|es)?|rmx|rework(?:ed)?|refix|flip|ремикс|リミックス|리믹스|混音(?:版)?"),
    ("acoustic", (r"acoustic|acustic[oa]|acoustique|ac[ou]ustico|akustik|akustisch|akustyczn\w+|stripped"
                 r"|акустик\w*|акустическ\w+|アコースティック|어쿠스틱|不插电")),
    ("instrumental", (r"instrumentale?|off[ -]vocal|minus one|инструментал\w*|インスト(?:ゥルメンタル)?"
                     r"|伴奏|반주")),
    ("a cappella", r"a ?capp?ell?a|акапелла|アカペラ|vocals only"),
    ("orchestral", r"orchestral|symphonic|orquestal|orchestre"),
    ("cover", r"covers?(?= by| of|$)|covered|tribute|кавер|カバー|커버|歌ってみた"),
    ("nightcore", r"nightcore"),
    ("sped up", r"sped[ -]?up|speed(?:ed)?[ -]?up|faster|acelerad[oa]|ускоренн\w+"),
    ("slowed", r"slowed(?: down)?|chopped|screwed|ralentizad[oa]|desacelerad[oa]|замедленн\w+"),
    ("reverb", r"reverb(?:ed)?"),
    ("8d", r"8d(?: audio)?"),
    ("bass boosted", r"bass ?boost(?:ed)?"),
    ("demo", r"demo(?: tape)?|voice memo|maqueta|maquette|демо|デモ|데모"),
    ("session", r"sessions?|sesion(?:es)?|tiny desk|spotify singles"),
    ("take", r"(?:alternat(?:e|ive)|alt\.?) (?:take|version|mix)|outtake|rehearsal|take(?= \d)"),
    ("mono", r"mono(?:phonic)?"),
    ("stereo", r"stereo"),
    ("intro", r"intro(?:duction)?"),
    ("outro", r"outro"),
    ("interlude", r"interlude|interludio|skit"),
    ("reprise", r"reprise"),
    ("medley", r"medley"),
    ("mix", r"mix"),
    ("edit", r"edit"),
)  # fmt: skip
_TRAILING = (
    r"live|en vivo|ao vivo|en directo|dal vivo|ライブ|ライヴ|remix|acoustic|acustico|instrumental|karaoke"
    r"|sped up|slowed(?: down)?|slowed (?:and|&|\+) reverb|reverb|nightcore|demo|radio edit|unplugged"
    r"|extended(?: mix| version)?|remaster(?:ed)?(?: \d{4})?|\d{4} remaster(?:ed)?|a ?capp?ella"
    r"|cover|8d audio|bass boosted"
)
_NOISE = (
    r"(?:the )?official(?: (?:music|lyrics?|hd|4k|live|audio))?(?: (?:video|audio|clip|visuali[sz]er))?"
    r"|(?:music|lyrics?) video|clip officiel|video ?clip(?: oficial| ufficiale)?|video oficial"
    r"|(?:full )?audio|visuali[sz]er|(?:with )?lyrics?|letra|lyrics? on screen|m ?/? ?v|hd|hq|4k|1080p|720p"
    r"|\d{2,3} ?kbps|\d{2} ?bit|flac|mp3|wav|free (?:download|dl)|out now|ncs release|copyright free"
    r"|premiere|color coded|eng sub|subtitulad[oa]|testo|paroles|текст|клип|премьера(?: клипа)?(?: \d{4})?"
    r"|公式|官方\w*|プロモーション\w*"
)
_NEUTRAL = (
    r"(?:the )?(?:original|album|studio|lp|ep|main|full|standard|regular)(?: (?:mix|version|ver\.?|recording"
    r"|audio|length))?|original|bonus(?: track)?|deluxe(?: edition| version)?|anniversary(?: edition)?"
    r"|from .+|taken from .+|theme from .+|music from .+|(?:.+ )?soundtrack|ost"
    r"|prod(?:\.|uced)?(?: by)? .+|aus .+film.+|de la pelicula .+|\(?c\)? ?\d{4}|(?:19|20)\d\d|"
    + _NOISE
)
_FILLER = re.compile(
    r"\b(?:the|a|version|versione|ver\.?|versao|fassung|recording|at|in|from|on|by|de|en|feat|video|official"
    r"|audio|music|original|album|track|take|s|of|with)\b|" + _folded("ヴァージョン|バージョン|版")
)
_VERSION = re.compile(
    r"\b(?:version|versione|versao|ver\.?|fassung|take|rendition|edition)\b|版$|버전|バージョン"
)
_FEATURE = re.compile(
    r"^(?:feat(?:uring)?|ft|with|w/|con|avec|mit|при уч\.?|уч|part\.)\.? +(.+)$", re.DOTALL
)


def _any_of(kinds: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    """Return the pattern of all words, in groups ``w`` or ``c`` and their number.

    Words in scripts that write gaps stand between borders, so only at these a word is looked for.
    """
    spaced, close = [], []
    for number, (_, words) in enumerate(kinds):
        each = _alternatives(words)
        wide = "|".join(word for word in each if not _CJK.match(word))
        tight = "|".join(_folded(word) for word in each if _CJK.match(word))
        spaced += [f"(?P<w{number}>{wide})"] if wide else []
        close += [f"(?P<c{number}>{tight})"] if tight else []
    borders = rf"(?<![^\W_])(?:{'|'.join(spaced)})(?![^\W_])"
    return re.compile(rf"{borders}|(?={_CJK.pattern})(?:{'|'.join(close)})")


def _alternatives(words: str) -> list[str]:
    """Split a pattern at the bars that stand in no brackets."""
    found, depth = [""], 0
    for mark in words:
        depth += (mark == "(") - (mark == ")")
        if mark == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += mark
    return found


KINDS = tuple(kind for kind, _ in _WORDS)
"""What kinds of version there are."""
_ANY = _any_of(_WORDS)
_TRAIL = re.compile(rf"(?<=\S)\s+({_folded(_TRAILING)})$")
_TRAIL_NOISE = re.compile(
    r"(?<=\S)\s+(?:official(?: (?:music|lyrics?))? (?:video|audio)|music video|lyrics? video|lyrics"
    r"|hd|hq|4k|\d{3} ?kbps)$"
)
_QUIET = re.compile(_folded(rf"(?:{_NEUTRAL})(?:[ ,/&+-]+(?:{_NOISE}))*\Z"))
_YOUTUBE = re.compile(r"(?=.*[0-9_])(?=.*[a-z])[0-9a-z_-]{11}\Z")


class Qualifier(NamedTuple):
    """What stands in brackets or behind a dash.

    ``kinds`` maps each kind of version to whose, where or which (squeezed, may be empty); ``guests`` are
    featured artists as folded text. With neither it is noise that says nothing of the recording.
    """

    kinds: dict[str, str]
    guests: tuple[str, ...] = ()


_SILENT = Qualifier({})


@lru_cache(maxsize=8_192)
def read_qualifier(text: str) -> Qualifier | None:
    """Read a folded text from brackets or from behind a dash; None where it is part of the title."""
    text = text.strip(" .")
    if not text or _QUIET.match(text):
        return _SILENT
    found = _FEATURE.match(text)
    if found and not _ANY.search(found[1]):
        return Qualifier({}, (found[1],))
    kinds, rest = _kinds_in(text)
    if kinds:
        detail = squeeze(_FILLER.sub(" ", rest)) if _FILLER.sub(" ", rest).strip(" .,'’&+-") else ""
        return Qualifier({kind: detail if kind in DETAILED else "" for kind in kinds})
    if _VERSION.search(text):
        return Qualifier({"version": squeeze(_FILLER.sub(" ", text))})
    return None


def _kinds_in(text: str) -> tuple[list[str], str]:
    kinds: list[str] = []

    def take(found: re.Match[str]) -> str:
        kinds.append(KINDS[int((found.lastgroup or "w0")[1:])])
        return " "

    rest = _ANY.sub(take, text)
    named = [each for each in dict.fromkeys(kinds) if each != "mix" or len(set(kinds)) == 1]
    return named, rest


DETAILED = frozenset(
    {
        "live",
        "remix",
        "mix",
        "edit",
        "bootleg",
        "vip",
        "dub",
        "session",
        "cover",
        "take",
        "demo",
        "intro",
        "outro",
        "reprise",
        "interlude",
    }
)
"""Kinds of which it matters whose they are, or where they were made."""


def split_trailing(text: str, said: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return a folded title without the version words and the noise at its end, and the kinds.

    A word for a kind that is also said elsewhere belongs to the title: ``Long Live (Live)``.
    """
    kinds: dict[str, str] = {}
    while found := _TRAIL_NOISE.search(text) or _TRAIL.search(text):
        if found.re is _TRAIL:
            named = _kinds_in(found[1])[0]
            if any(each in said for each in named):
                break
            kinds.update(dict.fromkeys(named, ""))
        text = text[: found.start()].rstrip(" -–—,")
    return text, kinds


_HINT = re.compile(
    r"\blive (?:at|from|in|on)\b|[(\[]live\b|- live\b|^live$|\blive (?:album|session|tour)|\bin concert\b"
    r"|en vivo|ao vivo|en directo|dal vivo|"
    + _folded("ライブ")
    + r"|(?P<unplugged>unplugged)|(?P<acoustic>\(acoustic|acoustic version)"
    r"|(?P<orchestral>\bsymphony|philharmoni[ck]|with (?:the )?.*orchestra)"
    r"|(?P<instrumental>instrumentals?\b)|(?P<karaoke>karaoke)|(?P<demo>\bdemos\b)"
)


def hints_of(album: str) -> frozenset[str]:
    """Return the kinds of version that a folded name of an album lets expect of its tracks."""
    found = _HINT.search(album)
    return frozenset((found.lastgroup or "live",)) if found else frozenset()


def is_address(text: str) -> bool:
    """Tell whether a folded text in brackets is a video's id, as download tools write it."""
    return bool(_YOUTUBE.match(text))
