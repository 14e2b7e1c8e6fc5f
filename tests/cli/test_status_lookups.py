"""``status`` tells how lookups were answered, and what calls were spent."""

from __future__ import annotations

from pathlib import Path

from syncengine import Library
from syncengine.core.moment import Instant
from syncengine.storage.unit_of_work import Database
from tests import made_exports as made
from tests import schemas
from tests.builders import DAY, NOW, track
from tests.fakes.service import MadeService, entry, rate_limited
from tests.made_exports import songs
from tests.shell import Shell


def test_figures_of_lookups_and_calls(shell: Shell, tmp_path: Path) -> None:
    service = MadeService(songs={track(9): entry(track(9), "Nine", "Somebody")})
    with Library(shell.url, clock=lambda: NOW, service=service) as library:
        library.import_csv(made.write(tmp_path / "Mix.csv", songs(*range(9))))
        library.tracks([track(number) for number in range(10)])
        service.failing = rate_limited
        library.track(track(1))
    with Database(shell.url, lambda: NOW).unit() as unit:
        book = unit.remote("spotify")
        for at in (NOW - 31 * DAY, NOW - 2 * DAY, NOW - 60):
            book.count_call("tracks", Instant(at), None)
        unit.commit()
    found = schemas.check("status", shell.json("status"))
    figures = found["lookups"]
    assert {name: figures[name] for name in figures if name != "since"} == {
        "stored": 9,
        "api": 1,
        "fallbacks": {"rate-limited": 1},
        "failed": 0,
        "calls_made": 1,
        "calls_saved": 9,
        "stored_hit_rate": 0.9091,
    }
    assert found["calls"]["by_endpoint"] == {"tracks": 2}
    assert found["budget"]["used"] == 1
    out = shell("status").out
    assert "lookups      11 in 30 days, 91% from what is stored; 1 call made, 9 saved" in out
    assert "fallbacks    1: rate-limited 1" in out
    assert "budget       1 of 600 calls to Spotify in the last 24 hours" in out
    shell.now = Instant(NOW + 40 * DAY)
    assert schemas.check("status", shell.json("status"))["lookups"]["stored_hit_rate"] is None
    assert "lookups  " not in shell("status").out
