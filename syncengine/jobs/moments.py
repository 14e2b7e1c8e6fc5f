"""From what a person types to the moment it means."""

from __future__ import annotations

from syncengine.core.moment import Instant, parse_local, to_iso
from syncengine.errors import NotFound, UsageError
from syncengine.storage.repositories.library import LibraryReader

FIRST_STEPS = (
    "import an export first (syncengine import-csv FOLDER), "
    "or fetch from Spotify (syncengine fetch)"
)
"""What fills an empty library."""
_ASK = "write a date, a date-time, the id of a snapshot, or latest"


def moment_of(when: str, library: LibraryReader) -> Instant:
    """Return the moment that WHEN means: a snapshot's id, an ISO date or date-time, or ``latest``.

    Raises UsageError for a text that is none of these, NotFound for an unknown snapshot, for an empty
    library and for a moment before its first observation, naming that.
    """
    at, (earliest, _) = any_moment_of(when, library), observed_time(library)
    if at < earliest:
        raise NotFound(f"nothing is known before {to_iso(earliest)}, the first observation")
    return at


def any_moment_of(when: str, library: LibraryReader) -> Instant:
    """Return the moment that WHEN means, also one before the first observation; raises as ``moment_of``."""
    _, latest = observed_time(library)
    if when == "latest":
        return latest
    if when.isdigit() and len(when) < 8:
        taken = library.taken_at(int(when))
        if taken is None:
            raise NotFound(f"there is no snapshot {when}; syncengine history list shows them")
        return taken
    try:
        return parse_local(when)
    except ValueError as error:
        raise UsageError(f"{when!r} is no moment: {_ASK}") from error


def observed_time(library: LibraryReader) -> tuple[Instant, Instant]:
    """Return the first and the last observation. Raises NotFound for an empty library."""
    earliest, latest = library.earliest(), library.latest()
    if earliest is None or latest is None:
        raise NotFound(f"the library is empty: {FIRST_STEPS}")
    return earliest, latest
