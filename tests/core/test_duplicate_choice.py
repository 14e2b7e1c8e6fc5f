"""Which one to keep: the rules in their order, and the one that is told."""

from __future__ import annotations

import pytest

from syncengine.core.duplicate_choice import RULES, choose
from syncengine.core.duplicates import HeldTrack
from syncengine.core.identity import TrackKey
from syncengine.core.moment import Instant
from syncengine.core.song import SongFacts

ISRC = "QZABC2000001"


def held(
    key: str = "spotify:track:b",
    isrc: str | None = None,
    added: int | None = None,
    popular: int | None = None,
) -> HeldTrack:
    facts = SongFacts(TrackKey(key), "Kettle Waltz", isrc=isrc)
    return HeldTrack(facts, added_at=None if added is None else Instant(added), popularity=popular)


@pytest.mark.parametrize(
    ("kept", "others", "rule"),
    [
        (held(isrc=ISRC), [held("spotify:track:a", added=1, popular=90)], "it has an ISRC"),
        (held(added=1), [held("spotify:track:a", added=2, popular=90)], "it was added first"),
        (held(added=1), [held("spotify:track:a")], "it was added first"),
        (held(), [held("meta:1"), held("spotify:local:x")], "Spotify has it"),
        (held(popular=0), [held("spotify:track:a")], "it is the most popular"),
        (held(popular=71), [held("spotify:track:a", popular=70)], "it is the most popular"),
        (held(), [held("spotify:track:c")], "nothing tells them apart but their ids"),
        (held(isrc=ISRC, added=3), [held("spotify:track:a", "?", 1)], "it has an ISRC"),
        # The ISRC leaves two, and the stamp one of these.
        (held(isrc=ISRC, added=1), [held("spotify:track:a", ISRC, 2), held("spotify:track:0", added=0)],
         "it was added first"),
    ],
)  # fmt: skip
def test_the_rule_that_decided_is_told(kept: HeldTrack, others: list[HeldTrack], rule: str) -> None:
    for tracks in ([kept, *others], [*others, kept]):
        choice = choose(tracks)
        assert (choice.keep, choice.rule) == (kept.key, rule)
        assert choice.rule in RULES
        assert {each.key for each in choice.order} == {each.key for each in tracks}
