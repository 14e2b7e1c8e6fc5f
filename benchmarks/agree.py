"""Writes down that Notion holds everything the library wants it to: where a plan has nothing to do.

``python -m benchmarks.agree DATABASE_URL`` stands in for a first ``apply`` that went well. With
``--unsettled`` it is not noted that all agrees, so that who asks has to compare everything.
"""

from __future__ import annotations

import sys
from collections import Counter

from syncengine.adapters.notion.sink import NotionSink
from syncengine.core.moment import Instant
from syncengine.core.plan import Agreed, Agreement, digest
from syncengine.storage.unit_of_work import Database


def agree(url: str, *, settled: bool = True) -> int:
    """Store every wanted page as agreed; return how many there are. ``settled`` notes that all agrees."""
    at = Instant(1)
    sink = NotionSink()
    with Database(url, lambda: at).unit() as unit:
        wanted = list(
            sink.desired(tuple(unit.catalogue.tracks()), tuple(unit.catalogue.playlists()))
        )
        held = [
            Agreed(
                each.entity, each.key, digest(each.properties), each.properties, f"page-{number}"
            )
            for number, each in enumerate(wanted)
        ]
        unit.agreed.save(sink.name, held, at)
        if settled:
            counts = Counter(item.entity for item in wanted)
            unit.agreed.note_agreement(
                sink.name, Agreement(unit.library.digest(), sink.rules, counts), at
            )
        unit.commit()
    return len(held)


if __name__ == "__main__":
    agree(sys.argv[1], settled="--unsettled" not in sys.argv)
