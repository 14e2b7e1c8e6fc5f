"""${message}.

Revision: ${up_revision}
Follows: ${down_revision or "nothing" | comma,n}
"""

# The rules; delete them here when they are kept.
#
# - Read what autogenerate wrote: it takes a rename for a drop and an add, and sees neither CHECK
#   constraints nor data.
# - SQLite cannot alter most things. Change a table in `with op.batch_alter_table("…") as batch:`,
#   which rebuilds it; foreign keys are off meanwhile, and env.py checks them before the commit.
# - No data is lost, neither up nor down. What is dropped is first copied to where it lives on.
# - A new NOT NULL column needs a server_default or is filled between two steps.
# - Constraints have the names that the naming convention of storage/models gives them.
# - Do not import syncengine here: its models move on, and this file must mean the same for ever.
#   Write the tables that you read or fill as sa.table("…", sa.column("…")).
# - downgrade() is written, not `pass`. A migration that was released is never edited: write another.
# - Tests: up, down and up again with rows in every touched table, compared before and after; a row
#   in each child of a rebuilt table is still there; `make migrations` is clean.

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
