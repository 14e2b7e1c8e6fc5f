"""what people applied from enrichment files, and indexes by popularity and ISRC.

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "enrichment_files",
        sa.Column("written_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("written_at", name=op.f("pk_enrichment_files")),
    )
    op.create_table(
        "enrichments",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrichments")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_enrichments_run_id_runs")),
    )
    op.create_index("ix_enrichments_run_id", "enrichments", ["run_id"])
    op.create_table(
        "enriched_tracks",
        sa.Column("enrichment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("track_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("isrc", sa.String(length=12), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("popularity", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "enrichment_id", "edited", "track_id", name=op.f("pk_enriched_tracks")
        ),
        sa.ForeignKeyConstraint(
            ["enrichment_id"],
            ["enrichments.id"],
            name=op.f("fk_enriched_tracks_enrichment_id_enrichments"),
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_enriched_tracks_track_id_tracks")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_enriched_tracks_claim_id_claims")
        ),
        sa.CheckConstraint(
            "popularity BETWEEN 0 AND 100", name=op.f("ck_enriched_tracks_popularity")
        ),
        sa.CheckConstraint(
            "length(isrc) = 12 AND isrc = upper(isrc) AND isrc NOT LIKE '%-%'"
            + "".join(f" AND substr(isrc, {place}, 1) BETWEEN 'A' AND 'Z'" for place in (1, 2))
            + "".join(
                f" AND substr(isrc, {place}, 1) BETWEEN '0' AND '9'" for place in range(6, 13)
            ),
            name=op.f("ck_enriched_tracks_isrc"),
        ),
        sa.CheckConstraint(
            "(isrc IS NULL) = (claim_id IS NULL)", name=op.f("ck_enriched_tracks_claim")
        ),
        sa.CheckConstraint(
            "isrc IS NOT NULL OR popularity IS NOT NULL", name=op.f("ck_enriched_tracks_said")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_enriched_tracks_track_id", "enriched_tracks", ["track_id"])
    op.create_index("ix_tracks_popularity", "tracks", ["popularity"])
    op.create_index("ix_tracks_isrc", "tracks", ["isrc"])


def downgrade() -> None:
    # What was applied stays in the series, and nobody knows any more who said it: take it back before.
    op.drop_index("ix_tracks_isrc", "tracks")
    op.drop_index("ix_tracks_popularity", "tracks")
    op.drop_index("ix_enriched_tracks_track_id", "enriched_tracks")
    op.drop_table("enriched_tracks")
    op.drop_index("ix_enrichments_run_id", "enrichments")
    op.drop_table("enrichments")
    op.drop_table("enrichment_files")
