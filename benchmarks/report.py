"""Turns what was measured into a table for people, and into docs/performance.md."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from benchmarks.measurements import Measurement
from benchmarks.process import RSS_UNIT, Cost

_SHORT = 0.01
"""Seconds below which a time is told in milliseconds."""
Results = Mapping[str, Sequence[Cost]]
"""The costs of every run by the name of the measurement, without the warm-up."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement's medians; ``low`` and ``high`` are its quickest and slowest run (seconds)."""

    measurement: Measurement
    seconds: float
    low: float
    high: float
    megabytes: float
    ratio: float | None
    database: float = 0.0
    growth: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether all limits are met; None where there are none."""
        each = self.measurement
        pairs = (
            (self.ratio, each.times),
            (self.seconds, each.seconds),
            (self.megabytes, each.megabytes),
            (self.growth, each.growth),
        )
        judged = [
            value <= limit for value, limit in pairs if limit is not None and value is not None
        ]
        return all(judged) if judged else None


def figures(measurements: Sequence[Measurement], results: Results) -> list[Figure]:
    """Return the figures of measurements, each set beside the other one of the same run."""
    seconds = {name: median(cost.seconds for cost in costs) for name, costs in results.items()}
    sizes = {name: median(cost.database for cost in costs) for name, costs in results.items()}
    made = []
    for each in measurements:
        times = [cost.seconds for cost in results[each.name]]
        memory = median(cost.megabytes for cost in results[each.name])
        ratio = seconds[each.name] / seconds[each.beside] if each.beside else None
        size = sizes[each.name]
        growth = size / sizes[each.grown] if each.grown and sizes[each.grown] else None
        made.append(
            Figure(each, seconds[each.name], min(times), max(times), memory, ratio, size, growth)
        )
        made += _within(each, results[each.name])
    return made


def _within(each: Measurement, costs: Sequence[Cost]) -> list[Figure]:
    """Return the figures that a process measured of itself, as rows of their own."""
    made = []
    for inner in each.within:
        times = [cost.within[inner.name] for cost in costs if inner.name in cost.within]
        if times:
            row = Measurement(
                f"{each.name}:{inner.name}",
                f"– {inner.title}",
                (),
                seconds=inner.most,
                unit=inner.unit,
            )
            made.append(Figure(row, median(times), min(times), max(times), 0.0, None))
    return made


def as_lines(made: Sequence[Figure]) -> list[str]:
    """Return the figures as aligned lines for a terminal."""
    rows = [("name", "median", "spread", "peak", "ratio", "aim", "")]
    rows += [(figure.measurement.name, *_cells(figure)) for figure in made]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def as_document(
    made: Sequence[Figure],
    *,
    command: str,
    rows: int,
    files: int,
    day: date,
    notes: Sequence[str] = (),
) -> str:
    """Return docs/performance.md: figures with units, and how they came about."""
    machine = f"{os.cpu_count()} cores, {platform.system()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    lines = [
        "# Performance",
        "",
        f"Measured on {day.isoformat()} with `{command}`:",
        f"a made-up library of {rows:,} rows in {files} files (`benchmarks/generator.py`), whole",
        "processes from start to exit; one warm-up round, then the median over the number of rounds.",
        "In a round every command runs once, so that each stands beside its floor in time as well.",
        "Ratios are within this run; seconds and MB are those of one machine:",
        f"{machine}, {python}, SQLite {sqlite3.sqlite_version}.",
        "Aims are ratios to the rows they name.",
        "",
        "| what | median | quickest – slowest | peak memory | ratio | aim | met |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {figure.measurement.title} | {' | '.join(_cells(figure))} |" for figure in made]
    lines += ["", "The commands, in the order of the table:", "", "```"]
    lines += [_shown(figure.measurement) for figure in made if figure.measurement.command]
    lines += [
        "```",
        "",
        f"Memory is the process's peak resident set, 1 MB being 10⁶ bytes; {smallest()}",
        "",
        *(line for note in notes for line in (note, "")),
    ]
    return "\n".join(lines)


def year_in_words(days: Sequence[Cost]) -> list[str]:
    """Say how long the daily imports took of which the year's library was made, each measured once."""
    if not days:
        return []
    seconds = [cost.seconds for cost in days]
    first, last = median(seconds[1:11]), median(seconds[-10:])
    text = (
        f"The year was imported day by day, {len(days)} times: the first ten days after the first took "
        f"{first:.2f} s each, the last ten {last:.2f} s (medians), the slowest day but the first "
        f"{max(seconds[1:]):.2f} s."
    )
    return [text]


def in_proportion(made: Sequence[Figure]) -> list[str]:
    """Say how the time of an import grows with its rows."""
    seconds = {figure.measurement.name: figure.seconds for figure in made}
    if not {"import-quarter", "import-million"} <= seconds.keys():
        return []
    quarter, million = seconds["import-quarter"], seconds["import-million"]
    return [
        f"Four times as many rows (250,000 → 1,000,000) took {million / quarter:.2f} times as long."
    ]


def smallest() -> str:
    """Say below what no peak can be seen, because the kernel hands it on to what is started."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e6
    return f"below {own:.0f} MB, the size of the measuring process, it can't be seen."


def _cells(figure: Figure) -> tuple[str, str, str, str, str, str]:
    each = figure.measurement
    limits = [f"{each.times:g} × {each.beside}"] if each.times else []
    limits += [] if each.seconds is None else [_limit(each.seconds, each.unit)]
    limits += [f"{each.megabytes:g} MB"] if each.megabytes else []
    limits += [f"{each.growth:g} × the database of {each.grown}"] if each.growth else []
    ratios = [] if figure.ratio is None else [f"{figure.ratio:.2f} × {each.beside}"]
    if figure.growth is not None:
        ratios.append(f"database {figure.database:.0f} MB = {figure.growth:.1f} × {each.grown}")
    verdict = {None: "", True: "yes", False: "NO"}[figure.met]
    return (
        _amount(figure.seconds, each.unit),
        _span(figure.low, figure.high, each.unit),
        f"{figure.megabytes:.0f} MB" if figure.megabytes else "",
        ", ".join(ratios),
        ", ".join(limits),
        verdict,
    )


def _amount(value: float, unit: str) -> str:
    """Return a figure; a time of a process is never as short as those in milliseconds."""
    if unit == "s":
        return f"{value:.3f} s" if value >= _SHORT else f"{value * 1000:.2f} ms"
    return f"{value:.1f} %" if unit == "%" else f"{value:g}"


def _span(low: float, high: float, unit: str) -> str:
    first, last = _amount(low, unit), _amount(high, unit)
    shown = last.partition(" ")[2]
    return f"{first.removesuffix(f' {shown}') if shown else first} – {last}"


def _limit(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:g} {unit}".rstrip()
    return f"{value:g} s" if value > _SHORT else f"{value * 1000:g} ms"


def _shown(each: Measurement) -> str:
    """Return the command as a reader would type it, without this machine's paths."""
    names = {"{syncengine}": "syncengine", "{python}": "python", "{db}": "URL"}
    return " ".join(
        names.get(word, word.strip("{}").upper() if "{" in word else word)
        for word in map(_quoted, each.command)
    )


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
