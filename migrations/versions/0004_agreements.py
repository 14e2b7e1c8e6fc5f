"""agreements.

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("library", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("unchanged", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sink", name=op.f("pk_agreements")),
    )


def downgrade() -> None:
    # Only a short cut is lost: the next plan compares item by item.
    op.drop_table("agreements")
