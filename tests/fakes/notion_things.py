"""What a Notion workspace holds: pages, databases, their data sources and properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, UUID, uuid5

Json = dict[str, Any]

TEXTS = frozenset({"title", "rich_text"})
LINES = frozenset({"url", "email", "phone_number"})
CHOICES = frozenset({"select", "multi_select", "status"})
COMPUTED = frozenset(
    "created_time last_edited_time created_by last_edited_by formula rollup unique_id".split()
)
"""Types of properties that nobody can write."""
PLAIN = TEXTS | LINES | frozenset("number checkbox date people files".split())
TYPES = PLAIN | CHOICES | COMPUTED | {"relation"}


def made_id(kind: str, number: int) -> str:
    """Return the same id for the same thing in every run, without an order in it."""
    return str(uuid5(NAMESPACE_URL, f"notion-double/{kind}/{number}"))


def as_id(text: object) -> str | None:
    """Return an id with its dashes; Notion takes it without them too."""
    if not isinstance(text, str) or len(text) not in (32, 36):
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return None


@cache
def encoded(name: str) -> str:
    """Return an id as answers have it."""
    return quote(name, safe="")


def minute(at: datetime) -> str:
    """Return a time as Notion tells it, rounded down to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def text_of(items: list[Json]) -> str:
    """Return what rich text says."""
    return "".join(item["plain_text"] for item in items)


@dataclass(slots=True)
class Option:
    """One choice of a select, multi-select or status property."""

    id: str
    name: str
    color: str = "default"
    description: str | None = None


@dataclass(slots=True, eq=False)
class Property:
    """One column of a data source; ``id`` stays when a person renames it.

    ``target`` is the data source of a relation and ``synced`` the id of the property over there that
    shows the same relation from its side. ``config`` is what else the type has.
    """

    id: str
    name: str
    type: str
    options: dict[str, Option] = field(default_factory=dict)
    config: Json = field(default_factory=dict)
    target: str | None = None
    synced: str | None = None

    @property
    def shown_id(self) -> str:
        """The id as answers have it: percent-encoded."""
        return encoded(self.id)

    def option(self, name: str) -> Option | None:
        """Return the option with a name."""
        return next((each for each in self.options.values() if each.name == name), None)


@dataclass(slots=True, eq=False)
class Block:
    """A block of a page's content; only its text counts here."""

    id: str
    type: str
    body: Json
    trashed: bool = False


@dataclass(slots=True, eq=False)
class Page:
    """A page; a row when its parent is a data source.

    ``values`` has what was ever written, by property id: rich text as answers show it, option ids,
    ids of related pages in order. What is missing is empty. ``edited`` is exact; answers round it.
    """

    id: str
    parent: tuple[str, str]
    created: datetime
    edited: datetime
    values: dict[str, Any] = field(default_factory=dict)
    trashed: bool = False
    icon: Json | None = None
    cover: Json | None = None
    blocks: list[Block] = field(default_factory=list)
    number: int = 0
    created_by: str = ""
    edited_by: str = ""

    @property
    def title(self) -> str:
        return text_of(self.values.get("title", []))

    def copy(self) -> Page:
        """Return the page as it is now, to be shown later on."""
        kept = {k: dict(v) if isinstance(v, dict) else v for k, v in self.values.items()}
        return replace(self, values=kept)


@dataclass(slots=True, eq=False)
class Database:
    """What holds data sources and stands on a page."""

    id: str
    parent: str
    title: list[Json]
    created: datetime
    edited: datetime
    description: list[Json] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    inline: bool = False
    trashed: bool = False
    locked: bool = False
    icon: Json | None = None
    cover: Json | None = None


@dataclass(slots=True)
class Behind:
    """What queries still see of a page that was just written; None where it was just created."""

    shown: Page | None
    until: datetime
    queries: int


@dataclass(slots=True, eq=False)
class DataSource:
    """A table: its schema by property id, and its rows in the order in which they were made."""

    id: str
    database: str
    title: list[Json]
    created: datetime
    edited: datetime
    properties: dict[str, Property] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    trashed: bool = False
    icon: Json | None = None
    version: int = 0
    queries: int = 0
    numbered: int = 0
    behind: dict[str, Behind] = field(default_factory=dict)
    indexes: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    orders: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return text_of(self.title)

    def named(self, name_or_id: str) -> Property | None:
        """Return the property with an id, as it is or percent-encoded, or else with a name."""
        found = self.properties.get(unquote(name_or_id)) or self.properties.get(name_or_id)
        if found is not None:
            return found
        return next((each for each in self.properties.values() if each.name == name_or_id), None)

    def put(self, page: Page, name: str, value: Any) -> None:
        """Store a value that is no relation, and keep the index right."""
        index = self.indexes.get(name)
        if index is not None:
            index.get(folded(page.values.get(name)), {}).pop(page.id, None)
            index.setdefault(folded(value), {})[page.id] = None
        page.values[name] = value

    def index(self, name: str) -> Mapping[str, Mapping[str, None]]:
        """Return the rows by the text of a property; made when it is first asked for."""
        if name not in self.indexes:
            made = self.indexes[name] = {}
            for page in self.pages.values():
                made.setdefault(folded(page.values.get(name)), {})[page.id] = None
        return self.indexes[name]

    def of_type(self, kind: str) -> Iterator[Property]:
        return (each for each in self.properties.values() if each.type == kind)


def plain(value: Any) -> str:
    """Return the text of a stored title, rich text, URL, address or number of a telephone."""
    if not value:
        return ""
    return text_of(value) if isinstance(value, list) else str(value)


def folded(value: Any) -> str:
    """Return a stored text as filters compare it, without its case."""
    return plain(value).casefold()


ALL_CAPABILITIES = frozenset({"read", "insert", "update", "users"})


@dataclass(slots=True)
class Integration:
    """Who asks: a connection with what it may do.

    ``users`` is the right to see who is in the workspace; the others are about content.
    """

    name: str = "Syncengine"
    token: str = "ntn_double"
    capabilities: frozenset[str] = ALL_CAPABILITIES
    id: str = made_id("bot", 0)
