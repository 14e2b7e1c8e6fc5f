"""Files that a spreadsheet saved again: what it does to cells, and how that is undone.

Excel, LibreOffice and their kin write booleans in capitals of the user's language, dates and numbers
in the forms of the user's country, and separate cells with ``;`` where the comma is the decimal mark.
What they take for a number or a date in a name (``007``, ``1-800``) is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from syncengine.adapters.exports.dialects.form import FEATURES, Rewrite

SPOILS = frozenset(
    "title artists album album_artists label copyrights release_date duration_ms".split()
)
"""Fields whose values are not sound any more."""

_YES = frozenset(
    "TRUE WAHR VRAI VERDADERO VERO VERDADEIRO SANT WAAR DOĞRU ИСТИНА PRAWDA TOSI SAND SANN PRAVDA"
    " ΑΛΗΘΗΣ IGAZ ADEVĂRAT CERT".split()
)
_NO = frozenset(
    "FALSE FALSCH FAUX FALSO FALSKT ONWAAR YANLIŞ ЛОЖЬ FAŁSZ EPÄTOSI FALSK USANN NEPRAVDA ΨΕΥΔΗΣ"
    " HAMIS FALS".split()
)
_ERRORS = frozenset("#NAME? #REF! #VALUE! #DIV/0! #N/A #NUM! #NULL!".split())
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})\Z")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})\Z")
_OTHER_DATE = re.compile(
    r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}\Z"
    r"|(?:[0-9]{1,2}[- ])?[^\W\d_]{3,9}\.?[- ][0-9]{2,4}\Z"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])\.?[Mm]\.?)?\Z")
_POWER = re.compile(r"-?[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}\Z")
_LOOK_AT = 200
_ABSENT = ""


def is_saved_again(columns: Mapping[str, int], rows: Iterable[Sequence[str]]) -> bool:
    """Return whether booleans or dates stand there as only spreadsheets write them.

    The first row that has either decides, so that sound files cost next to nothing.
    """
    explicit, released = columns.get("explicit"), columns.get("release_date")
    for row in islice(rows, _LOOK_AT):
        flag = _cell(row, explicit)
        date = _cell(row, released)
        if flag in _YES or flag in _NO or _is_foreign(date):
            return True
        if flag or _ISO.match(date):
            return False
    return False


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _is_foreign(date: str) -> bool:
    return bool(_YEAR_LAST.match(date) or _YEAR_FIRST.match(date) or _OTHER_DATE.match(date))


@dataclass(frozen=True, slots=True)
class Habits:
    """How one file's dates are to be read; ``day_first`` is None where nothing tells."""

    day_first: bool | None
    warnings: tuple[str, ...]

    def date(self, cell: str) -> str:
        """Return a date as YYYY-MM-DD; nothing where its day and month cannot be told apart."""
        text = cell.strip()
        found = _YEAR_FIRST.match(text)
        if found:
            return f"{found[1]}-{int(found[3]):02d}-{int(found[4]):02d}"
        found = _YEAR_LAST.match(text)
        if not found:
            return _ABSENT if _OTHER_DATE.match(text) else cell
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or self.day_first or first == second:
            return f"{found[4]}-{second:02d}-{first:02d}"
        return _ABSENT if self.day_first is None else f"{found[4]}-{first:02d}-{second:02d}"

    def moment(self, cell: str) -> str:
        """Return a date with a time as ISO 8601; the time itself is what the export said, in UTC.

        One without seconds is left out: it would be another stamp than that of any other export, so
        that every entry would seem to have gone and come.
        """
        date, _, rest = cell.strip().partition(" ")
        time = _TIME.match(rest.strip())
        day = self.date(date)
        if day == date or not time:
            return cell if day == date else _ABSENT
        hour = int(time[1])
        if time[4]:
            hour = hour % 12 + 12 * (time[4] in "Pp")
        return f"{day}T{hour:02d}:{time[2]}:{time[3]}Z" if day and time[3] else _ABSENT


def habits(columns: Mapping[str, int], rows: Iterable[Sequence[str]]) -> Habits:
    """Work out from every date of a file which of its numbers is the day."""
    places = [columns[name] for name in ("release_date", "added_at") if name in columns]
    day_first = month_first = False
    unclear = odd = minutes = 0
    for date, time in _dates(rows, places):
        found = _YEAR_LAST.match(date)
        odd += bool(not found and _OTHER_DATE.match(date))
        minutes += bool((found or _YEAR_FIRST.match(date)) and time.count(":") == 1)
        if not found or found[2] == ".":
            continue
        day_first |= int(found[1]) > 12
        month_first |= int(found[3]) > 12
        unclear += found[1] != found[3]
    decided = day_first if day_first != month_first else None
    unclear = unclear if decided is None else 0
    warnings = []
    if unclear:
        warnings.append(f"{_dates_are(unclear)} left out: day and month cannot be told apart")
    if odd:
        warnings.append(f"{_dates_are(odd)} left out: the spreadsheet cut the year or the day")
    if minutes:
        warnings.append("moments of adding were left out: the spreadsheet cut their seconds")
    return Habits(decided, tuple(warnings))


def _dates(rows: Iterable[Sequence[str]], places: Sequence[int]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for place in places:
            date, _, time = _cell(row, place).partition(" ")
            yield date, time


def _dates_are(count: int) -> str:
    return f"{count} dates are" if count != 1 else "1 date is"


def flag(cell: str) -> str:
    """Return a boolean of any known language as ``true`` or ``false``."""
    text = cell.strip().upper()
    return "true" if text in _YES else "false" if text in _NO else cell


def real(cell: str) -> str:
    """Return a number with a decimal point."""
    return cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell


def whole(cell: str) -> str:
    """Return a whole number without the power of ten that spreadsheets shorten it with."""
    text = real(cell).strip()
    if not _POWER.match(text):
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() else cell


def name(cell: str) -> str:
    """Return a name, or nothing where the spreadsheet took it for a formula and failed."""
    return _ABSENT if cell.strip() in _ERRORS else cell


def rewrites(habits: Habits) -> Mapping[str, Rewrite]:
    """Return what undoes a spreadsheet's doing, by field."""
    found: dict[str, Callable[[str], str]] = {
        "explicit": flag,
        "release_date": habits.date,
        "added_at": habits.moment,
        **dict.fromkeys(("title", "artists", "album", "album_artists", "label"), name),
        **dict.fromkeys(("duration_ms", "popularity", "disc_number", "track_number"), whole),
        **dict.fromkeys(FEATURES, real),
    }
    return found
