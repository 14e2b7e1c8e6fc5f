"""Made-up audio files of made-up tracks, spoilt in the ways files are, and what each is of."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.dice import Dice
from benchmarks.made_songs import MadeSong, made_songs
from syncengine.core.audio_file import Tags
from syncengine.core.file_reading import NamedFile
from syncengine.core.identity import TrackKey
from syncengine.core.match import Match
from syncengine.core.song import SongFacts

OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "live": (" (Live at {})", " [Live at {}]", " - Live ({})", " (Live From {})", " (En Vivo, {})"),
    "remix": (" ({} Remix)", " [{} Remix]", " (Remix by {})", " - {} RMX", " ({}'s Remix)"),
    "acoustic": (" (Acoustic Version)", " [Acoustic]", " (Acústico)", " acoustic"),
    "instrumental": (" (Instrumental)", " [Instrumental Version]", " instrumental"),
    "karaoke": (" (Karaoke)", " [Karaoke Version]", " (カラオケ)"),
    "extended": (" (Extended Mix)", " [Extended Version]", " (Extended)"),
    "radio": (" (Radio Edit)", " [Radio Version]"),
    "sped": (" (Sped Up)", " (sped-up version)", " sped up"),
    "slowed": (" (slowed + reverb)", " - Slowed & Reverb", " slowed + reverb"),
    "demo": (" (Demo)", " [Demo Version]"),
    "rerecorded": (" (Re-recorded)", " [Rerecorded Version]"),
    "cappella": (" (Acapella)", " [A Capella]"),
    "orchestral": (" (Orchestral)", " [Orchestral Version]"),
    "unplugged": (" (Unplugged)", " [Unplugged Version]"),
    "session": (" ({} Session)", " [{} Sessions]"),
    "cover": (" [Cover]", " - Cover"),
    "nightcore": (" (Nightcore)", " [Nightcore]"),
    "dub": (" (Dub Mix)", " [Dub]"),
    "vip": (" - VIP", " [VIP Mix]"),
    "reprise": (" (Reprise)", " [Reprise]"),
    "part": (" (Pt. {})", " - Part {}", " Pt {}", " (Part {})"),
}
_NOISE = (" (Official Video)", " [HQ]", " (Official Audio)", " (Lyrics)", " [Official Music Video]",
          " (Audio)", " [4K]", " | Official Video", " (Lyric Video) [HD]", " [dQw4w9WgXc0]")  # fmt: skip


class MadeFile(NamedTuple):
    """A file and its right answer.

    ``answer`` are the tracks that it is of, empty where the library has none. ``findable`` is whether
    what it says is enough to find it. ``spoilt`` names how it was made.
    """

    file: NamedFile
    answer: frozenset[TrackKey]
    findable: bool
    spoilt: str


class MadeSet(NamedTuple):
    """Tracks of a library and files to be matched with them."""

    tracks: list[SongFacts]
    files: list[MadeFile]


class _Draft(NamedTuple):
    """A file while it is made."""

    title: str
    artists: tuple[str, ...]
    album: str | None
    isrc: str | None
    spotify: TrackKey | None
    duration_ms: int | None
    stem: str
    findable: bool = True


def made_set(*, seed: int, tracks: int, files: int) -> MadeSet:
    """Return a library and files of it, the same for one seed."""
    dice = Dice(seed)
    songs = made_songs(dice, tracks)
    library = _Library(songs)
    made = []
    for number in range(files):
        song = dice.pick(songs)
        spoilt, spoil = dice.pick(_WAYS)
        draft = spoil(dice, _true(dice, song), song, library)
        answer = library.answer(song)
        findable = bool(answer) and draft.findable and not library.is_vague(song, draft)
        tags = Tags(*draft[:6])
        made.append(
            MadeFile(NamedFile(f"/music/{number}", tags, draft.stem), answer, findable, spoilt)
        )
    return MadeSet(library.tracks, made)


class _Library:
    def __init__(self, songs: list[MadeSong]) -> None:
        self.songs = songs
        known = [song for song in songs if song.known]
        self.tracks = [song.facts for song in known]
        self._keys: dict[int, set[TrackKey]] = defaultdict(set)
        self._called: dict[str, set[int]] = defaultdict(set)
        self._sung: dict[tuple[str, str], list[MadeSong]] = defaultdict(list)
        for song in songs:
            self._sung[(song.facts.artists[0], song.base)].append(song)
        for song in known:
            self._keys[song.recording].add(song.facts.key)
            self._called[_plain(song.base)].add(song.recording)

    def answer(self, song: MadeSong) -> frozenset[TrackKey]:
        return frozenset(self._keys.get(song.recording, ()))

    def is_told_by_length(self, song: MadeSong) -> bool:
        """Tell whether no other track of this artist and title, versions aside, is about as long."""
        others = self._sung[(song.facts.artists[0], song.base)]
        length = song.facts.duration_ms or 0
        return all(
            each.recording == song.recording or abs((each.facts.duration_ms or 0) - length) > 9_000
            for each in others
        )

    def is_vague(self, song: MadeSong, draft: _Draft) -> bool:
        """Tell whether a file without artists has a title that is not its own, or a short one."""
        if draft.artists or " - " in draft.stem or draft.isrc or draft.spotify:
            return False
        return len(song.base) < 14 or len(self._called[_plain(song.base)]) > 1


def _true(dice: Dice, song: MadeSong) -> _Draft:
    """Return a file as the shop sells it: no ids, and a length within a second."""
    facts = song.facts
    length = (facts.duration_ms or 0) + dice.between(-1_000, 1_000)
    title = facts.title
    return _Draft(
        title,
        facts.artists,
        facts.album,
        None,
        None,
        length,
        _safe(f"{facts.artists[0]} - {title}"),
    )


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in flat if mark.isascii())


def _safe(text: str) -> str:
    """Return a text as file names have it."""
    return "".join("_" if mark in '<>:"/\\|?*' else mark for mark in text).strip()


def _titled(dice: Dice, song: MadeSong, *, guests: bool = True) -> str:
    """Return the title with version and guests said in another way."""
    kind, detail = song.word
    said = dice.pick(OTHER_WORDS[kind]).format(detail) if kind else ""
    named = f" {dice.pick(('feat.', 'ft.', 'featuring'))} {song.guests[0]}" if song.guests else ""
    named = f" ({named.strip()})" if named and dice.chance(0.5) else named
    return (
        song.base + (named if guests else "") + said
        if dice.chance(0.5) and named.endswith(")")
        else (song.base + said + (named if guests and named.endswith(")") else ""))
    )


_Way = Callable[[Dice, _Draft, MadeSong, _Library], _Draft]


def _as_sold(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft


def _with_id(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft._replace(spotify=song.facts.key, title=_titled(dice, song), album=None)


def _with_isrc(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft._replace(isrc=song.facts.isrc, title=_titled(dice, song).upper())


def _retagged(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    """Version and guests said otherwise, artists in one text, other capitals."""
    joined = dice.pick((", ", "; ", " & ", " x ", " feat. ", " / ", " and ")).join(
        song.facts.artists
    )
    title = _titled(dice, song)
    title = dice.pick((title, title.upper(), title.lower(), title))
    return draft._replace(title=title, artists=(joined,), stem=f"track{dice.below(99)}")


def _unaccented(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    def bare(text: str) -> str:
        flat = unicodedata.normalize("NFKD", text)
        kept = "".join(mark for mark in flat if not "\u0300" <= mark <= "\u036f")
        table = str.maketrans(
            {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "œ": "oe", "’": "'"}
        )
        return unicodedata.normalize("NFC", kept.translate(table))

    artists = tuple(bare(each).replace(" & ", " and ") for each in draft.artists)
    artists = tuple(each.removeprefix("The ") for each in artists)
    return draft._replace(title=bare(draft.title), artists=artists, album=None)


def _named_only(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    """No tags at all; the name of the file says it."""
    front = dice.pick(("", f"{dice.between(1, 24):02} - ", f"{dice.between(1, 24):02}. "))
    lead = dice.pick((song.facts.artists[0], ", ".join(song.facts.artists)))
    stem = _safe(f"{front}{lead} - {_titled(dice, song)}")
    stem += dice.pick(("", "", " (1)", _safe(dice.pick(_NOISE))))
    return _Draft("", (), None, None, None, draft.duration_ms, stem)


def _underscored(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    stem = _safe(f"{song.facts.artists[0]} - {_titled(dice, song)}").replace(" ", "_")
    return _Draft("", (), None, None, None, draft.duration_ms, stem)


def _title_only(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    stem = _safe(f"{dice.between(1, 24):02}. {draft.title}").replace(" - ", " ")
    artists = dice.pick(((), ("Unknown Artist",)))
    findable = not song.word[0]
    return draft._replace(title=f"Track {dice.below(20):02}", artists=artists, stem=stem)._replace(
        artists=(), findable=findable
    )


def _swapped(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft._replace(title=song.facts.artists[0], artists=(draft.title,), stem="x")


def _swapped_name(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    title = song.base + (
        dice.pick(OTHER_WORDS[song.word[0]]).format(song.word[1]) if song.word[0] else ""
    )
    stem = _safe(f"{title} - {song.facts.artists[0]}")
    return _Draft("", (), None, None, None, draft.duration_ms, stem)


def _video(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    """Taken from a video: the uploader as artist, everything in the title, and noise."""
    title = f"{song.facts.artists[0]} - {_titled(dice, song)}{dice.pick(_NOISE)}"
    channel = dice.pick((f"{song.facts.artists[0]} - Topic", "TeaVEVO", "Nice Music Uploads", ""))
    artists = (channel,) if channel else ()
    return draft._replace(title=title, artists=artists, album=None, stem=_safe(title))


def _mistyped(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    """One letter of the title is another."""
    base = song.base
    if len(base) < 12 or not base.isascii():
        return draft
    place = dice.between(1, len(base) - 2)
    if not base[place].isalpha():
        return draft
    wrong = base[:place] + dice.pick("aeioust") + base[place + 1 :]
    return draft._replace(title=draft.title.replace(base, wrong), stem="x")


def _off_a_little(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    off = dice.between(1_000, 3_000) * dice.pick((-1, 1))
    return draft._replace(duration_ms=(song.facts.duration_ms or 0) + off)


def _off_wildly(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    off = dice.between(35_000, 90_000) * dice.pick((-1, 1))
    return draft._replace(duration_ms=(song.facts.duration_ms or 0) + off, findable=False)


def _no_length(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft._replace(duration_ms=None)


def _on_another_album(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    return draft._replace(album="Best of Everything, Vol. 2", title=_titled(dice, song))


def _wrong_id(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    other = dice.pick(library.songs)
    return draft._replace(spotify=other.facts.key, findable=False)


def _wrong_isrc(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    other = dice.pick(library.songs)
    return draft._replace(isrc=other.facts.isrc, findable=False)


def _untold(dice: Dice, draft: _Draft, song: MadeSong, library: _Library) -> _Draft:
    """The tags leave the version out; the file's name or another length tells."""
    said = dice.pick(OTHER_WORDS[song.word[0]]).format(song.word[1]) if song.word[0] else ""
    told = dice.chance(0.5) or not library.is_told_by_length(song)
    stem = _safe(f"{song.facts.artists[0]} - {song.base}{said if told else ''}")
    return draft._replace(title=song.base, stem=stem, findable=told or not song.word[0])


_WAYS: tuple[tuple[str, _Way], ...] = tuple(
    (way.__name__.strip("_").replace("_", " "), way)
    for way in (
        _as_sold, _as_sold, _with_id, _with_isrc, _retagged, _retagged, _retagged, _unaccented, _unaccented,
        _named_only, _named_only, _named_only, _underscored, _title_only, _swapped, _swapped_name, _video,
        _video, _mistyped, _off_a_little, _off_wildly, _no_length, _on_another_album, _wrong_id, _wrong_isrc,
        _untold,
    )
)  # fmt: skip


class Score(NamedTuple):
    """How matching did: of findable files the share that is certain or likely and right, of acted-on ones.

    ``wrong_certain`` and ``wrong_likely`` are files with a wrong track.
    """

    files: int
    findable: int
    found: int
    certain: int
    likely: int
    wrong_certain: list[MadeFile]
    wrong_likely: list[MadeFile]
    missed: list[MadeFile]

    @property
    def share_found(self) -> float:
        """The share of findable files that are certain or likely, and right."""
        return self.found / max(1, self.findable)

    @property
    def share_wrong(self) -> float:
        """The share of likely matches that are wrong."""
        return len(self.wrong_likely) / max(1, self.likely)


def score(files: list[MadeFile], matches: dict[str, Match]) -> Score:
    """Return how the answers compare with the right ones."""
    pairs = [(made, matches[made.file.file]) for made in files]
    right = [match.track in made.answer for made, match in pairs]
    wrong = [pair for pair, ok in zip(pairs, right, strict=True) if not ok]
    found = [
        made.findable and match.acts and ok for (made, match), ok in zip(pairs, right, strict=True)
    ]
    return Score(
        len(files),
        sum(made.findable for made in files),
        sum(found),
        sum(match.tier == "certain" for match in matches.values()),
        sum(match.tier == "likely" for match in matches.values()),
        [made for made, match in wrong if match.tier == "certain"],
        [made for made, match in wrong if match.tier == "likely"],
        [made for made, ok in zip(files, found, strict=True) if made.findable and not ok],
    )
