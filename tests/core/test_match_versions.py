"""Live, remix, clean: each version is matched with itself, and with no other."""

from __future__ import annotations

import pytest

from tests.song_builders import ONE, OTHER_ISRC, SONG, TAGS, THREE, TWO, match, song, uri

VERSIONS = (
    "Live", "Live at Rome", "Live in Oslo", "Acoustic", "Instrumental", "Karaoke Version", "Extended Mix",
    "Sped Up", "Slowed + Reverb", "Nightcore", "Demo", "Re-Recorded", "A Cappella", "Orchestral Version",
    "Fox Remix", "Snail Remix", "Dub Mix", "VIP Mix", "Bootleg", "Reprise", "Pt. 1", "Pt. 2",
    "Spanish Version", "Outro", "Cover",
)  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_itself_and_no_other(version: str) -> None:
    library = [song(f"Kettle Waltz - {each}", key=uri(10 + n)) for n, each in enumerate(VERSIONS)]
    found = match(TAGS._replace(title=f"Kettle Waltz ({version})"), SONG, *library)
    assert found.track == uri(10 + VERSIONS.index(version))
    assert found.tier in ("certain", "likely") or version == "Live"
    others = [each for each in library if each.key != found.track]
    without = match(TAGS._replace(title=f"Kettle Waltz ({version})"), SONG, *others)
    assert not without.acts or version.startswith("Live"), without


def test_a_concert_whose_place_is_not_said_is_likely() -> None:
    found = match(TAGS._replace(title="Kettle Waltz (Live)"), song("Kettle Waltz - Live at Rome"))
    assert found.tier == "likely"


def test_a_plain_file_is_no_version_even_of_the_same_length() -> None:
    for version in VERSIONS:
        assert not match(TAGS, song(f"Kettle Waltz - {version}")).acts, version
    found = match(TAGS, SONG, song("Kettle Waltz - Live"))
    assert (found.tier, found.track) == ("likely", ONE)
    assert "another version" in found.reason


def test_remasters_mono_and_single_versions_are_likely_either_way() -> None:
    for word in ("2011 Remaster", "Remastered", "Mono", "Stereo", "Single Version"):
        assert match(TAGS, song(f"Kettle Waltz - {word}")).tier == "likely"
        assert match(TAGS._replace(title=f"Kettle Waltz ({word})"), SONG).tier == "likely"
        both = match(TAGS, SONG, song(f"Kettle Waltz - {word}"))
        assert (both.track, both.acts) == (ONE, True)


def test_a_radio_edit_of_the_same_length_is_likely_and_of_another_is_not() -> None:
    assert match(TAGS, song("Kettle Waltz - Radio Edit")).tier == "likely"
    assert not match(TAGS._replace(duration_ms=206_000), song("Kettle Waltz - Radio Edit")).acts


def test_clean_and_explicit_are_told_apart_by_mark_or_word() -> None:
    clean = SONG._replace(explicit=False)
    explicit = SONG._replace(key=TWO, explicit=True, isrc=OTHER_ISRC)
    said = match(TAGS._replace(title="Kettle Waltz (Clean)"), clean, explicit)
    assert (said.acts, said.track) == (True, ONE)
    said = match(TAGS._replace(title="Kettle Waltz [Explicit]"), clean, explicit)
    assert (said.acts, said.track) == (True, TWO)
    assert match(TAGS, clean, explicit).tier == "unsure"
    assert not match(TAGS._replace(title="Kettle Waltz (Clean)"), explicit).acts


def test_a_version_may_be_left_to_the_album_or_to_the_file_name() -> None:
    live = song("Kettle Waltz - Live at Rome", album="Live at Rome")
    assert match(TAGS._replace(album="Live at Rome"), live).tier == "likely"
    assert match(TAGS, live).tier == "unsure"
    found = match(TAGS, SONG, live, stem="The Otters - Kettle Waltz (Live at Rome)")
    assert (found.acts, found.track) == (True, TWO)


def test_words_in_the_title_proper_break_no_match() -> None:
    for title in (
        "Live and Let Die",
        "Clean",
        "Remix to Ignition",
        "Long Live",
        "Come Clean",
        "Live",
        "Demo",
    ):
        library = [song(title), song(f"{title} - Live at Rome", key=THREE, duration_ms=240_000)]
        found = match(TAGS._replace(title=title), *library)
        assert (found.tier, found.track) == ("certain", TWO), title
        found = match(TAGS._replace(title=f"{title} (Live at Rome)", duration_ms=240_000), *library)
        assert (found.acts, found.track) == (True, THREE), title
