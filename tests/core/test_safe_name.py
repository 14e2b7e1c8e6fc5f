"""Names of files and folders: safe on every system, distinct, and the same from run to run."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.safe_name import LONGEST, distinct_names, folded, safe_name

TEXTS = st.text(st.characters(), max_size=300)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AC/DC - Back In Black", "AC-DC - Back In Black"),
        ("..", "_"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("", "_"),
        ("   ", "_"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("COM1 .mp3", "_COM1 .mp3"),
        ("Console", "Console"),
        ("trailing. . .", "trailing"),
        (".hidden", "hidden"),
        ("What?", "What"),
        ('"Heroes"', "'Heroes'"),
        ("a\nb\tc", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301", "é"),
        ("\ud800half", "half"),
        ("👩‍🎤 mix", "👩‍🎤 mix"),
        ("NUL\u200b", "_NUL"),
    ],
)
def test_what_systems_refuse_or_read_otherwise_is_replaced(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(TEXTS, st.sampled_from(["", ".mp3", ".m3u8"]))
def test_every_text_gives_a_name_that_every_system_takes(text: str, extension: str) -> None:
    name = safe_name(text, extension=extension)
    assert 0 < len(name.encode()) <= LONGEST
    assert name.endswith(extension)
    stem = name.removesuffix(extension)
    assert stem not in ("", ".", "..")
    assert stem == stem.strip(" .")
    assert not set(name) & set('/\\:|<>"?*\0')
    assert unicodedata.normalize("NFC", name) == name
    assert safe_name(stem, extension=extension) == name


@given(st.dictionaries(KEYS, TEXTS, max_size=12), st.randoms())
def test_no_two_names_are_one_in_any_order(wanted: dict[str, str], random: object) -> None:
    names = distinct_names(wanted)
    assert len(set(map(folded, names.values()))) == len(wanted)
    assert all(len(each.encode()) <= LONGEST for each in names.values())
    shuffled = dict(sorted(wanted.items(), key=lambda _: random.random()))  # type: ignore[attr-defined] # Hypothesis types it as an object
    assert distinct_names(shuffled) == names


def test_a_suffix_stays_when_others_come_and_go() -> None:
    two = distinct_names({"a": "Straße", "b": "STRASSE"})
    assert two["a"] == "Straße"
    assert two["b"].startswith("STRASSE ~")
    assert distinct_names({"a": "Straße", "b": "STRASSE", "c": "Other"})["b"] == two["b"]
    accents = distinct_names({"a": "Café", "b": "Cafe"}, extensions={"a": ".mp3", "b": ".mp3"})
    assert accents["b"].endswith(".mp3")
    assert "~" in accents["b"]
