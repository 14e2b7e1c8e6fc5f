"""Sees to it that no run takes from people what is theirs: what they wrote, put away and made.

People act between runs through `People`; `Watch` compares the double before and after each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from syncengine.adapters.notion.fields import BACK, ENTITIES, PROPERTIES, SYNC_KEY
from syncengine.adapters.notion.page_reader import PageReader
from syncengine.core.plan import (
    IN_TRASH,
    REMOVED,
    Agreed,
    Along,
    Entity,
    Related,
    Tolerant,
    Value,
)
from syncengine.core.writer import SeenItem
from syncengine.jobs.reconcile import Side, compared
from syncengine.jobs.reconciling import Prepared
from tests.fakes.notion_http import OLD
from tests.fakes.notion_shapes import Shapes
from tests.fakes.notion_things import DataSource, Page, Property
from tests.notion_lives import Lives

OWN = {"My notes": "rich_text", "My rating": "select"}
"""What people keep in properties of their own."""
Place = tuple[str, str]
"""A page's id and one of our fields."""


@dataclass
class Sight:
    """All pages at one moment: whole, and as our reader reads them."""

    pages: dict[str, Page]
    items: dict[str, SeenItem]

    @property
    def shown(self) -> set[str]:
        return {name for name, page in self.pages.items() if not page.trashed}


@dataclass
class Deeds:
    """What people did that holds until somebody decides otherwise.

    ``wrote`` has what stood there before them; ``put_away`` what pages went by; ``kept`` and
    ``given_way`` what was decided, the latter with the value it was decided on.
    """

    wrote: dict[Place, Value] = field(default_factory=dict)
    touched: set[Place] = field(default_factory=set)
    trashed: set[str] = field(default_factory=set)
    deleted: dict[tuple[Entity, str], str] = field(default_factory=dict)
    kept: set[Place] = field(default_factory=set)
    given_way: dict[Place, Value] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)


class Watch:
    """Knows people's deeds, and compares."""

    def __init__(self, lives: Lives) -> None:
        self.lives = lives
        self.world = lives.double.world
        self.us = lives.double.integration.id
        self.sources = {each: self.world.sources[lives.shelves[each].source] for each in ENTITIES}
        self.deeds = Deeds()
        self.lost = False
        """Whether our own memory was lost at some time: then what differs may be anybody's."""
        for entity in ENTITIES:
            lives.double.person.change_schema(self.source(entity), dict(OWN))

    # ------------------------------------------------------------------------------------- looking

    def source(self, entity: Entity) -> DataSource:
        return self.sources[entity]

    def prop(self, entity: Entity, name: str) -> Property:
        """Return a property by our name, whatever people call it now."""
        return self.source(entity).properties[
            unquote(self.lives.shelves[entity].properties[name].id)
        ]

    def entity_of(self, page: Page) -> Entity:
        return next(each for each in ENTITIES if self.source(each).id == page.parent[1])

    def item(self, page: Page) -> SeenItem:
        """Return a page as our reader reads it."""
        entity = self.entity_of(page)
        reader = PageReader(entity, self.lives.shelves[entity])
        with self.world.turn:
            return reader.item(Shapes(self.world, OLD).page(page))

    def look(self) -> Sight:
        pages = [page for entity in ENTITIES for page in self.source(entity).pages.values()]
        return Sight(
            {page.id: page.copy() for page in pages}, {page.id: self.item(page) for page in pages}
        )

    def side(self) -> Side:
        """Return what should be there and what is known to be."""
        sink = self.lives.sink()
        with self.lives.database.reading() as unit:
            return compared(sink, unit.catalogue, unit.agreed.agreed(sink.name))

    # ------------------------------------------------------------------------------------ comparing

    def decided(self, prepared: Prepared, before: Sight) -> None:
        """Note what a run takes as decided, and see that it asks about nothing that no person did."""
        for side in prepared.planned.sides.values():
            for each in side.decided:
                place = (each.address, each.field)
                if each.choice == "keep-theirs":
                    self.deeds.kept.add(place)
                else:
                    item = before.items.get(each.address)
                    self.deeds.given_way[place] = self._held(item, each.field)
        for sink in prepared.plan.sinks.values():
            for action in sink.actions:
                if action.action == "conflict":
                    self._see_that_it_is_one(action.entity, action.key, action.fields, prepared)

    def _see_that_it_is_one(
        self, entity: Entity, key: str, fields: Mapping[str, Any], prepared: Prepared
    ) -> None:
        side = prepared.planned.sides["notion"]
        address = side.agreed[entity, key].address
        for name in fields:
            touched = self.lost or (address, name) in self.deeds.touched
            assert touched, f"nobody touched {name} of {entity} {key}: {fields[name]}"

    def compare(self, before: Sight) -> None:
        """See that a run left people's own alone."""
        after = self.look()
        for name, page in before.pages.items():
            assert name in after.pages, "a page was deleted for good"
            self._compare_own(page, after.pages[name])
        new = after.pages.keys() - before.pages.keys()
        for page in (after.pages[name] for name in new):
            assert page.created_by == self.us
            assert not any(page.values.get(each.id) for each in self._own_columns(page))
        self._see_none_left_behind([after.items[name] for name in new], before)
        self._compare_written(before, after)
        self._compare_put_away(before, after)
        self._see_no_doubles(after)

    def _see_none_left_behind(self, new: list[SeenItem], before: Sight) -> None:
        """See that no page was made for a thing that has one, under a key that it went by."""
        desired = self.side().desired if new and not self.lost else {}
        for made in new:
            item = desired.get((made.entity, made.keys[0]))
            if item is None or not item.also:
                continue
            for each in before.items.values():
                assert (
                    each.entity != made.entity
                    or each.fields.get(SYNC_KEY) not in item.also
                    or each.trashed
                    or (each.address, SYNC_KEY) in self.deeds.touched
                    or before.pages[each.address].created_by != self.us
                ), f"{made.keys} was {each.keys}, and left its page behind"

    def _own_columns(self, page: Page) -> list[Property]:
        source = self.source(self.entity_of(page))
        return [each for each in source.properties.values() if each.name in OWN]

    def _compare_own(self, before: Page, after: Page) -> None:
        if before.id in self.deeds.own:
            assert before.trashed == after.trashed
            source = self.source(self.entity_of(before))
            props = [each for each in source.properties.values() if each.name != BACK]
        else:
            props = self._own_columns(before)
        for prop in props:
            was, now = before.values.get(prop.id), after.values.get(prop.id)
            assert was == now, f"{prop.name} of {before.title!r} is a person's: {was} became {now}"
        assert (before.icon, before.blocks) == (after.icon, after.blocks)

    def _compare_written(self, before: Sight, after: Sight) -> None:
        shown = before.shown & after.shown
        for place in [*self.deeds.wrote, *self.deeds.kept - self.deeds.wrote.keys()]:
            name, field_name = place
            if field_name == IN_TRASH or name not in after.items or name not in before.items:
                continue
            was = _visible(self._held(before.items[name], field_name), shown)
            now = _visible(self._held(after.items[name], field_name), shown)
            is_theirs = place in self.deeds.kept or was != _visible(self.deeds.wrote[place], shown)
            if was == now or not is_theirs:
                continue
            full = self._held(before.items[name], field_name)
            may = place not in self.deeds.kept and place in self.deeds.given_way
            may = may and _visible(self.deeds.given_way[place], shown) == _visible(full, shown)
            assert may, (
                f"{field_name} of {before.items[name].keys} was a person's: {was} became {now}"
            )
            self.deeds.wrote.pop(place, None)
        self._forget_what_is_agreed(after)

    def _forget_what_is_agreed(self, after: Sight) -> None:
        """What a person wrote that is what was there before, or what is wanted, is none of theirs."""
        if not self.deeds.wrote:
            return
        side = self.side()
        there = {each.address: target for target, each in side.agreed.items()}
        for (name, field_name), base in list(self.deeds.wrote.items()):
            if name not in after.items:
                del self.deeds.wrote[name, field_name]
                continue
            now = self._held(after.items[name], field_name)
            wanted = self.wanted(side, there.get(name), field_name)
            same = (_visible(base, after.shown), wanted and _visible(wanted, after.shown))
            if _visible(now, after.shown) in same:
                del self.deeds.wrote[name, field_name]

    def wanted(self, side: Side, target: tuple[Entity, str] | None, name: str) -> Value:
        """Return what is wanted in a field, relations by addresses."""
        item = side.desired.get(target) if target else None
        value = item.properties.get(name) if item else None
        prop = PROPERTIES[target[0]].get(name) if target else None
        if prop is None or prop.to is None or not isinstance(value, tuple):
            return value
        agreed = [side.agreed.get((prop.to, key)) for key in value]
        return tuple(each.address for each in agreed if each and each.address)

    def _held(self, item: SeenItem | None, name: str) -> Value:
        return None if item is None else item.fields.get(name)

    def _compare_put_away(self, before: Sight, after: Sight) -> None:
        for name in list(self.deeds.trashed):
            if name in after.pages and not after.pages[name].trashed:
                assert (name, IN_TRASH) in self.deeds.given_way, (
                    f"{after.items[name].keys} was put into the trash by a person, and is back"
                )
                self.deeds.trashed.discard(name)
        self._forget_what_was_cleared_away()
        for (entity, key), address in list(self.deeds.deleted.items()):
            new = [
                each
                for each in after.items.values()
                if (each.entity, each.keys[:1]) == (entity, (key,))
                and each.address not in before.items
            ]
            if new:
                given = (address, IN_TRASH) in self.deeds.given_way
                assert given, f"{entity} {key} was deleted by a person, and is back"
                del self.deeds.deleted[entity, key]

    def _forget_what_was_cleared_away(self) -> None:
        """What had left the library when people deleted it is forgotten, and may come new."""
        if self.deeds.deleted:
            side = self.side()
            for target in self.deeds.deleted.keys() - side.agreed.keys() - side.desired.keys():
                del self.deeds.deleted[target]

    def _see_no_doubles(self, after: Sight) -> None:
        keys = Counter(
            (item.entity, str(item.fields.get(SYNC_KEY)))
            for name, item in after.items.items()
            if after.pages[name].created_by == self.us
            and (name, SYNC_KEY) not in self.deeds.touched
        )
        assert not [key for key, count in keys.items() if count > 1]

    # ----------------------------------------------------------------------------------- at the end

    def see_agreement(self) -> None:
        """See that every page holds what the library wants, but for what is a person's."""
        side, sight = self.side(), self.look()
        policies = self.lives.sink().policies
        for target, item in side.desired.items():
            agreed = side.agreed.get(target)
            assert agreed is not None, f"{target} is nowhere"
            seen = sight.items.get(agreed.address or "")
            if seen is None or seen.trashed:
                assert (agreed.address, IN_TRASH) in self.deeds.kept, f"{target} is away"
                continue
            assert seen.fields.get(REMOVED) is None
            for name in {*item.properties, *seen.fields} - {REMOVED}:
                if (seen.address, name) in self.deeds.kept:
                    continue
                want = _visible(self.wanted(side, target, name), sight.shown)
                now = _visible(seen.fields.get(name), sight.shown)
                policy = policies.get(target[0], {}).get(name)
                if isinstance(policy, Along) or _is_near(policy, want, now):
                    continue
                assert want == now, f"{name} of {target}: {now}, not {want}"
        for target in side.agreed.keys() - side.desired.keys():
            self._see_removed(side.agreed[target], sight)
        known = {each.address for each in side.agreed.values()}
        strange = [
            item.keys
            for name, item in sight.items.items()
            if sight.pages[name].created_by == self.us
            and not item.trashed
            and not item.fields.get(REMOVED)
            and name not in known
            and (name, SYNC_KEY) not in self.deeds.touched
        ]
        assert not strange, f"these are ours, and nobody knows them: {strange}"

    def _see_removed(self, agreed: Agreed, sight: Sight) -> None:
        seen = sight.items.get(agreed.address or "")
        assert seen is None or seen.trashed or seen.fields.get(REMOVED), (
            f"{agreed.entity} {agreed.key} left the library, and its page does not say so"
        )

    def memory_lost(self) -> None:
        """Take back what nobody can tell any more: who emptied a field, or moved a number that drifts."""
        self.lost = True
        sight, policies = self.look(), self.lives.sink().policies
        for name, field_name in list(self.deeds.wrote):
            item = sight.items.get(name)
            policy = policies.get(item.entity, {}).get(field_name) if item else None
            if self._held(item, field_name) is None or isinstance(
                policy, Related | Tolerant | Along
            ):
                del self.deeds.wrote[name, field_name]
        self.deeds.deleted.clear()


def _visible(value: Value, shown: set[str]) -> object:
    """Return a value to compare: of a relation what shows, in no order."""
    if not isinstance(value, tuple):
        return value
    left = frozenset(each for each in value if len(each) != len(_ID) or each in shown)
    return left or None


_ID = "00000000-0000-0000-0000-000000000000"


def _is_near(policy: object, want: object, now: object) -> bool:
    if not isinstance(policy, Tolerant) or not isinstance(want, int) or not isinstance(now, int):
        return False
    return abs(want - now) < policy.threshold
