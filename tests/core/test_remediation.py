"""What is wrong in a sink follows from the plan that would put it right, and from what else was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from syncengine.core.edits import NO_DECISIONS, Decision, decisions_of
from syncengine.core.finding import Cure, Finding
from syncengine.core.plan import (
    DELETED,
    IN_TRASH,
    PAGE,
    REMOVED,
    TRASHED,
    Action,
    Agreed,
    Item,
    Target,
    Value,
)
from syncengine.core.ranges import FEATURES, POPULARITY, Range
from syncengine.core.reconcile import Rules, plan_sink
from syncengine.core.remediation import Scene, findings, persons_own
from syncengine.core.remedy import Deeds, Remedies, unplanned
from syncengine.core.sight import Doubled, Sight, Stranger
from syncengine.core.track import AudioFeatures
from tests.core.test_plan import DESIRED, SHELF, agreements
from tests.plan_builders import agree, item

RANGES = {"Popularity": POPULARITY, "Energy": Range(0, 1)}
TRACK, ARTIST = (
    item("track", "t", Label="L", Popularity=50, Energy=0.5, Artists=("a",)),
    item("artist", "a"),
)


def scene(
    desired: list[Item], agreed: list[Agreed], sight: Sight | None = None, **rest: object
) -> Scene:
    wanted: dict[Target, Item] = {(each.entity, each.key): each for each in desired}
    held: dict[Target, Agreed] = {(each.entity, each.key): each for each in agreed}
    made = Scene(wanted, held, SHELF.policies, RANGES, sight=sight or Sight())
    return replace(made, **rest)  # type: ignore[arg-type]


def plan(made: Scene) -> list[Action]:
    """Plan with all edits giving way."""
    given = [
        Decision(each.address or "", name, theirs, "use-ours")
        for each in made.agreed.values()
        for name, theirs in each.edits.items()
        if name not in made.decisions.keeps(each.address)
    ]
    rules = Rules(decisions=made.decisions.with_more(given))
    return list(plan_sink(SHELF, made.desired.values(), made.agreed.values(), rules=rules).actions)


def judged(made: Scene) -> list[Finding]:
    return findings(made, iter(plan(made)))


def held(**edits: Value) -> list[Agreed]:
    """Return a track and its artist as agreed, with edits of the track."""
    agreed = agree(plan_sink(SHELF, [TRACK, ARTIST], []), [])
    named = {name.replace("_", " "): each for name, each in edits.items()}
    return [replace(e, edits=named) if e.entity == "track" else e for e in agreed]


def kinds(found: list[Finding]) -> list[tuple[str, str | None]]:
    return sorted((each.kind, each.field) for each in found)


@given(DESIRED, agreements())
def test_what_is_found_is_just_what_a_plan_would_write(
    desired: list[Item], agreed: list[Agreed]
) -> None:
    made = scene(desired, agreed)
    actions = plan(made)
    found = judged(made)
    assert {each.cure.target for each in found if each.cure} >= {
        (each.entity, each.key) for each in actions
    }
    after = agree(plan_sink(SHELF, desired, agreed), agreed)
    assert judged(scene(desired, after)) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({"Label": "Mine"}, ("differing-value", "Label")),
        ({"Label": None}, ("missing-field", "Label")),
        ({"Artists": None}, ("missing-field", "Artists")),
        ({"Popularity": 101}, ("out-of-range", "Popularity")),
        ({"Popularity": 51}, ("differing-value", "Popularity")),
        ({"Energy": -0.1}, ("out-of-range", "Energy")),
        ({"In_trash": TRASHED}, ("without-page", None)),
        ({"In_trash": DELETED}, ("without-page", None)),
    ],
)
def test_each_edit_is_one_finding(
    edits: Mapping[str, Value], expected: tuple[str, str | None]
) -> None:
    (found,) = judged(scene([TRACK, ARTIST], held(**edits)))
    assert (found.kind, found.field) == expected
    assert found.cure is not None


def test_popularity_that_drifts_is_no_mismatch() -> None:
    drifted = replace(TRACK, properties={**TRACK.properties, "Popularity": 53})
    assert judged(scene([drifted, ARTIST], held())) == []


def test_what_the_library_itself_says_out_of_range_no_plan_puts_right() -> None:
    odd = replace(TRACK, properties={**TRACK.properties, "Energy": 1.5})
    (found,) = judged(scene([odd, ARTIST], held()))
    assert (found.kind, found.cure) == ("out-of-range", None)
    assert "library itself" in found.why_not


@pytest.mark.parametrize(("where", "kind"), [(TRASHED, IN_TRASH), (DELETED, "Artists")])
def test_a_relation_to_what_is_away_is_broken(where: str, kind: str) -> None:
    agreed = [replace(e, edits={IN_TRASH: where}) if e.entity == "artist" else e for e in held()]
    found = judged(scene([TRACK, ARTIST], agreed))
    assert kinds(found) == [("broken-relation", "Artists"), ("without-page", None)]
    (broken,) = [each for each in found if each.field]
    target: Target = ("artist", "a") if where == TRASHED else ("track", "t")
    assert broken.cure == Cure(target, kind)


def test_what_a_person_keeps_is_theirs() -> None:
    agreed = held(Label="Mine", In_trash=TRASHED)
    address = next(each.address for each in agreed if each.entity == "track") or ""
    kept = decisions_of(
        [
            Decision(address, "Label", "Mine", "keep-theirs"),
            Decision(address, IN_TRASH, TRASHED, "keep-theirs"),
        ]
    )
    made = scene([TRACK, ARTIST], agreed, decisions=kept)
    assert judged(made) == []
    own = list(persons_own(made))
    assert kinds(own) == [("differing-value", "Label"), ("without-page", None)]
    assert all(each.theirs for each in own)
    assert list(persons_own(replace(made, decisions=NO_DECISIONS))) == []


def test_what_else_was_seen() -> None:
    sight = Sight(
        [Doubled(("track", "t"), "T", ("one", "two"))],
        [Stranger("track", "x", None, ("spotify:track:x",)), Stranger("artist", "y", "Mine", ())],
        astray={(("track", "t"), "Artists"): ("z",)},
    )
    found = judged(scene([TRACK, ARTIST], held(Artists=("z",)), sight))
    assert kinds(found) == [
        ("broken-relation", "Artists"),
        ("doubled-page", None),
        ("doubled-page", None),
        ("without-track", None),
        ("without-track", None),
    ]
    assert [each.title for each in found if each.theirs] == ["Mine"]
    limited = judged(scene([TRACK, ARTIST], held(), sight, within={("artist", "a")}))
    assert limited == []


def test_what_left_and_what_came_back() -> None:
    (left,) = judged(scene([ARTIST], held()))
    assert (left.kind, left.field, left.cure) == (
        "without-track", REMOVED, Cure(("track", "t"), REMOVED),
    )  # fmt: skip
    back = [replace(each, removed=each.entity == "track") for each in held()]
    assert kinds(judged(scene([TRACK, ARTIST], back))) == [("differing-value", REMOVED)]
    (new,) = judged(scene([TRACK, ARTIST], [e for e in held() if e.entity == "artist"]))
    assert new.cure == Cure(("track", "t"), PAGE)


def test_what_becomes_of_findings() -> None:
    made = scene([TRACK, ARTIST], held(Label="Mine", Energy=3))
    label, energy = sorted(judged(made), key=lambda each: each.field != "Label")
    planned = plan_sink(SHELF, [TRACK, ARTIST], made.agreed.values())
    limited = replace(planned, actions=plan(made))
    (action,) = limited.actions
    policies = SHELF.policies
    assert unplanned(label).status == "open"
    assert Remedies(limited, policies).of(label).status == "planned"
    assert Remedies(limited, policies, {"Energy"}).of(label).reason == "--only leaves it as it is"
    assert Remedies(planned, policies).of(label).reason.startswith("it was changed once more")
    done = Deeds(True, {action.id})
    assert Remedies(limited, policies, None, done).of(energy).status == "fixed"
    failed = Deeds(True, (), {action.id: "no"})
    assert Remedies(limited, policies, None, failed).of(energy) == ("failed", "no")
    assert Remedies(limited, policies, None, Deeds(True)).of(energy).status == "left"


def test_every_feature_has_a_range() -> None:
    assert FEATURES.keys() == set(AudioFeatures._fields)
    assert str(FEATURES["energy"]) == "0 to 1"
