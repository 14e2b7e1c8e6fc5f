"""Whether two tracks are one recording, by which evidence, and how sure that is.

Names alone never make it certain but on one release, an ISRC never against lengths or words: sources
give one ISRC to several recordings, and several to one.
"""

from __future__ import annotations

from syncengine.core.alias import SAME_LENGTH_MS
from syncengine.core.common_title import marks_of
from syncengine.core.duplicate_evidence import (
    NEAR_LENGTH_MS,
    SLIP,
    Evidence,
    KnownTrack,
    evidence,
)
from syncengine.core.duplicates import Confidence, DuplicateKind, Link
from syncengine.core.identity import is_track

_CLOSE_MS = 1_000
"""Lengths of one recording on one release differ by rounding; names alone are certain up to this."""
_FROM_TITLES = ("title spelt otherwise",)
_HARDLY = 0.25
"""What takes more than this for spelling is another title rather than a slip."""


def compare(one: KnownTrack, other: KnownTrack) -> Link | None:
    """Return what two tracks are to each other; None where nothing says that they are one. Mutual."""
    first, second = sorted((one, other), key=lambda each: each.key)
    found = evidence(first, second)
    told = (
        _by_isrc(first, second, found) if found.isrc == "same" else _by_names(first, second, found)
    )
    if told is None:
        return None
    confidence, reason = told
    return Link(first.key, second.key, _kind(found), confidence, reason)


def is_parted(one: KnownTrack, other: KnownTrack) -> bool:
    """Tell whether words or marks say that two tracks are not one recording. Mutual.

    Lengths and names are not asked: by these, tracks are only not found.
    """
    found = evidence(one, other)
    return bool(found.parted) or found.language or found.remaster


def _kind(found: Evidence) -> DuplicateKind:
    if found.language:
        return "clean-explicit"
    if found.remaster and not found.parted:
        return "remaster"
    if found.isrc == "same":
        return "same-isrc"
    return "re-release" if found.other_album or found.other_year else "same-recording"


def _by_isrc(one: KnownTrack, other: KnownTrack, found: Evidence) -> tuple[Confidence, str] | None:
    if against := _against_isrc(found):
        return "unsure", f"The ISRC is the same, but: {against}."
    doubts = list(found.doubts)
    if found.spelling <= SLIP:
        doubts = [each for each in doubts if each not in _FROM_TITLES]
    if found.elsewhere:
        doubts.append(found.elsewhere)
    if found.language:
        doubts.append("one is explicit and one is clean")
    elif found.remaster:
        doubts.append("their names tell of other masters")
    if _is_one_release(one, other):
        doubts.append("they are two tracks of one album")
    if not found.is_as_long:
        length = "a length is not known" if found.off is None else f"{_seconds(found)} apart"
        said = f"The ISRC is the same, but: {'; '.join([length, *doubts])}."
        return "unsure" if found.doubts or found.elsewhere else "likely", said
    if doubts:
        return "likely", f"ISRC and length agree, but: {'; '.join(doubts)}."
    where = "; they are on other albums" if found.other_album else ""
    return "certain", f"ISRC, names and length agree{where}."


def _against_isrc(found: Evidence) -> str | None:
    """Return what says that a shared ISRC is wrong, or says too little; None where nothing does."""
    if found.parted:
        return found.parted
    if found.off is not None and found.off > NEAR_LENGTH_MS:
        return f"the lengths are {_seconds(found)} apart"
    if found.spelling > _HARDLY:
        return "the titles are hardly alike"
    # Names in two scripts cannot be compared; all others can, and are others.
    return None if found.elsewhere == "title in another script" else found.elsewhere


def _by_names(one: KnownTrack, other: KnownTrack, found: Evidence) -> tuple[Confidence, str] | None:
    if found.parted or found.elsewhere or _is_one_release(one, other):
        return None
    is_form = found.language or found.remaster
    most = NEAR_LENGTH_MS if is_form else SAME_LENGTH_MS
    if found.off is not None and found.off > most:
        return None
    if found.spelling > SLIP:
        return None
    doubts = [*found.doubts, *_weak(one, other, found)]
    if len(doubts) > 1 and not found.is_as_long:
        return None
    if doubts:
        return "unsure", f"Names and length are alike, but: {'; '.join(doubts)}."
    if found.language:
        return "likely", "Title, artists and length agree; one is explicit and one is clean."
    if found.remaster:
        return (
            "likely",
            "Title, artists and length agree; their names tell of other masters.",
        )
    agree = f"Title, artists{_and_album(one, other)} and length agree"
    if why := _not_certain(one, other, found):
        return "likely", f"{agree}; {why}."
    return "certain", f"{agree}."


def _weak(one: KnownTrack, other: KnownTrack, found: Evidence) -> list[str]:
    """Return why names that agree say little of these two."""
    weak = []
    if found.off is None:
        weak.append("a length is not known")
    elif found.off > SAME_LENGTH_MS:
        weak.append(f"the lengths are {_seconds(found)} apart")
    if found.language and None in (one.explicit, other.explicit):
        weak.append("only one says whether it is clean")
    is_one_album = bool(one.album) and one.album == other.album
    if found.guests and (found.isrc == "other" or not is_one_album):
        weak.append("one names a guest more, who may be heard on it alone")
    if found.isrc == "other" and is_one_album and not (found.language or found.remaster):
        weak.append("other ISRCs on an album of the same name")
    many = _many(one, other)
    is_one_release = is_one_album and not found.other_year
    if many and not (is_one_release and not (one.is_common or other.is_common)):
        weak.append(many)
    return weak


def _many(one: KnownTrack, other: KnownTrack) -> str | None:
    """Return why there may be other recordings that are called alike; None where nothing says so."""
    if one.is_common or other.is_common:
        return "many tracks are called so or are as short"
    if one.is_work or other.is_work:
        return "it is a composition that many play"
    return "it may be another performance" if one.is_performed or other.is_performed else None


def _not_certain(one: KnownTrack, other: KnownTrack, found: Evidence) -> str | None:
    """Return why all that agrees does not make it certain; None where it does."""
    if found.isrc == "other":
        return "the ISRCs differ"
    if not one.album or one.album != other.album:
        return "the album is another" if found.other_album else "an album is not known"
    if found.other_year:
        return "the year is another"
    if not one.year or not other.year:
        return "a release date is not known"
    if one.explicit is None or other.explicit is None:
        return "one does not say whether it is explicit"
    if found.off is None or found.off > _CLOSE_MS:
        return f"the lengths are {_seconds(found)} apart"
    if found.guests:
        return "one names a guest more"
    if marks_of(one.song.title) != marks_of(other.song.title):
        return "the titles have other marks"
    return _many(one, other)


def _is_one_release(one: KnownTrack, other: KnownTrack) -> bool:
    """Tell whether the two are two places on one release: there each place has an id of its own."""
    here, there = one.held, other.held
    if not here.album_uri or here.album_uri != there.album_uri:
        return False
    if not (is_track(here.key) and is_track(there.key)):
        return False
    return None in here.number or here.number != there.number


def _and_album(one: KnownTrack, other: KnownTrack) -> str:
    return ", album" if one.album and one.album == other.album else ""


def _seconds(found: Evidence) -> str:
    return f"{(found.off or 0) / 1000:.1f} s"
