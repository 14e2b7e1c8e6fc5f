"""lighter groups.

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# No query ever used these; each cost every import one more insertion per row.
UNUSED = (
    ("artist_credit_members", "ix_artist_credit_members_artist_id", ["artist_id"]),
    ("recordings", "ix_recordings_artist_credit_id", ["artist_credit_id"]),
    ("releases", "ix_releases_album_id", ["album_id"]),
    ("tracks", "ix_tracks_isrc", ["isrc"]),
    ("tracks", "ix_tracks_popularity", ["popularity"]),
    ("attestations", "ix_attestations_at", ["at"]),
    ("claims", "ix_claims_track_id", ["track_id"]),
)


def upgrade() -> None:
    for table, name, _ in UNUSED:
        op.drop_index(name, table)
    # The key says of what kind a track is; comparing texts for each took longer than to write it.
    with op.batch_alter_table("tracks") as batch:
        batch.drop_constraint(op.f("ck_tracks_kind"), type_="check")
    # The index over (playlist_id, valid_to) finds the present entries as well.
    op.drop_index("ix_entries_present", "entries")
    # An import asks for the bytes of all its files at once.
    op.create_index("ix_observations_digest", "observations", ["digest"])
    # Recordings and features belong to one track each, which is how an equal one is found.
    for table in ("recordings", "audio_features"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"uq_{table}_digest", type_="unique")
            batch.drop_column("digest")


def downgrade() -> None:
    op.drop_index("ix_observations_digest", "observations")
    with op.batch_alter_table("tracks") as batch:
        batch.create_check_constraint(
            op.f("ck_tracks_kind"), "kind IN ('track', 'episode', 'local', 'meta', 'unavailable')"
        )
    for table in ("recordings", "audio_features"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("digest", sa.LargeBinary(), nullable=True))
        rows = sa.table(table, sa.column("id", sa.Integer), sa.column("digest", sa.LargeBinary))
        # Equal groups are no longer known by this digest; that costs a row where one is said again.
        text = sa.cast(rows.c.id, sa.String)
        op.execute(rows.update().values(digest=sa.cast(text, sa.LargeBinary)))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("digest", existing_type=sa.LargeBinary(), nullable=False)
            batch.create_unique_constraint(f"uq_{table}_digest", ["digest"])
    op.create_index(
        "ix_entries_present",
        "entries",
        ["playlist_id"],
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    for table, name, columns in UNUSED:
        op.create_index(name, table, columns)
