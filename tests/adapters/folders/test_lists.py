"""The lists in playlist folders."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.folders.lists import (
    is_as_written,
    key_of,
    list_bytes,
    list_digest,
    list_text,
    text_of,
)
from syncengine.core.placing import ListEntry


def test_a_list_as_it_is_written() -> None:
    text = list_text(
        "Mix",
        "spotify:playlist:1",
        [ListEntry(183, "A - B", "A - B.mp3"), ListEntry(None, "#1\nHit", "#1 Hit.flac")],
    )
    lines = text.split("\n")
    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Mix"]
    assert lines[2].startswith("#SYNCENGINE:spotify:playlist:1 ")
    assert lines[3:] == [
        "#EXTINF:183,A - B", "A - B.mp3", "#EXTINF:-1,#1 Hit", "./#1 Hit.flac", "",
    ]  # fmt: skip
    assert key_of(text) == "spotify:playlist:1"
    assert is_as_written(text)


def test_an_empty_list_is_one() -> None:
    text = list_text("", "liked", [])
    assert key_of(text) == "liked"
    assert is_as_written(text)


def test_what_a_person_edits_is_seen() -> None:
    text = list_text("Mix", "liked", [ListEntry(1, "A", "a.mp3"), ListEntry(1, "B", "b.mp3")])
    for edited in (
        text.replace("a.mp3", "c.mp3"),
        text.replace("PLAYLIST:Mix", "PLAYLIST:Mine"),
        text + "c.mp3\n",
        text.replace("\n", "\r\n"),
        "\ufeff" + text,
        text.removesuffix("\n"),
        text.replace("liked ", "other "),
        text.replace("#EXTM3U", "#EXTM3U "),
    ):
        assert key_of(edited) in {"liked", "other"}
        assert not is_as_written(edited) or key_of(edited) == "other"
        assert list_digest(edited) != list_digest(text)
    assert key_of("#EXTM3U\n#EXTINF:1,#SYNCENGINE:liked 12\na.mp3\n") is None
    assert key_of("") is None
    assert not is_as_written("a.mp3\n")


@given(
    st.text(),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1),
    st.lists(
        st.builds(
            ListEntry,
            st.none() | st.integers(0, 10_000),
            st.text(st.characters()),
            st.text(st.characters(exclude_characters="/\0\n\r"), min_size=1),
        ),
        max_size=4,
    ),
)
def test_whatever_is_in_titles_and_names(name: str, key: str, entries: list[ListEntry]) -> None:
    text = list_text(name, key, entries)
    assert key_of(text) == key
    assert is_as_written(text)
    assert list_digest(text_of(list_bytes(text))) == list_digest(text)
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 3 + 2 * len(entries)
    assert not any(each.startswith("#") for each in lines[4::2])


def test_names_that_are_no_text_are_written_as_their_bytes() -> None:
    text = list_text("Mix", "liked", [ListEntry(1, "\udcff", "\udcff.mp3")])
    assert b"\n\xff.mp3\n" in list_bytes(text)
    assert text_of(list_bytes(text)) == text
