"""What a service answered of single tracks, made one."""

from __future__ import annotations

from syncengine.core.moment import Instant
from syncengine.core.track import API_RANK, Attestation, Claim, Dialect, Recording, Release
from syncengine.storage.repositories.answers import KeptAnswer, merge_answers
from tests.builders import track

API = Dialect("spotify", "web api 2026", API_RANK)


def test_what_a_later_answer_does_not_speak_of_stays_field_by_field() -> None:
    heard_at = "https://p.scdn.co/1"
    first = Claim(track(1), Recording("A", preview_url=heard_at))
    later = Claim(track(1), Recording("A (Remaster)"), Release("Album"))
    old = KeptAnswer(Attestation(Instant(1), API, first), 40)
    new = KeptAnswer(Attestation(Instant(2), API, later), None)
    both = merge_answers(old, new)
    assert both == merge_answers(new, old)
    assert both.said.at == 2
    assert both.said.claim.recording == Recording("A (Remaster)", preview_url=heard_at)
    assert both.said.claim.release == Release("Album")
    assert both.popularity == 40
