"""One digest of all that a library follows from."""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import Connection, select

from syncengine.core.snapshot import Effect
from syncengine.storage.models import enrichment, ledger
from syncengine.storage.repositories.judgements import EDIT, FILE, TRACK
from syncengine.storage.repositories.timeline import KEYS, OBSERVATIONS, SPANS

_JUDGEMENTS = ledger.judgements
_HEARD = OBSERVATIONS.c.effect < Effect.ASIDE


def library_digest(connection: Connection) -> str:
    """Return a digest of everything the library follows from: equal ones mean equal libraries."""
    o, j, a = OBSERVATIONS.c, ledger.judgements.c, enrichment.enrichments.c
    parts = (
        select(o.taken_at, o.source, o.digest, KEYS.c.key, o.accepted)
        .join(KEYS, KEYS.c.id == o.key_id)
        .where(_HEARD)
        .order_by(o.taken_at, o.source, o.digest, KEYS.c.key),
        select(SPANS.c.valid_from, SPANS.c.valid_to, SPANS.c.key_id).order_by(
            SPANS.c.key_id, SPANS.c.valid_from
        ),
        select(j.subject, j.verdict, j.left, j.right)
        .where(j.taken_back_at.is_(None), j.subject.not_in((EDIT, FILE, TRACK)))
        .order_by(j.subject, j.left, j.right),
        select(a.taken_at, a.digest, a.applied_at).where(a.undone_at.is_(None)).order_by(a.id),
    )
    digest = blake2b(digest_size=16)
    for part in parts:
        for row in connection.execute(part):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
