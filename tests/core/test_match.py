"""Files and the tracks they are of, case by case: order of evidence, tiers, versions, names, reasons."""

from __future__ import annotations

import pytest

from syncengine.core.audio_file import Tags
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import TrackKey
from syncengine.core.likeness import PENALTIES
from syncengine.core.match import CERTAIN, LIKELY, Decisions, Matcher
from tests.song_builders import ISRC, ONE, OTHER_ISRC, SONG, TAGS, THREE, TWO, match, song

# ------------------------------------------------------------------------------------------ order


def test_a_persons_decision_wins_over_everything() -> None:
    tags = TAGS._replace(spotify=ONE, isrc=ISRC)
    found = match(tags, SONG, song("Other"), decisions=Decisions({"/f": TWO}))
    assert (found.tier, found.track, found.by) == ("certain", TWO, "decision")
    gone = match(tags, SONG, decisions=Decisions({"/f": THREE}))
    assert (gone.tier, gone.track, gone.by) == ("certain", THREE, "decision")
    assert "no playlist" in gone.reason


def test_a_track_that_a_person_ruled_out_is_none_and_its_twin_is_unsure() -> None:
    no = Decisions(other={"/f": frozenset((ONE,))})
    assert match(TAGS._replace(spotify=ONE, isrc=ISRC), SONG, decisions=no).track is None
    twin = match(TAGS, SONG, SONG._replace(key=TWO), decisions=no)
    assert (twin.tier, twin.track) == ("unsure", TWO)
    assert "person" in twin.reason
    assert (
        match(
            TAGS,
            SONG,
            song("Kettle Waltz", "The Otters", album="x", duration_ms=260_000),
            decisions=no,
        ).acts
        is False
    )


def test_a_spotify_id_is_certain_under_any_of_the_tracks_keys() -> None:
    for tags in (
        TAGS._replace(spotify=ONE),
        Tags("Кот", ("The Otters",), spotify=ONE, duration_ms=201_000),
    ):
        found = match(tags, SONG, song("Kettle Waltz"))
        assert (found.tier, found.track, found.by) == ("certain", ONE, "spotify")
    written_otherwise = Tags("Вальс", ("Выдры",), spotify=ONE, duration_ms=200_000)
    assert match(written_otherwise, SONG).tier == "likely"
    assert match(written_otherwise, SONG, song("Вальс", "Выдры")).tier == "unsure"
    assert match(written_otherwise._replace(duration_ms=203_000), SONG).tier == "unsure"
    old = TrackKey("meta:1")
    assert match(TAGS._replace(spotify=old), SONG._replace(also=(old,))).by == "spotify"
    name = ONE.rpartition(":")[2]
    assert match(f"whatever [{name}]", SONG).track == ONE


@pytest.mark.parametrize(
    "tags",
    [
        TAGS._replace(duration_ms=300_000),
        Tags("Umbrella", ("Herons",), spotify=ONE, duration_ms=230_000),
        Tags("Umbrella", ("Herons",), spotify=ONE, duration_ms=200_000),
        TAGS._replace(title="Kettle Waltz (Live)", duration_ms=212_000),
    ],
)
def test_a_spotify_id_that_title_and_length_contradict_is_unsure(tags: Tags) -> None:
    found = match(tags._replace(spotify=ONE), SONG)
    assert (found.tier, found.track) == ("unsure", ONE)
    assert found.reason.startswith("The file carries the track's Spotify id, but")


def test_an_id_that_the_library_does_not_have_leaves_it_to_the_names() -> None:
    found = match(TAGS._replace(spotify=THREE), SONG)
    assert (found.tier, found.by) == ("certain", "names")
    assert (
        "other Spotify id" in [each.name for each in found.best.penalties] if found.best else False
    )


def test_an_isrc_with_its_length_is_certain_however_written() -> None:
    for said in (ISRC, "QZ-ABC-20-00001", "qzabc2000001"):
        found = match(
            Tags("Kettle Waltz [Remastered]", ("Otters",), None, said, None, 203_500), SONG
        )
        assert (found.tier, found.by) == ("certain", "isrc")


def test_an_isrc_that_length_or_version_contradicts_is_not_certain() -> None:
    for tags in (
        TAGS._replace(isrc=ISRC, duration_ms=212_000),
        TAGS._replace(isrc=ISRC, duration_ms=280_000),
        TAGS._replace(isrc=ISRC, title="Umbrella", artists=("Herons",)),
        TAGS._replace(isrc=ISRC, title="Kettle Waltz, Pt. 2"),
    ):
        assert match(tags, SONG).tier == "unsure"
    live = TAGS._replace(isrc=ISRC, title="Kettle Waltz (Live)")
    assert match(live, SONG).tier == "likely"
    assert match(live._replace(isrc=None), SONG).tier == "unsure"


def test_an_isrc_of_one_track_with_the_names_of_another_is_unsure() -> None:
    tags = Tags("Umbrella", ("The Otters",), "Tea", ISRC, None, 200_000)
    assert match(tags, SONG, song("Umbrella")).tier == "unsure"


def test_of_several_tracks_with_one_isrc_the_best_is_it_and_the_others_are_twins() -> None:
    again = SONG._replace(key=TWO, album="Best of Tea")
    found = match(TAGS._replace(isrc=ISRC), SONG, again)
    assert (found.tier, found.track, found.twins) == ("certain", ONE, (TWO,))
    open_ = match(TAGS._replace(isrc=ISRC, album=None), SONG, again)
    assert (open_.tier, open_.track, open_.twins) == ("likely", ONE, (TWO,))


def test_an_id_alone_is_checked_by_the_length() -> None:
    assert match(Tags(spotify=ONE, duration_ms=201_000), SONG).tier == "certain"
    assert match(Tags(spotify=ONE), SONG).tier == "certain"
    assert match(Tags(spotify=ONE, duration_ms=300_000), SONG).tier == "unsure"
    named = Tags(spotify=ONE, duration_ms=230_000)
    assert match(named, SONG).tier == "certain"
    assert match(named, SONG, stem="The Otters - Kettle Waltz, Pt. 2").tier == "unsure"
    assert match(Tags(isrc=ISRC, duration_ms=201_000), SONG).tier == "likely"
    assert match(Tags(isrc=ISRC, duration_ms=300_000), SONG).tier == "unsure"


def test_an_isrc_of_a_recording_that_a_person_ruled_out_is_unsure() -> None:
    no = Decisions(other={"/f": frozenset((ONE,))})
    found = match(TAGS._replace(isrc=ISRC), SONG, SONG._replace(key=TWO), decisions=no)
    assert (found.tier, found.track) == ("unsure", TWO)


def test_an_isrc_that_is_none_says_nothing() -> None:
    found = match(TAGS._replace(isrc="0"), SONG._replace(isrc="0"))
    assert found.by == "names"


# ------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("title", "artists"),
    [
        ("KETTLE  WALTZ", ("the otters",)),
        ("Kettle Waltz", ("Otters",)),
        ("Kettle Waltz", ("Otters, The",)),
        ("Kettle Waltz (Official Video) [HQ]", ("The Otters - Topic",)),
        ("Kettle Waltz (feat. Heron)", ("The Otters",)),
        ("Kettle Waltz ft. Heron", ("The Otters; Heron",)),
        ("Kettle Waltz", ("The Otters x Heron & Snail / Fox",)),
        ("Ketﬂe Waltz".replace("ﬂ", "tl"), ("Ｔｈｅ Ｏｔｔｅｒｓ",)),
        ("The Otters - Kettle Waltz", ()),
        ("Kettle Waltz", ("OttersVEVO",)),
    ],
)
def test_names_are_compared_as_people_read_them(title: str, artists: tuple[str, ...]) -> None:
    found = match(TAGS._replace(title=title, artists=artists), SONG)
    assert (found.tier, found.track) == ("certain", ONE), found


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (("Simon & Garfunkel",), ("Simon and Garfunkel",)),
        (("Tyler, The Creator", "Kali Uchis"), ("Tyler, The Creator, Kali Uchis",)),
        (("Earth, Wind & Fire",), ("Earth Wind and Fire",)),
        (("AC/DC",), ("AC_DC",)),
        (("Beyoncé",), ("Beyonce",)),
        (("Ke$ha",), ("Kesha",)),
        (("MØ",), ("MO",)),
        (("Łona",), ("Lona",)),
        (("!!!",), ("!!!",)),
        (("Кино",), ("КИНО",)),
        (("Χάρις",), ("ΧΑΡΙΣ",)),
        (("فيروز",), ("فَيْرُوز",)),
        (("יסמין לוי",), ("יסמין  לוי",)),
        (("宇多田ヒカル",), ("宇多田ﾋｶﾙ",)),
        (("방탄소년단",), ("방탄소년단",)),
        (("คาราบาว",), ("คาราบาว",)),
        (("लता मंगेशकर",), ("लता  मंगेशकर",)),
        (("A", "B"), ("B", "A")),
    ],
)
def test_artists_in_many_writings_are_the_same(
    theirs: tuple[str, ...], ours: tuple[str, ...]
) -> None:
    found = match(TAGS._replace(artists=ours), SONG._replace(artists=theirs))
    assert found.acts, found
    assert found.tier == "certain"


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Прятки", "ПРЯТКИ"), ("Φως", "ΦΩΣ"), ("مطر", "مَطَر"), ("גֶּשֶׁם", "גשם"), ("ガラス", "ｶﾞﾗｽ"),
        ("夜明け", "夜明け"), ("บ้าน", "บ้าน"), ("किताब", "किताब"), ("🫖", "🫖"), ("7", "7"), ("1979", "1979"),
        ("U", "u"), ("?", "?"), ("Straße", "STRASSE"), ("Ærlig", "AErlig"), ("Où", "Ou"), ("11:59", "11_59"),
    ],
)  # fmt: skip
def test_titles_in_many_scripts_and_short_ones_are_found(title: str, file: str) -> None:
    assert match(TAGS._replace(title=file), SONG._replace(title=title)).tier == "certain"


def test_vowel_signs_tell_words_apart() -> None:
    assert not match(TAGS._replace(title="किताब"), song("काताब")).acts
    assert not match(TAGS._replace(title="กา"), song("กี")).acts


@pytest.mark.parametrize(
    ("stem", "tier"),
    [
        ("The Otters - Kettle Waltz", "certain"),
        ("03 - The Otters - Kettle Waltz", "certain"),
        ("03. Otters - Kettle Waltz (1)", "certain"),
        ("1-03 The Otters - Kettle Waltz", "certain"),
        ("The_Otters_-_Kettle_Waltz", "certain"),
        ("The Otters - Kettle Waltz (Official Video) [dQw4w9WgXcQ]", "certain"),
        ("The Otters - Tea - Kettle Waltz", "certain"),
        ("The Otters - 03 - Kettle Waltz", "certain"),
        ("The Otters - Kettle Waltz - Copy", "certain"),
        ("Kettle Waltz - The Otters", "likely"),
        ("Otters-Kettle Waltz", "certain"),
        ("03. Kettle Waltz", "unsure"),
        ("Kettle Waltz", "unsure"),
        ("03", "none"),
        ("Track 03", "none"),
        ("", "none"),
    ],
)
def test_without_tags_the_name_of_the_file_tells(stem: str, tier: str) -> None:
    assert match(stem, SONG).tier == tier


@pytest.mark.parametrize("title", ["Track 01", "", "Unknown", "01", "трек 3"])
def test_useless_tags_are_as_none(title: str) -> None:
    tags = TAGS._replace(title=title, artists=("Unknown Artist",), album=None)
    assert match(tags, SONG, stem="The Otters - Kettle Waltz").tier == "certain"


def test_swapped_tags_are_likely() -> None:
    assert (
        match(TAGS._replace(title="The Otters", artists=("Kettle Waltz",)), SONG).tier == "likely"
    )


def test_a_slip_of_the_pen_is_likely_in_a_long_title_only() -> None:
    assert match(TAGS._replace(title="Kettel Waltz"), SONG).tier in ("likely", "unsure")
    long = song("The Last Umbrella of the Harbour")
    assert match(TAGS._replace(title="The Last Umbrela of the Harbour"), long).tier == "likely"
    assert not match(TAGS._replace(title="Rain"), song("Train")).acts
    assert not match(TAGS._replace(title="Girls"), song("Girl")).acts
    assert match(
        TAGS._replace(artists=("The Oters of the North",)),
        song("Kettle Waltz", "The Otters of the North"),
    ).acts


def test_another_artist_with_the_title_is_another_song() -> None:
    assert not match(TAGS, song("Kettle Waltz", "Herons")).acts
    assert not match(TAGS._replace(artists=("Queen",)), song("Kettle Waltz", "Queen Latifah")).acts
    assert not match(
        TAGS._replace(artists=("Emile Brook",)), song("Kettle Waltz", "Eskil Brook")
    ).acts


# ------------------------------------------------------------------------------- length and release


@pytest.mark.parametrize(
    ("off", "tier"),
    [(0, "certain"), (2_000, "certain"), (3_000, "certain"), (-3_000, "certain"), (5_000, "likely"),
     (9_000, "unsure"), (-20_000, "unsure"), (40_000, "unsure"), (-90_000, "unsure")],
)  # fmt: skip
def test_length_decides_how_sure_it_is(off: int, tier: str) -> None:
    assert match(TAGS._replace(duration_ms=200_000 + off), SONG).tier == tier


def test_an_unknown_length_is_never_certain() -> None:
    assert match(TAGS._replace(duration_ms=None), SONG).tier == "likely"
    assert match(TAGS, SONG._replace(duration_ms=None)).tier == "likely"


def test_two_songs_of_one_name_are_told_apart_by_length() -> None:
    long = song("Kettle Waltz", duration_ms=260_000)
    assert match(TAGS, SONG, long).track == ONE
    assert match(TAGS._replace(duration_ms=260_500), SONG, long).track == TWO
    between = match(
        TAGS._replace(duration_ms=203_000), SONG, song("Kettle Waltz", duration_ms=206_000)
    )
    assert not between.acts or between.tier == "likely"


def test_the_album_chooses_among_releases_of_one_recording() -> None:
    single = song("Kettle Waltz", album="Kettle Waltz")
    found = match(TAGS._replace(album="Kettle Waltz - Single"), SONG, single)
    assert (found.tier, found.track, found.twins) == ("certain", TWO, (ONE,))
    deluxe = match(TAGS._replace(album="Tea (Deluxe Edition)"), SONG, single)
    assert (deluxe.tier, deluxe.track) == ("certain", ONE)
    neither = match(TAGS._replace(album=None), SONG, single)
    assert (neither.tier, neither.twins) == ("likely", (TWO,))


def test_a_title_without_artists_needs_the_album_and_some_length() -> None:
    tags = Tags("The Last Umbrella", (), "Tea", None, None, 200_000)
    assert match(tags, song("The Last Umbrella")).tier == "likely"
    assert match(tags._replace(album=None), song("The Last Umbrella")).tier == "unsure"
    assert match(tags._replace(title="Rain"), song("Rain")).tier == "unsure"


def test_another_isrc_is_at_most_likely() -> None:
    found = match(TAGS._replace(isrc=OTHER_ISRC), SONG)
    assert found.tier == "likely"


# ------------------------------------------------------------------------------------- explanations


def test_an_explanation_names_everything_that_was_weighed() -> None:
    matcher = Matcher([SONG, song("Kettle Waltz - Live at Rome"), song("Umbrella", key=THREE)])
    file = NamedFile("/f", TAGS._replace(album="Best", duration_ms=203_000))
    told = matcher.explain(file)
    assert told.match == matcher.match(file)
    assert [each.name for each in told.candidates[0].penalties] == [
        "length 2-4 s off",
        "other album",
    ]
    assert told.candidates[0].penalties[0].file == "203.0 s"
    assert told.candidates[1].track == TWO
    assert told.match.runner_up == told.candidates[1]
    assert told.match.gap == pytest.approx(told.candidates[0].score - told.candidates[1].score)
    assert told.readings[0].title.bare == "kettlewaltz"
    for each in told.candidates:
        assert each.score == pytest.approx(max(0, 1 - sum(p.size for p in each.penalties)))


def test_a_track_tells_which_files_come_nearest_and_what_they_are_of() -> None:
    matcher = Matcher([SONG, song("Kettle Waltz - Live at Rome")])
    files = [
        NamedFile("/a", TAGS),
        NamedFile("/b", TAGS._replace(title="Kettle Waltz (Live at Rome)")),
        NamedFile("/c", Tags("Umbrella", ("Herons",))),
    ]
    told = matcher.explain_track(TWO, files)
    assert [(match.file, match.track) for match, _ in told.candidates] == [("/b", TWO), ("/a", ONE)]
    assert "version word missing" in [each.name for each in told.candidates[1][1].penalties]
    with pytest.raises(KeyError):
        matcher.explain_track(THREE, files)


def test_every_penalty_has_its_size_in_the_table() -> None:
    assert all(0 < size <= 1 for size in PENALTIES.values())
    assert CERTAIN > LIKELY
