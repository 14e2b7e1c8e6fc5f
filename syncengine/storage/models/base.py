"""The base of all models: naming convention and column types that recur."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, SmallInteger
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of the models; moments are whole seconds since 1970 in UTC."""

    metadata = MetaData(naming_convention=NAMING)


# Numbers are given out by the writer (there is one, under a lock), so that whole batches can refer to
# rows before they are written: no database has to tell us an id, row by row.
RowId = Annotated[int, mapped_column(Integer, primary_key=True, autoincrement=False)]
Moment = Annotated[int, mapped_column(BigInteger)]
Small = Annotated[int, mapped_column(SmallInteger)]
Digest = Annotated[bytes, mapped_column(LargeBinary)]
