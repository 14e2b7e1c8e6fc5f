"""which track a file is of, and what it takes to take writes back.

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "file_matches",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("based_on", sa.String(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("twins", sa.String(), nullable=True),
        sa.Column("tags_digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("matched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_matches")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["audio_files.id"], name=op.f("fk_file_matches_file_id_audio_files")
        ),
    )
    op.create_index("ix_file_matches_track", "file_matches", ["track"])
    with op.batch_alter_table("journal") as batch:
        batch.add_column(sa.Column("undo", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("journal") as batch:
        batch.drop_column("undo")
    op.drop_index("ix_file_matches_track", "file_matches")
    op.drop_table("file_matches")
