"""Bring one thing in a sink up to date, wherever it came from: a person made it, or names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from syncengine.core.catalog import CatalogTrack
from syncengine.core.edits import adopted
from syncengine.core.identity import AlbumKey, ArtistKey, PlaylistKey, TrackKey
from syncengine.core.plan import Action, Agreed, Item, Related, Target, Value
from syncengine.core.reconcile import plan_sink
from syncengine.core.scope import Scope
from syncengine.core.writer import Change, SeenItem
from syncengine.errors import InvariantBroken, NotFound
from syncengine.jobs.apply_report import Failure
from syncengine.jobs.look import look_at_these
from syncengine.jobs.reconcile import Side, Wishes
from syncengine.jobs.reconciling import Hand, Tools, carry_out, prepare, respect_pause, side_of

Ask = Callable[[TrackKey], CatalogTrack]
"""Returns what is known of a track that is not in the library. Raises NotFound, or RemoteError."""


@dataclass(slots=True)
class PageReport:
    """What became of a page.

    ``written`` are the fields that were changed on the page itself, old and new; ``done`` counts all
    that was written, with what the page relates to. ``in_library`` says whether the library holds it;
    ``doubles`` say that it has another page, which is the one that is kept up to date.
    """

    target: Target
    title: str
    in_library: bool
    written: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    done: int = 0
    conflicts: list[Action] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    calls: Mapping[str, int] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)


def sync_page(
    address: str, hand: Hand, tools: Tools, ask: Ask, wishes: Wishes | None = None
) -> PageReport:
    """Bring the thing at an address up to date from the key that it carries.

    What the library holds is made as the library says, with all that it relates to. Of a track that it
    does not hold, what is empty is filled with what can be learned of it. A person's values are never
    written over. Raises NotFound where nothing is there, or nothing that carries a key.
    """
    respect_pause(hand.sink.name, tools)
    seen = hand.writer.at(address)
    if seen is None or seen.trashed:
        where = "is in the trash" if seen else "is in none of the databases that are kept"
        raise NotFound(f"{address}: this page {where}, or is not shared with the integration")
    if not seen.keys:
        raise NotFound(f"{address}: this page has no Spotify URI; write one into it")
    side = side_of(hand, tools)
    target = _in_library(seen, side)
    if target is None:
        return _filled(seen, hand, side, ask)
    return _reconciled(target, seen, hand, side, tools, wishes or Wishes())


def _in_library(seen: SeenItem, side: Side) -> Target | None:
    by_address = {each.address: target for target, each in side.agreed.items()}
    known = by_address.get(seen.address)
    if known in side.desired:
        return known
    targets: list[Target] = [(seen.entity, key) for key in seen.keys]
    return next((target for target in targets if target in side.desired), None)


def _reconciled(
    target: Target, seen: SeenItem, hand: Hand, side: Side, tools: Tools, wishes: Wishes
) -> PageReport:
    looked = look_at_these(
        hand.sink, side, [seen], writer=hand.writer, open_unit=tools.open_unit, clock=tools.clock
    )
    planned = prepare([hand], tools, replace(wishes, scope=_scope(target))).planned
    plan = planned.plan.sinks[hand.sink.name]
    done = carry_out(hand, planned, tools)
    if done.stopped is not None:
        raise done.stopped
    written = [each for each in plan.actions if (each.entity, each.key) == target]
    return PageReport(
        target,
        side.desired[target].title,
        True,
        written[0].fields if written and written[0].action != "conflict" else {},
        done.done,
        [each for each in plan.actions if each.action == "conflict"],
        done.failed,
        done.calls,
        looked.doubles,
    )


def _scope(target: Target) -> Scope:
    entity, key = target
    match entity:
        case "track":
            return Scope(tracks=frozenset({TrackKey(key)}))
        case "playlist":
            return Scope(playlists=frozenset({PlaylistKey(key)}))
        case "album":
            return Scope(albums=frozenset({AlbumKey(key)}))
        case "artist":
            return Scope(artists=frozenset({ArtistKey(key)}))
        case "file":
            raise InvariantBroken("files have no pages")


def _filled(seen: SeenItem, hand: Hand, side: Side, ask: Ask) -> PageReport:
    """Fill in what a page lacks of a track that the library does not hold; it is not kept track of."""
    key = seen.keys[0]
    if seen.entity != "track":
        raise NotFound(f"the library has no {seen.entity} {key}, and only tracks can be looked up")
    item = _item_of(ask(TrackKey(key)), hand, side)
    policies = hand.sink.policies.get("track", {})
    there = {name: value for name, value in seen.fields.items() if name in item.properties}
    before = adopted(item, seen.address, there, policies, trashed=False, signed=seen.signed)
    actions = plan_sink(hand.sink, [item], [before]).actions
    update = next((each for each in actions if each.action == "update"), None)
    fields = update.fields if update else _empty(item, before)
    if fields:
        new = {name: value for name, (_, value) in fields.items()}
        hand.writer.write(Change("track", key, seen.address, new))
    conflicts = [each for each in actions if each.action == "conflict"]
    return PageReport(
        ("track", key), item.title, False, fields, int(bool(fields)), conflicts,
        calls=dict(hand.writer.calls),
    )  # fmt: skip


def _empty(item: Item, before: Agreed) -> dict[str, tuple[Value, Value]]:
    """Return what can be filled in beside values of a person that stay as they are."""
    held = before.properties.keys() | before.edits.keys()
    return {name: (None, value) for name, value in item.properties.items() if name not in held}


def _item_of(track: CatalogTrack, hand: Hand, side: Side) -> Item:
    """Return what is wanted of a track, related only to what is in the sink already."""
    found = next(each for each in hand.sink.desired([track], []) if each.entity == "track")
    policies = hand.sink.policies.get("track", {})
    # What it would relate to is not in the library either, and would be marked as gone.
    kept = {
        name: value
        for name, value in found.properties.items()
        if not isinstance(policies.get(name), Related)
    }
    return replace(found, properties=kept)
