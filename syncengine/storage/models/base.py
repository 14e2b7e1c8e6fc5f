"""What all tables share: naming convention and the columns that recur.

Tables are SQLAlchemy's Core: nothing here is mapped to objects, and importing the ORM would cost every
start of the program a tenth of a second.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMING)
Moment = BigInteger
"""Whole seconds since 1970 in UTC."""


def row_id() -> Column[int]:
    """Return the column of row numbers.

    They are given out by the writer (there is one, under a lock), so that whole batches can refer to
    rows before they are written: no database has to tell us an id, row by row.
    """
    return Column("id", Integer, primary_key=True, autoincrement=False)
