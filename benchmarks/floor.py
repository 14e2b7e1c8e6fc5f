"""The floor that imports are measured against: the least a Python process could do.

``python -m benchmarks.floor FOLDER DATABASE`` reads every ``*.csv`` under FOLDER with
``csv.reader`` and inserts all rows into one flat SQLite table: one ``executemany`` per file, one
commit at the end.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def load(folder: Path, database: Path) -> int:
    """Load every export under ``folder`` into a new database; return the number of rows."""
    with closing(sqlite3.connect(database)) as connection:
        insert = ""
        for path in sorted(folder.rglob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file)
                header = next(reader)
                if not insert:
                    columns = ", ".join(f'"{title}"' for title in header)
                    connection.execute(f"CREATE TABLE entry ({columns})")
                    insert = f"INSERT INTO entry VALUES ({', '.join('?' * len(header))})"
                connection.executemany(insert, reader)
        connection.commit()
        return connection.total_changes


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]))
