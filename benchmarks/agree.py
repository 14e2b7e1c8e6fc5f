"""Writes down that Notion holds everything the library wants it to: where a plan has nothing to do.

``python -m benchmarks.agree DATABASE_URL`` stands in for a first ``apply`` that went well.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.moment import Instant
from syncengine.core.plan import Agreement, digest
from syncengine.storage.bulk import bulk_insert
from syncengine.storage.models import ledger
from syncengine.storage.unit_of_work import Database

_COLUMNS = ("sink", "entity", "key", "address", "digest", "properties", "removed", "agreed_at")


def agree(url: str) -> int:
    """Store every wanted page as agreed; return how many there are."""
    at = Instant(1)
    sink = NotionSink()
    with Database(url, lambda: at).unit() as unit:
        wanted = list(
            sink.desired(
                tuple(unit.library.catalog_tracks()), tuple(unit.library.catalog_playlists())
            )
        )
        rows = [
            (
                sink.name,
                item.entity,
                item.key,
                f"page-{number}",
                digest(item.properties),
                json.dumps(dict(item.properties)),
                False,
                at,
            )
            for number, item in enumerate(wanted)
        ]
        counts = Counter(item.entity for item in wanted)
        unit.ledger.note_agreement(
            sink.name, Agreement(unit.library.digest(), sink.rules, counts), at
        )
        bulk_insert(unit.connection, ledger.agreed_items, _COLUMNS, rows)
        unit.commit()
    return len(rows)


if __name__ == "__main__":
    agree(sys.argv[1])
