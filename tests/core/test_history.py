"""What a difference says of playlists: came, went, renamed, changed."""

from __future__ import annotations

import pytest

from syncengine.core.history import Standing, Status, diff_playlists
from syncengine.core.identity import PlaylistKey

KEY = PlaylistKey("csv:mix")


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (Standing(PlaylistKey("csv:best"), "Best", (), "net"), "renamed"),
        (Standing(KEY, "mix", (), "net"), "renamed"),
        (Standing(KEY, "mix", (), "app"), None),
        (Standing(KEY, "Mix", (), "net"), None),
    ],
)
def test_another_exporter_may_spell_a_name_otherwise(
    after: Standing, status: Status | None
) -> None:
    changes = diff_playlists({1: Standing(KEY, "Mix", (), "net")}, {1: after})
    assert [(c.status, c.renamed_from) for c in changes] == ([(status, "Mix")] if status else [])
