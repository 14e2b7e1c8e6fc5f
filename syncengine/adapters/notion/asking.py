"""How the parts of this room ask Notion: through one wire, which paces, repeats and counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from notion_client import Client

SYSTEM = "notion"
Json: TypeAlias = dict[str, Any]
Ask: TypeAlias = "Callable[[Client], Any]"


class Wire(Protocol):
    """Makes requests. ``endpoint`` is such as ``POST /v1/pages``, without ids: it is counted and logged.

    Both methods raise RemoteError; ``core.writer.Writer`` says which means what. The errors keep the
    words of the answer.
    """

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were made so far, by endpoint."""

    def read(self, endpoint: str, ask: Ask) -> Json:
        """Return the object that is answered; what only reads is repeated where that may help."""

    def write(self, endpoint: str, ask: Ask, *, repeatable: bool) -> Json:
        """Return the object that is answered.

        Only what is ``repeatable``, where twice is as once, is repeated after it may have been done;
        else OutcomeUnknown is raised then. What was certainly not done is always repeated.
        """
