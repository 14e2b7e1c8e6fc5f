from __future__ import annotations

import pytest

from syncengine.core.pitch import camelot, key_name


@pytest.mark.parametrize(
    ("key", "mode", "name", "place"),
    [
        (0, 1, "C major", "8B"),
        (9, 0, "A minor", "8A"),
        (6, 0, "F♯ minor", "11A"),
        (6, 1, "F♯ major", "2B"),
        (11, 1, "B major", "1B"),
        (8, 0, "G♯ minor", "1A"),
        (4, 1, "E major", "12B"),
        (1, 0, "C♯ minor", "12A"),
        (-1, 1, None, None),
        (12, 0, None, None),
        (None, 1, None, None),
        (3, None, None, None),
        (3, 2, None, None),
    ],
)
def test_names_of_keys(
    key: int | None, mode: int | None, name: str | None, place: str | None
) -> None:
    assert key_name(key, mode) == name
    assert camelot(key, mode) == place


def test_the_wheel_has_every_place_once() -> None:
    places = {camelot(key, mode) for key in range(12) for mode in (0, 1)}
    assert places == {f"{hour}{ring}" for hour in range(1, 13) for ring in "AB"}
