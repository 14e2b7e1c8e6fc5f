"""Titles taken apart: what is title, version, guest and noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.song_title import read_title
from syncengine.core.version_words import hints_of

texts = st.text(max_size=40) | st.lists(
    st.sampled_from(
        "Song Live ( ) [ ] - live remix feat. ft. Pt. 2 II \ue000 Remastered | / 🫖 ライブ Version".split()
    ),
    max_size=9,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Song (Live)", {"live": ""}),
        ("Song - Live at Wembley Stadium, 1986", {"live": "wembleystadium1986"}),
        ("Song (En Vivo)", {"live": ""}),
        ("Song - Ao Vivo", {"live": ""}),
        ("Song (dal vivo)", {"live": ""}),
        ("曲（ライブ）", {"live": ""}),
        ("노래 (라이브)", {"live": ""}),
        ("Песня (Ремикс)", {"remix": ""}),
        ("Song [Tiësto Remix]", {"remix": "tiesto"}),
        ("Song (Remix by Tiesto)", {"remix": "tiesto"}),
        ("Song - Tiësto's Remix", {"remix": "tiesto"}),
        ("Song - Acústico", {"acoustic": ""}),
        ("Song (Instrumental Version)", {"instrumental": ""}),
        ("曲 (カラオケ)", {"karaoke": ""}),
        ("Song - Extended Mix", {"extended": ""}),
        ("Song (Radio Edit)", {"radio edit": ""}),
        ("Song sped up", {"sped up": ""}),
        ("Song (Slowed + Reverb)", {"slowed": "", "reverb": ""}),
        ("Song (Nightcore)", {"nightcore": ""}),
        ("Song - 2011 Remaster", {"remaster": ""}),
        ("Song - Remastered 2009", {"remaster": ""}),
        ("Song (Taylor's Version)", {"rerecorded": ""}),
        ("Song (Re-Recorded)", {"rerecorded": ""}),
        ("Song - Mono", {"mono": ""}),
        ("Song (A Cappella)", {"a cappella": ""}),
        ("Song (Acapella)", {"a cappella": ""}),
        ("Song - Cover of Queen", {"cover": "queen"}),
        ("Song (Kitchen Version)", {"version": "kitchen"}),
        ("Song (Clean)", {"clean": ""}),
        ("Song (Live) [Remastered 2009]", {"live": "", "remaster": ""}),
        ("Song - Live (Rome)", {"live": "rome"}),
        ("Song (Reprise 2)", {"reprise": "2"}),
    ],
)
def test_words_in_brackets_or_behind_a_dash_say_which_version_it_is(
    text: str, kinds: dict[str, str]
) -> None:
    read = read_title(text)
    assert read.kinds == kinds
    assert read.bare == read.whole
    assert read.bare in ("song", "曲", "песня", "노래")


@pytest.mark.parametrize(
    "text",
    [
        "Live and Let Die", "Clean", "Remix to Ignition", "Live", "Demo", "In the Mix", "Rub a Dub",
        "Cover Me", "Instrumental Lies", "Edit Me Out", "Clean Bandit", "Acoustic Rain", "Radio Ga Ga",
    ],
)  # fmt: skip
def test_a_word_of_the_title_proper_is_none(text: str) -> None:
    assert read_title(text).kinds == {}
    assert read_title(text).bare == text.casefold().replace(" ", "")


@pytest.mark.parametrize("title", ["Long Live", "Born to Live", "Come Clean", "Forever Live"])
def test_a_title_that_ends_in_a_word_is_told_from_its_version_of_that_kind(title: str) -> None:
    plain, live = read_title(title), read_title(f"{title} - Live at Rome")
    assert plain == read_title(title.upper())._replace(shown=plain.shown)
    assert (plain.bare, plain.kinds) != (live.bare, live.kinds)


@pytest.mark.parametrize(
    "noise",
    [
        " (Official Video)", " [HQ]", " (Official Music Video) [HD]", " (Lyrics)", " [4K]",
        " | Official Video", " (Audio)", " [dQw4w9WgXcQ]", " (Original Mix)", " - Album Version",
        " (Bonus Track)", " Official Video", ' (From "Some Film")', " [320kbps]",
        " (Prod. by Somebody)", "（MV）", " - Single Version", "",
    ],
)  # fmt: skip
def test_noise_says_nothing_of_the_recording(noise: str) -> None:
    read = read_title("Tea Song" + noise)
    assert (read.bare, read.whole, read.guests) == ("teasong", "teasong", ())
    assert read.kinds == ({"single": ""} if "Single" in noise else {})


@pytest.mark.parametrize(
    ("text", "guests"),
    [
        ("Song (feat. A & B)", ("a & b",)),
        ("Song ft. Bob", ("bob",)),
        ("Song featuring Bob [Live]", ("bob",)),
        ("Song (with Bob)", ("bob",)),
        ("Song [Ft Bob] - Remix", ("bob",)),
    ],
)
def test_guests_leave_the_title(text: str, guests: tuple[str, ...]) -> None:
    assert read_title(text).bare == "song"
    assert read_title(text).guests == guests


def test_parts_are_numbers_however_they_are_written() -> None:
    ways = (
        "Song, Pt. 2",
        "Song (Part Two)",
        "Song - Part II",
        "Song Pt 2",
        "Song (Pt. 2)",
        "SONG PART 2",
    )
    assert {read_title(text).whole for text in ways} == {"songpart2"}
    assert {read_title(text).numbers for text in ways} == {(2,)}
    assert read_title("Song, Pt. 1").whole != read_title("Song, Pt. 2").whole


def test_what_stands_in_brackets_and_is_no_version_is_part_of_the_title() -> None:
    read = read_title("(I Can't Get No) Satisfaction")
    assert (read.bare, read.whole) == ("satisfaction", "icantgetnosatisfaction")
    assert read.whole == read_title("I Can’t Get No Satisfaction").whole
    other = read_title("夜に駆ける (Racing Into the Night)")
    assert other.others == ("racingintothenight",)


def test_titles_of_marks_alone_stay_themselves() -> None:
    assert (
        len({read_title(text).bare for text in ("?", "...", "🫖", "!!!", "11:59", "÷", "×")}) == 7
    )


@given(texts)
def test_any_title_can_be_read_and_is_something(text: str) -> None:
    read = read_title(text)
    assert bool(read.bare) == bool(read.shown)
    assert all(read.others)
    if text.isascii():
        assert read == read_title(text.upper())


@pytest.mark.parametrize(
    ("album", "kind"),
    [
        ("live at wembley", "live"),
        ("mtv unplugged", "unplugged"),
        ("x with the colorado symphony", "orchestral"),
        ("live through this", ""),
        ("alive", ""),
        ("the hits", ""),
    ],
)
def test_an_album_may_say_what_its_titles_leave_out(album: str, kind: str) -> None:
    assert hints_of(album) == (frozenset((kind,)) if kind else frozenset())
