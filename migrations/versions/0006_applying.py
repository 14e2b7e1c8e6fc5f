"""applying.

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("agreed_items") as batch:
        batch.add_column(
            sa.Column("trashed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch.add_column(sa.Column("reads_as", sa.String(), nullable=True))
        batch.add_column(sa.Column("edits", sa.String(), nullable=True))
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("intended_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_journal_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_sink_ended_at", "journal", ["sink", "ended_at"])
    op.create_index("ix_journal_run_id", "journal", ["run_id"])


def downgrade() -> None:
    # What was done stays known by what is agreed; how it went, and a person's open edits, are lost.
    op.drop_index("ix_journal_run_id", "journal")
    op.drop_index("ix_journal_sink_ended_at", "journal")
    op.drop_table("journal")
    with op.batch_alter_table("agreed_items") as batch:
        batch.drop_column("edits")
        batch.drop_column("reads_as")
        batch.drop_column("trashed")
