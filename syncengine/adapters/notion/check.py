"""Looking whether Notion is ready for a sync, without changing anything there.

Notion has no request that tells what an integration may do. So requests are made that cannot come to
anything, a page with a property that does not exist and an update without content: where a capability
lacks, Notion is taken to say so before it looks at the rest (guessed: its documentation has no order).
"""

from __future__ import annotations

from collections.abc import Callable

from syncengine.adapters.notion.asking import Ask, Json, Wire
from syncengine.adapters.notion.containers import Containers
from syncengine.adapters.notion.looking import (
    PARENT,
    SHARE,
    Looked,
    Wanted,
    is_ours,
    look,
    need_page,
    not_set_up,
)
from syncengine.adapters.notion.shelf import Shelves
from syncengine.adapters.notion.standing import Surroundings, judge
from syncengine.core.setup import Finding, Place, SetUp, Told
from syncengine.errors import Forbidden, Gone, OutcomeUnknown, Rejected

FREE_UPLOAD = 5 * 1024**2
"""Bytes of the largest upload of a free workspace: the one thing by which its plan shows."""
FREE_BLOCKS = 1_000
"""What a free workspace with several members holds, for life (reference/workspace-block-limits)."""
_NO_PROPERTY = "syncengine asks whether it may"
_CAPABILITIES = "https://www.notion.so/profile/integrations"


def check(
    wire: Wire,
    shelves: Shelves,
    wanted: Wanted,
    creates: Callable[[], int],
    tell: Told = lambda _text: None,
) -> SetUp:
    """Return what is there and what is wrong; ``creates`` says how many pages a sync would make.

    Raises ConfigError where a page is needed and none is named, SignInNeeded where the token is dead,
    TryLater and Transient where the service is down.
    """
    return _Check(wire, shelves, wanted, tell).run(creates)


class _Check:
    """One look at everything."""

    def __init__(self, wire: Wire, shelves: Shelves, wanted: Wanted, tell: Told) -> None:
        self._wire = wire
        self._containers = Containers(wire, tell)
        self._remembered = shelves.read()
        self._wanted = wanted
        self._findings: list[Finding] = []

    def run(self, creates: Callable[[], int]) -> SetUp:
        about = self._wire.read("GET /v1/users/me", lambda client: client.users.me())
        found = self._look()
        page = self._see_page(found)
        self._judge(found)
        self._try_insert(found, page)
        self._try_update(found, page)
        self._see_plan(about, creates)
        self._findings.sort(key=lambda each: not each.stops)
        places = [
            Place(each, source.id, "adopted" if each in self._wanted.adopted else "kept")
            for each, source in found.sources.items()
        ]
        return SetUp(places, self._findings, dict(self._wire.calls))

    # ------------------------------------------------------------------------------------ databases

    def _look(self) -> Looked:
        try:
            found = look(self._containers, self._wanted, self._remembered)
        except Forbidden:
            self._lack("Read content")
            return Looked()
        self._findings += found.findings
        for each in found.absent:
            self._findings.append(not_set_up(each, remembered=each in self._remembered))
        need_page(found.absent, self._wanted)
        return found

    def _see_page(self, found: Looked) -> str | None:
        """Return the page of the settings if it can be seen; it has to be only for what is absent."""
        page = self._wanted.parent
        if page is None:
            return None
        try:
            self._wire.read("GET /v1/pages/{page_id}", lambda client: client.pages.retrieve(page))
        except (Gone, Rejected):
            if found.absent:
                problem = f"the page that {PARENT} names cannot be seen"
                self._note(problem, f"check it, and {SHARE}", stops=True)
            return None
        except Forbidden:
            pass  # that is said already; what else is forbidden can be found out all the same
        return page

    def _judge(self, found: Looked) -> None:
        ours = frozenset(
            each
            for each, source in found.sources.items()
            if is_ours(source, self._remembered.get(each))
        )
        around = Surroundings(self._wanted.names, found.sources, self._remembered, ours=ours)
        for each in found.sources:
            self._findings += judge(each, around).findings

    # ---------------------------------------------------------------------------------- capabilities

    def _try_insert(self, found: Looked, page: str | None) -> None:
        """Ask for a page that cannot be made."""
        parent: Json = {"type": "page_id", "page_id": page}
        if found.sources:
            source = next(iter(found.sources.values()))
            parent = {"type": "data_source_id", "data_source_id": source.id}
        elif page is None:
            return
        properties: Json = {_NO_PROPERTY: {"checkbox": True}}
        self._try(
            "Insert content",
            "POST /v1/pages",
            lambda client: client.pages.create(parent=parent, properties=properties),
        )

    def _try_update(self, found: Looked, page: str | None) -> None:
        """Ask for an update without content."""
        page = page or self._any_page(found)
        if page is not None:
            self._try(
                "Update content",
                "PATCH /v1/pages/{page_id}",
                lambda client: client.pages.update(page),
            )

    def _any_page(self, found: Looked) -> str | None:
        for source in found.sources.values():
            endpoint = "POST /v1/data_sources/{data_source_id}/query"
            answer = self._wire.read(
                endpoint,
                lambda client, name=source.id: client.data_sources.query(name, page_size=1),  # type: ignore[misc]
            )
            if answer.get("results"):
                return str(answer["results"][0]["id"])
        return None

    def _try(self, capability: str, endpoint: str, ask: Ask) -> None:
        try:
            self._wire.write(endpoint, ask, repeatable=True)
        except Forbidden as error:
            if error.everything:
                self._lack(capability)
            else:
                self._note(str(error), "see what Notion says of it", stops=True)
        except (Gone, Rejected, OutcomeUnknown):
            return

    def _lack(self, capability: str) -> None:
        problem = f"the integration lacks the capability {capability!r}"
        self._note(problem, f"tick it at {_CAPABILITIES}", stops=True)

    # ---------------------------------------------------------------------------------- the free plan

    def _see_plan(self, about: Json, creates: Callable[[], int]) -> None:
        limits = (about.get("bot") or {}).get("workspace_limits") or {}
        if limits.get("max_file_upload_size_in_bytes") != FREE_UPLOAD:
            return
        wanted, members = creates(), self._members()
        if not wanted or members == 1:
            return
        blocks = f"holds {FREE_BLOCKS:,} blocks for life, and every page is one"
        advice = "use a paid plan, a workspace with one member, or a personal access token"
        if members is None:
            problem = f"the workspace is on the free plan, which with several members {blocks}"
            unseen = "how many members it has cannot be seen without 'Read user information'"
            self._note(f"{problem}; {unseen}", f"look, and then {advice}", stops=False)
            return
        problem = f"the workspace is on the free plan with several members: it {blocks}"
        stops = wanted > FREE_BLOCKS
        self._note(f"{problem}; the next sync makes {wanted:,} pages", advice, stops=stops)

    def _members(self) -> int | None:
        """Return how many people there are, as far as one request shows; None where it is forbidden."""
        try:
            answer = self._wire.read("GET /v1/users", lambda client: client.users.list())
        except Forbidden:
            return None
        found = [each for each in answer.get("results") or () if each.get("type") == "person"]
        return len(found)

    def _note(self, problem: str, advice: str, *, stops: bool) -> None:
        self._findings.append(Finding(None, None, problem, advice, stops))
