"""Where fuzzing starts: exports of a made-up library in every form we can write, and archives of them."""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.generator import Library
from tests.several import (
    account_item,
    account_playlist,
    account_playlists,
    backup_json,
    backup_text,
    raw_item,
    raw_playlist,
    tmm_row,
    tunemymusic,
    your_library,
)

SAMPLE = Path(__file__).parents[2] / "syncengine" / "sample"


def exports(rows: int = 40) -> list[bytes]:
    """Return the exports of a small library, cut to some rows each."""
    with TemporaryDirectory() as folder:
        Library(5, rows, 3).write(Path(folder))
        paths = [*sorted(Path(folder).rglob("*.csv")), *sorted(SAMPLE.rglob("*.csv"))]
        return [b"".join(path.read_bytes().splitlines(keepends=True)[:8]) for path in paths]


def several() -> list[bytes]:
    """Return files that hold many playlists, in each of their forms."""
    return [
        tunemymusic(tmm_row(1, "Mix"), tmm_row(2, "Mix"), tmm_row(3, "Favorite Songs", "Favorite")),
        backup_text({"Liked Songs": [1, 2], "Mix": [3]}, albums=1),
        backup_json(raw_playlist("Mix", [raw_item(1), raw_item(2, None)]), albums=1),
        account_playlists(account_playlist("Mix", [account_item(1), account_item(2)])),
        your_library(1, 2, 3),
    ]


def archives(contents: list[bytes]) -> list[bytes]:
    """Return archives of exports: stored, deflated, and with a nested one."""
    made: list[bytes] = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w", method) as target:
            for number, content in enumerate(contents[:3]):
                target.writestr(f"spotify_playlists/{number} é.csv", content)
            target.writestr("inner.zip", made[0] if made else b"PK")
        made.append(stream.getvalue())
    return made


def write(folder: Path) -> None:
    """Write all seeds into ``folder/csv`` and ``folder/zip``."""
    contents = exports() + several()
    for kind, seeds in (("csv", contents), ("zip", archives(contents))):
        place = folder / kind
        place.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (place / f"seed-{number}").write_bytes(seed)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
