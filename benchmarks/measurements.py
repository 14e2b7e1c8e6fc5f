"""What is measured, as a table: a new figure is a new row (and where needed a state in workshop.py).

``python -m benchmarks.run`` walks the table in order, round by round, so that every figure has its
floor measured in the same minute.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.workshop import CLI

FIRST_EVENING = "2025-01-01T23:59:59Z"
SUMMER = "2025-07-02T23:59:59Z"


@dataclass(frozen=True, slots=True)
class Within:
    """One figure that a process measures of itself; ``most`` is its limit, with the full library.

    ``unit`` is ``s``, ``%``, or nothing for what is counted.
    """

    name: str
    title: str
    most: float | None = None
    unit: str = "s"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure: a command, run in a fresh copy of ``state``, beside another measurement.

    ``times`` is the limit as a multiple of ``beside``, ``seconds`` and ``megabytes`` are absolute
    limits; the limits come with the full size of the library. ``growth`` is how many times as large as
    after the measurement ``grown`` the database may be. A ``heavy`` one takes a minute or more, so it is
    not warmed up: by its turn everything is. ``within`` are figures of the process itself, which it prints
    as JSON in its last line; they become rows of their own, named ``name:within``, whose ``seconds`` are
    in the ``unit`` of the figure.
    """

    name: str
    title: str
    command: tuple[str, ...]
    state: str | None = None
    beside: str | None = None
    times: float | None = None
    seconds: float | None = None
    megabytes: float | None = None
    grown: str | None = None
    growth: float | None = None
    heavy: bool = False
    within: tuple[Within, ...] = ()
    unit: str = "s"


FLOOR = ("{python}", "-m", "benchmarks.floor")
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
        (*FLOOR, "{day-000}", "{flat}"),
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
        "`reconcile --dry-run` of 20,000 tracks, nothing agreed",
        (*CLI, "--json", "reconcile", "--dry-run"),
        state="tracks",
        beside="status",
        times=5.0,
    ),
    Measurement(
        "plan-agreed",
        "`reconcile --dry-run` of 20,000 tracks, all agreed and nothing changed",
        (*CLI, "--json", "reconcile", "--dry-run"),
        state="agreed",
        beside="status",
        times=2.0,
    ),
    Measurement(
        "duplicates",
        "`duplicates` within and across playlists, 50,000 entries",
        (*CLI, "--json", "duplicates"),
        state="entries",
        seconds=5.0,
    ),
    Measurement(
        "remediate-agreed",
        "`remediate --offline` of 20,000 tracks, all agreed and nothing changed",
        (*CLI, "--json", "remediate", "--offline"),
        state="agreed",
        beside="status",
        times=2.0,
    ),
    Measurement(
        "remediate",
        "`remediate --offline` of 20,000 tracks, all compared",
        (*CLI, "--json", "remediate", "--offline"),
        state="unsettled",
        beside="status",
        times=5.0,
    ),
    Measurement(
        "lookups",
        "a script with 2,600 lookups in a library of 20,000 tracks, of which:",
        ("{python}", "-m", "benchmarks.lookups", "{db}"),
        state="tracks",
        within=(
            Within("by-id", "a lookup by id", 0.0004),
            Within("by-name", "a lookup by name and artist", 0.0006),
            Within("duplicate", "a check for a duplicate (by id, ISRC or name)", 0.001),
            Within("search", "a search", 0.010),
            Within("rate-limited", "a lookup from the 429 to the stored fact", 0.050),
            Within("names", "the first lookup by name, which makes the index"),
            Within("words", "the first search, which makes the index of words"),
        ),
    ),
    Measurement(
        "scan",
        "two scans of 10,000 small audio files of nine kinds, making them included, of which:",
        ("{python}", "-m", "benchmarks.scan", "{db}"),
        state="empty",
        within=(
            Within("scan-first", "the first scan: tags, length and digest"),
            Within("scan-file", "a file of it", 1 / 600),
            Within("scan-again", "the next scan, with nothing changed", 1.0),
        ),
    ),
    Measurement(
        "folders",
        "10,000 audio files put into playlist folders, in a library of 20,000 tracks, of which:",
        ("{python}", "-m", "benchmarks.folders", "{db}"),
        state="tracks",
        heavy=True,
        within=(
            Within("folders-first", "the first run: scan, match, plan, link and list"),
            Within(
                "folders-plan",
                "`reconcile --dry-run` with nothing to do, the look at the files included",
            ),
            Within("folders-status", "`status` of the same library"),
            Within("folders-plan-times", "the plan, in times of `status`", 3.0, ""),
        ),
    ),
    Measurement(
        "enriching",
        "enrichment of a library of 100,000 tracks, three times, making it included, of which:",
        ("{python}", "-m", "benchmarks.enriching"),
        heavy=True,
        within=(
            Within("enrich-apply", "`enrich apply` of 100,000 rows, all of them news", 5.0),
            Within("enrich-again", "the same file again"),
            Within("enrich-undo", "`enrich undo`"),
            Within("enrich-past", "`enrich apply` of a file that is older than the last export"),
            Within("enrich-tier", "`tracks --tier easy --json`, a fifth of the tracks"),
        ),
    ),
    Measurement(
        "matching",
        "matching 10,000 files with 20,000 tracks, of which:",
        ("{python}", "-m", "benchmarks.matching"),
        within=(
            Within("matching-seconds", "reading the tracks and matching the files", 8.0),
            Within("matching-missed", "findable files that are not found", 3.0, "%"),
            Within("matching-wrong-certain", "certain matches that are wrong", 0, ""),
            Within("matching-wrong-likely", "likely matches that are wrong", 1.0, "%"),
        ),
    ),
    Measurement(
        "notion-pace",
        "2,000 creates in Notion by 4 threads, 300 ms each, 600 requests a minute let in, of which:",
        ("{python}", "-m", "benchmarks.notion_pace"),
        heavy=True,
        within=(
            Within("pace-seconds", "from the first to the last", 220.0),
            Within(
                "pace-unused",
                "the budget left unused in the worst minute after the first",
                10.0,
                "%",
            ),
            Within("pace-first", "the budget left unused in the first minute", None, "%"),
            Within("pace-refused", "429s in the worst minute after the first", 1, ""),
            Within("pace-refused-first", "429s in the first minute", 4, ""),
            Within("pace-early", "requests before a Retry-After had passed", 0, ""),
        ),
    ),
    Measurement(
        "notion-sync",
        "20,000 tracks with their artists, albums and playlists in Notion, which answers at once, of which:",
        ("{python}", "-m", "benchmarks.notion_sync"),
        heavy=True,
        within=(
            Within("first-seconds", "the first sync"),
            Within("first-megabytes", "its peak memory (MB)", None, "MB"),
            Within("first-pages", "its pages", None, ""),
            Within("first-beyond", "its requests beyond one for each page", 300, ""),
            Within("first-twice", "pages that it wrote twice, or made double", 0, ""),
            Within("same-requests", "requests of the next one, nothing changed", 0, ""),
            Within("same-plan", "the plan of that"),
            Within("same-times", "the same as a multiple of `status`", 2.0, ""),
            Within("drift-writes", "writes after popularity of 30 % moved by 1 to 3 points", 0, ""),
            Within("drift-plan", "the plan of that, all compared"),
            Within("little-writes", "writes after 20 entries of playlists changed", None, ""),
            Within("little-reads", "reads of that, the first look since the first sync", None, ""),
            Within("little-seconds", "the sync of that"),
            Within("little-plan", "the plan of that, all compared"),
            Within("lost-creates", "pages created after all memory of Notion was lost", 0, ""),
            Within("lost-doubles", "pages that are double then", 0, ""),
            Within("lost-reads", "reads of `--refresh`, which knows all again", None, ""),
            Within("lost-seconds", "how long it takes"),
            Within("lost-megabytes", "its peak memory (MB)", None, "MB"),
        ),
    ),
    Measurement(
        "merge",
        "`merge` of two playlists of 9,000 entries to 15,000, at a Spotify that answers at once, of which:",
        ("{python}", "-m", "benchmarks.merge"),
        heavy=True,
        within=(
            Within("report-seconds", "the report (`--dry-run`)", 3.0),
            Within("report-megabytes", "its peak memory (MB)", None, "MB"),
            Within("writes", "calls that write, in two parts", 152, ""),
            Within("calls", "all calls", None, ""),
            Within("seconds", "the merge"),
            Within("wrong", "entries that are not in their place", 0, ""),
            Within("killed", "another one, so often ended by `kill -9`", None, ""),
            Within("killed-writes", "calls of all its runs that write", None, ""),
            Within("killed-reads", "calls of all its runs that read", None, ""),
            Within("killed-wrong", "entries that are not in their place then", 0, ""),
            Within("killed-twice", "entries that are there twice then", 0, ""),
            Within("again-writes", "calls that write when it is done again", 0, ""),
        ),
    ),
    Measurement(
        "year-day",
        "`import-csv` of day 365, after a year of daily imports",
        (*CLI, "import-csv", "{year-last}"),
        state="year",
        beside="status",
        times=3.0,
        grown="import",
        growth=8.0,
    ),
    Measurement(
        "refold",
        "`import-csv` of a day in the middle of the year, last of all",
        (*CLI, "import-csv", "{year-middle}"),
        state="year",
        beside="status",
        times=10.0,
    ),
    Measurement(
        "year-diff",
        "`history diff` of the first and the last day of the year",
        (*CLI, "--json", "history", "diff", FIRST_EVENING, "latest"),
        state="year",
        beside="status",
        times=2.0,
    ),
    Measurement(
        "year-export",
        "`export --at` a day in the middle of the year",
        (*CLI, "export", "{out}", "--at", SUMMER),
        state="year",
        beside="status",
        times=3.0,
    ),
    Measurement(
        "year-trends",
        "`history trends` of the year, all its tables",
        (*CLI, "--json", "history", "trends"),
        state="year",
        beside="status",
        seconds=4.0,
        megabytes=500.0,
    ),
    Measurement(
        "year-report",
        "`report` over the year, with all its charts",
        (*CLI, "--json", "report", "--out", "{out}"),
        state="year",
        seconds=15.0,
        megabytes=500.0,
    ),
    Measurement(
        "floor-million",
        "the floor, 1,000,000 rows",
        (*FLOOR, "{million-000}", "{flat}"),
        heavy=True,
    ),
    Measurement(
        "import-quarter",
        "`import-csv` of 250,000 rows, into a new library",
        (*CLI, "import-csv", "{quarter-000}"),
        heavy=True,
    ),
    Measurement(
        "import-million",
        "`import-csv` of 1,000,000 rows, into a new library",
        (*CLI, "import-csv", "{million-000}"),
        beside="floor-million",
        times=6.0,
        megabytes=400.0,
        heavy=True,
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
        waiting += filter(None, (each.beside, each.grown))
    return [each for each in MEASUREMENTS if each.name in wanted]
