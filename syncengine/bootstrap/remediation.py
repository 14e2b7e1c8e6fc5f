"""What remediation has to know of Notion, and of what asks Spotify."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncengine.core.plan import IN_TRASH, PAGE
from syncengine.core.ports import Clock
from syncengine.errors import ConfigError, UsageError
from syncengine.storage.unit_of_work import Database

if TYPE_CHECKING:
    from syncengine.config import Settings
    from syncengine.core.remediation import FieldNotes
    from syncengine.jobs.lookup import Lookups

SINK = "notion"
_NO_APP = (
    "set SPOTIFY_CLIENT_ID and run `syncengine auth login`; docs/spotify.md has every step",
    "without --api nothing is asked of Spotify",
)


def field_notes() -> FieldNotes:
    """Return what is to be known of the properties in Notion."""
    from syncengine.adapters.notion.fields import FEATURE_FIELDS, RANGES, SAID_IN
    from syncengine.core.remediation import FieldNotes

    return FieldNotes(SAID_IN, RANGES, FEATURE_FIELDS)


def chosen_fields(settings: Settings, given: Iterable[str]) -> frozenset[str]:
    """Return the fields that a person names, as plans call them; capitals don't matter.

    They go by our names, and by those that the settings give them in Notion.

    Raises UsageError, with the nearest, for a name that there is none of.
    """
    from syncengine.adapters.notion.names import read_names

    choices = _choices()
    theirs = {
        name: field for (_, field), name in read_names(settings.notion_properties).mapped.items()
    }
    known = {name.casefold(): field for name, field in {**theirs, **choices}.items()}
    found = set()
    for name in given:
        field = known.get(name.strip().casefold())
        if field is None:
            near = get_close_matches(name.strip().casefold(), known, 1)
            hint = f"; did you mean {known[near[0]]!r}?" if near else ""
            problems = [f"it is one of {', '.join(choices)}"]
            raise UsageError(f"--only {name!r} is no field of ours{hint}", problems)
        found.add(field)
    return frozenset(found)


def _choices() -> dict[str, str]:
    """Return what can be chosen, by the names that people see; rollups are Notion's own."""
    from syncengine.adapters.notion.fields import PROPERTIES, SHOWN_AS

    fields = [
        name
        for properties in PROPERTIES.values()
        for name, each in properties.items()
        if each.type != "rollup"
    ]
    return {SHOWN_AS.get(name, name): name for name in [*fields, PAGE, IN_TRASH]}


def shown_name(field: str) -> str:
    """Return what a field is called in Notion."""
    from syncengine.adapters.notion.names import shown_name

    return shown_name(field)


def page_url(address: str) -> str | None:
    """Return where a page is shown to people; None for what is no address of a page."""
    from syncengine.adapters.notion.address import page_url

    return page_url(address)


def require_app(settings: Settings) -> None:
    """Raise ConfigError where Spotify is to be asked and no app is named."""
    if settings.spotify_client_id is None:
        raise ConfigError("SPOTIFY_CLIENT_ID is not set, and Spotify answers apps only", _NO_APP)


@contextmanager
def open_lookups(settings: Settings, database: Database, clock: Clock) -> Iterator[Lookups]:
    """Return what asks Spotify, while the block runs; what it answered is written down in the end."""
    from syncengine.bootstrap import make_lookups

    face = make_lookups(settings, database, clock, takes_exports=False)
    try:
        yield face.tracks
    finally:
        face.close()
