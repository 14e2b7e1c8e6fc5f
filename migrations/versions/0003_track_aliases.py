"""track aliases.

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Filled by the next import: it is worked out from what is stored.
    op.create_table(
        "track_aliases",
        sa.Column("track_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alias_of", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_track_aliases_track_id_tracks")
        ),
        sa.ForeignKeyConstraint(
            ["alias_of"], ["tracks.id"], name=op.f("fk_track_aliases_alias_of_tracks")
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_track_aliases")),
    )
    op.create_index(op.f("ix_track_aliases_alias_of"), "track_aliases", ["alias_of"])


def downgrade() -> None:
    # Entries and series of a resolved track stay with the real one: only what was derived is lost.
    op.drop_index(op.f("ix_track_aliases_alias_of"), "track_aliases")
    op.drop_table("track_aliases")
