"""What is found when a sink is held beside the library: mismatches, and what becomes of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.plan import Entity, Target, Value

FindingKind = Literal[
    "missing-field", "differing-value", "out-of-range", "broken-relation", "without-page",
    "without-track", "doubled-page", "vanished",
]  # fmt: skip
KINDS: Mapping[FindingKind, str] = {
    "missing-field": "missing fields",
    "differing-value": "differing values",
    "out-of-range": "values out of range",
    "broken-relation": "broken relations",
    "without-page": "without a page",
    "without-track": "pages of nothing in the library",
    "doubled-page": "doubled pages",
    "vanished": "gone at Spotify",
}
"""Every kind, with what a person calls several of it."""
Where = Literal["notion", "library", "spotify"]
"""What is held beside the library, or ``library`` for what is wrong in itself."""


class Cure(NamedTuple):
    """What a plan has to do so that a finding is gone: a field of a thing, or PAGE, REMOVED or IN_TRASH."""

    target: Target
    field: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One mismatch.

    ``there`` is what stands in the sink (or what Spotify says), ``ours`` what the library says, since
    ``since`` and by ``source``, where that is known. Relations are tuples of keys, or of addresses where
    something goes by no key. ``theirs`` is a person's own value or page, which is shown and is no fault.
    Without a ``cure`` no plan puts it right, and ``why_not`` says why.
    """

    kind: FindingKind
    entity: Entity
    key: str
    title: str
    field: str | None = None
    there: Value = None
    ours: Value = None
    detail: str = ""
    address: str | None = None
    where: Where = "notion"
    theirs: bool = False
    cure: Cure | None = None
    why_not: str = ""
    source: str | None = None
    since: Instant | None = None

    @property
    def target(self) -> Target:
        """Return what it is about."""
        return self.entity, self.key


_GAPS = re.compile(r"\s+")
_DROPPED = str.maketrans(dict.fromkeys('",;', " "))


def plain_name(text: str, *, spoilt: bool = False) -> str:
    """Return a name for comparing what sources write, gaps being one blank.

    Of a ``spoilt`` one the marks that old exporters delete count as gaps.
    """
    shown = unicodedata.normalize("NFC", text)
    return _GAPS.sub(" ", shown.translate(_DROPPED) if spoilt else shown).strip()


@dataclass(frozen=True, slots=True)
class NameMismatch:
    """One track that two sources call otherwise; ``field`` is ``title`` or ``artists``."""

    track: TrackKey
    field: str
    api: str
    api_at: Instant
    csv: str
    csv_source: str
    csv_at: Instant


FixStatus = Literal["open", "planned", "fixed", "failed", "left", "theirs"]


class Fix(NamedTuple):
    """What becomes of a finding, and why where it is not put right."""

    status: FixStatus
    reason: str = ""
