"""What is measured, as a table: a new figure is a new row (and where needed a state in workshop.py).

``python -m benchmarks.run`` walks the table in order, round by round, so that every figure has its
floor measured in the same minute.
"""

from __future__ import annotations

from dataclasses import dataclass

CLI = ("{syncengine}", "{db}")
"""``syncengine --db …``; workshop.py says what stands for the words in braces."""
FIRST_EVENING = "2025-01-01T23:59:59Z"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure: a command, run in a fresh copy of ``state``, beside another measurement.

    ``times`` is the limit as a multiple of ``beside``, ``seconds`` and ``megabytes`` are absolute
    limits; the limits come with the full size of the library.
    """

    name: str
    title: str
    command: tuple[str, ...]
    state: str | None = None
    beside: str | None = None
    times: float | None = None
    seconds: float | None = None
    megabytes: float | None = None


MEASUREMENTS = (
    Measurement(
        "sqlalchemy", "importing SQLAlchemy's ORM", ("{python}", "-c", "import sqlalchemy.orm")
    ),
    Measurement("version", "`--version`", ("{syncengine}", "--version"), seconds=0.25),
    Measurement(
        "status",
        "`status` on an empty library (S)",
        (*CLI, "status"),
        state="empty",
        beside="sqlalchemy",
        times=2.5,
    ),
    Measurement(
        "floor",
        "the floor: `csv.reader` into one flat table",
        ("{python}", "-m", "benchmarks.floor", "{day-000}", "{flat}"),
    ),
    Measurement(
        "import",
        "`import-csv` of the first day, into a new library",
        (*CLI, "import-csv", "{day-000}"),
        beside="floor",
        times=6.0,
        megabytes=150.0,
    ),
    Measurement(
        "reimport",
        "`import-csv` of the same files again",
        (*CLI, "import-csv", "{day-000}"),
        state="one-day",
        beside="status",
        times=1.4,
    ),
    Measurement(
        "second-day",
        "`import-csv` of the next day",
        (*CLI, "import-csv", "{day-001}"),
        state="one-day",
        beside="status",
        times=3.0,
    ),
    Measurement(
        "diff",
        "`history diff` of the two days",
        (*CLI, "--json", "history", "diff", FIRST_EVENING, "latest"),
        state="two-days",
        beside="status",
        times=2.0,
    ),
    Measurement(
        "export",
        "`export --at` the first day",
        (*CLI, "export", "{out}", "--at", FIRST_EVENING),
        state="two-days",
        beside="status",
        times=3.0,
    ),
    Measurement(
        "plan",
        "`reconcile --dry-run`, nothing agreed",
        (*CLI, "--json", "reconcile", "--dry-run"),
        state="two-days",
        beside="status",
        seconds=5.0,
    ),
)


def chosen(names: list[str]) -> list[Measurement]:
    """Return the named measurements and all they stand beside, in table order; no names mean all.

    Raises KeyError with the first name that is not in the table.
    """
    table = {each.name: each for each in MEASUREMENTS}
    wanted = set[str]()
    waiting = list(names or table)
    while waiting:
        each = table[waiting.pop()]
        wanted.add(each.name)
        if each.beside:
            waiting.append(each.beside)
    return [each for each in MEASUREMENTS if each.name in wanted]
