"""What people do in Notion between two runs; `Watch` is told of what has to hold afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.adapters.notion.fields import ENTITIES, PROPERTIES
from syncengine.core.plan import IN_TRASH, Entity
from tests.fakes.notion_things import Page
from tests.notion_watch import Watch

RELATIONS = ("Artists", "Album", "Playlists")
TEXTS = {"Name", "Label", "ISRC", "Owner", "Folder", "Spotify URI", "Sync key"}


class People:
    """Edits pages by our names of properties."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.deeds = watch.deeds
        self.person = watch.lives.double.person

    def pages(self, *entities: Entity, trashed: bool | None = False) -> list[Page]:
        """Return the pages that we made, in an order that does not depend on who was first."""
        pages = [
            (entity, str(self.watch.item(page).fields.get("Sync key")), page.created, page)
            for entity in entities or ENTITIES
            for page in self.person.pages(self.watch.source(entity), trashed=trashed)
            if page.created_by == self.watch.us
        ]
        return [page for *_, page in sorted(pages, key=lambda each: each[:-1])]

    def page_of(self, entity: Entity, key: str) -> Page | None:
        """Return the page in sight that we made for a key."""
        pages = self.pages(entity)
        return next((p for p in pages if self.watch.item(p).fields.get("Sync key") == key), None)

    def write(self, page: Page, name: str, value: object) -> None:
        """Write a value that is no relation."""
        entity = self.watch.entity_of(page)
        if name in PROPERTIES[entity]:
            self._touch(page, name)
            self.person.edit(page, {self.watch.prop(entity, name).name: value})

    def relate(self, page: Page, name: str, others: Iterable[str]) -> None:
        """Let a track's relation have these pages."""
        self._touch(page, name)
        self.person.edit(page, {self.watch.prop("track", name).name: list(others)})

    def related(self, page: Page, name: str) -> list[str]:
        """Return what a track's relation shows."""
        return list(self.watch.world.related(page, self.watch.prop("track", name)))

    def relate_back(self, page: Page, track: Page) -> None:
        """Add a track on the other side of a relation, or take it away there."""
        name = self._relation_to(page)
        back = self.watch.source(self.watch.entity_of(page)).properties[
            str(self.watch.prop("track", name).synced)
        ]
        self._touch(track, name)
        shown = set(self.watch.world.related(page, back))
        self.person.edit(page, {back.name: sorted(shown ^ {track.id})})

    def _relation_to(self, page: Page) -> str:
        entity = self.watch.entity_of(page)
        return next(name for name in RELATIONS if PROPERTIES["track"][name].to == entity)

    def _touch(self, page: Page, name: str) -> None:
        place = (page.id, name)
        self.deeds.touched.add(place)
        if place not in self.deeds.wrote:
            self.deeds.wrote[place] = self.watch.item(page).fields.get(name)

    def note(self, page: Page, name: str, value: str | None) -> None:
        """Write into a column that is a person's own."""
        self.person.edit(page, {name: value})

    def trash(self, page: Page) -> None:
        self.person.trash(page)
        self.deeds.touched.add((page.id, IN_TRASH))
        self.deeds.trashed.add(page.id)

    def restore(self, page: Page) -> None:
        self.person.restore(page)
        self.deeds.trashed.discard(page.id)

    def delete(self, page: Page) -> None:
        """Delete a page for good; what we do not know to be ours may be made again."""
        key = self.watch.item(page).fields.get("Sync key")
        known = {each.address for each in self.watch.side().agreed.values()}
        self.person.delete(page)
        self.deeds.touched.add((page.id, IN_TRASH))
        self.deeds.trashed.discard(page.id)
        if page.id in known:
            self.deeds.deleted[self.watch.entity_of(page), str(key)] = page.id

    def rename(self, entity: Entity, name: str, new: str) -> None:
        """Give a property another name."""
        old = self.watch.prop(entity, name).name
        if self.watch.source(entity).named(new) is None:
            self.person.rename(self.watch.source(entity), old, new)

    def add_own(self, entity: Entity, related: Page | None = None) -> None:
        """Add a page without a key."""
        values: dict[str, object] = {
            self.watch.prop(entity, "Name").name: "My own",
            "My notes": "!",
        }
        if entity == "track" and related is not None:
            name = self._relation_to(related)
            values[self.watch.prop("track", name).name] = [related.id]
        page = self.person.add(self.watch.source(entity), values)
        self.deeds.own.add(page.id)

    def duplicate(self, page: Page) -> None:
        """Copy a page; tracks that relate to it relate to the copy as well."""
        if self.watch.entity_of(page) != "track":
            name = self._relation_to(page)
            for track in self.pages("track", trashed=None):
                if page.id in track.values.get(self.watch.prop("track", name).id, ()):
                    self._touch(track, name)
        self.person.duplicate(page)
