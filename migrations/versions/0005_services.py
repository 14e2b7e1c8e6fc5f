"""services.

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_calls_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_system_made_at", "calls", ["system", "made_at"])
    op.create_table(
        "remote_notes",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("system", "kind", "subject", name=op.f("pk_remote_notes")),
    )
    op.create_table(
        "fetched_pages",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "system", "list", "version", "position", name=op.f("pk_fetched_pages")
        ),
    )
    op.create_table(
        "answers",
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("popularity", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("track", name=op.f("pk_answers")),
    )
    op.create_table(
        "lookup_tallies",
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "outcome", name=op.f("pk_lookup_tallies")),
    )
    with op.batch_alter_table("raw_files") as batch:
        batch.add_column(
            sa.Column("fetched", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_table(
        "name_keys",
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name_id"], ["playlist_names.id"], name=op.f("fk_name_keys_name_id_playlist_names")
        ),
        sa.PrimaryKeyConstraint("name_id", "key", name=op.f("pk_name_keys")),
    )


def downgrade() -> None:
    # Counts, pauses, and answers that were not used up are lost; the library is not.
    with op.batch_alter_table("raw_files") as batch:
        batch.drop_column("fetched")
    for name in ("name_keys", "lookup_tallies", "answers", "fetched_pages", "remote_notes"):
        op.drop_table(name)
    op.drop_index("ix_calls_system_made_at", "calls")
    op.drop_table("calls")
