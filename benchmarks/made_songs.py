"""Made-up tracks with all that makes matching hard: twins of every version, scripts, common titles."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks import words
from benchmarks.dice import Dice
from syncengine.core.identity import TrackKey
from syncengine.core.song import SongFacts

_SCRIPTS = (
    "Чайник Дождь Трамвай Оркестр Облако Паровоз Зонтик Вечер Улица Кухня Йогурт Маяк",
    "Βροχή Καράβι Ομπρέλα Φεγγάρι Θάλασσα Κουζίνα Δρόμος Αυγή Χειμώνας Σπίτι",
    "مطر قمر شارع بحر مظلة صباح نافذة قطار حديقة بيت",
    "גשם ירח רחוב מטריה בוקר חלון רכבת גינה בית ים",
    "雨傘 月光 電車 台所 夜明け 湯気 ガラス ドア パンダ ひかり さくら キツネ",
    "雨天 火車 廚房 月亮 黃昏 茶壺 街道 海風",
    "우산 달빛 기차 부엌 새벽 바다 거리 정원",
    "ฝน ร่ม รถไฟ พระจันทร์ ทะเล บ้าน ถนน เช้า กาน้ำชา",
    "बारिश चाँद रेल खिड़की बगीचा समुद्र सुबह कितली घर",
    "Kuğu Işık Çay Göl Şemsiye Łódka Żaba Œuf Año Brød Åsen Ærlig",
)
_SHORT = ("U", "I", "7", "99", "1979", "11:59", "?", "...", "🫖", "🌧️", "Go", "Oh", "X", "+", "22")
_PROPER = (
    "Live and Let Wait", "Clean", "Remix to Breakfast", "Long Live", "Come Clean", "Demo", "Acoustic Rain",
    "Live", "Instrumental Lies", "Rub a Dub", "Cover Me", "Edit Me Out", "Radio", "Live Forever", "Explicit",
    "Slowed by Love", "Born to Live", "Untitled #3", "Part of Me", "In the Mix", "Mono Lake", "Take Two",
)  # fmt: skip
_PLACES = ("the Bandstand", "Porridge Lane", "Rome 1999", "the Umbrella Museum", "KEXP", "Łódź")
_WEIRD = ("The Kettles", "Fog & Daughters", "AC/TC", "Tea, the Maker", "Ke$tle", "Guns N' Gloves",
          "Sigur Rain", "!!!", "Beyoncée", "Earth, Wind & Kettle", "MØOSE", "30 Teacups")  # fmt: skip


class MadeSong(NamedTuple):
    """A made-up track; ``recording`` numbers what is heard, which re-releases share.

    ``base`` and ``word`` are the title without its version, and the version as a kind and whose or where.
    ``guests`` are in the artists too. ``known`` is whether the library has it.
    """

    facts: SongFacts
    recording: int
    base: str
    word: tuple[str, str]
    guests: tuple[str, ...]
    known: bool


def made_songs(dice: Dice, count: int) -> list[MadeSong]:
    """Return at least ``count`` tracks that are known, and about a quarter as many that are not."""
    artists = _artists(dice, max(30, count // 7))
    songs: list[MadeSong] = []
    taken: set[tuple[str, str]] = set()
    known = recording = 0
    while known < count:
        lead = artists[dice.skewed(len(artists), 2.0)]
        base = _title(dice)
        if (lead, base) in taken:
            continue
        taken.add((lead, base))
        family = _family(dice, lead, base, artists, recording)
        recording += len(family)
        songs += family
        known += sum(each.known for each in family)
    return songs


def _artists(dice: Dice, count: int) -> list[str]:
    found = dict.fromkeys((*_WEIRD, *words.ODD_ARTISTS))
    while len(found) < count:
        kind = dice.below(10)
        if kind < 4:
            name = f"{dice.pick(words.FORENAMES)} {dice.pick(words.SURNAMES)}"
        elif kind < 7:
            front = "The " if dice.chance(0.4) else ""
            name = f"{front}{dice.pick(words.BAND_FRONTS)} {dice.pick(words.BAND_BACKS)}"
        elif kind < 8:
            name = f"{dice.pick(words.SURNAMES)} & {dice.pick(words.SURNAMES)}"
        else:
            script = dice.pick(_SCRIPTS).split()
            name = f"{dice.pick(script)} {dice.pick(script)}"
        found[name] = None
    return list(found)


def _title(dice: Dice) -> str:
    kind = dice.below(100)
    if kind < 5:
        return dice.pick(_SHORT)
    if kind < 12:
        return dice.pick(_PROPER)
    if kind < 17:
        return dice.pick(words.PLAIN_TITLES)
    if kind < 42:
        script = dice.pick(_SCRIPTS).split()
        return " ".join(dice.pick(script) for _ in range(dice.between(1, 3)))
    title = f"{dice.pick(words.HEADS)} {dice.pick(words.TAILS)}".replace(" ,", ",")
    return f"{title} ({dice.pick(words.TAILS)})" if kind > 96 else title


def _family(dice: Dice, lead: str, base: str, artists: list[str], recording: int) -> list[MadeSong]:
    """Return a song and its twins: versions, parts, and the same recording on another album."""
    guest = dice.pick(artists)
    guests = (guest,) if guest != lead and dice.chance(0.2) else ()
    length = dice.between(95_000, 420_000)
    album = f"{dice.pick(words.ALBUM_FRONTS)} {dice.pick(words.ALBUM_BACKS)}"
    album = base if dice.chance(0.1) else album
    kinds: list[tuple[str, str]] = [("", "")]
    if dice.chance(0.3):
        kinds += [_version(dice, artists) for _ in range(dice.between(1, 3))]
    if dice.chance(0.03):
        kinds = [("part", "1"), ("part", "2"), ("part", "3")]
    found: list[MadeSong] = []
    for word in dict.fromkeys(kinds):
        own = length if not word[0] or dice.chance(0.3) else dice.between(95_000, 420_000)
        own += dice.between(-2_000, 2_000)
        if word[0] == "radio":  # It is one because it is shorter.
            own = length - dice.between(20_000, 60_000)
        song = _song(dice, lead, base, word, guests, album, own, recording + len(found))
        found.append(song._replace(known=not dice.chance(0.2)))
        if dice.chance(0.04):
            other = f"{dice.pick(words.ALBUM_FRONTS)} {dice.pick(words.ALBUM_BACKS)}"
            again = song.facts._replace(key=_key(dice), album=other)
            found.append(song._replace(facts=again, known=found[-1].known))
    return found


def _version(dice: Dice, artists: list[str]) -> tuple[str, str]:
    kind = dice.pick(
        "live live remix remix acoustic instrumental karaoke extended radio sped slowed demo rerecorded "
        "cappella orchestral unplugged session cover nightcore dub vip reprise".split()
    )
    if kind in ("live", "session"):
        return kind, dice.pick(_PLACES)
    return kind, dice.pick(artists) if kind == "remix" else ""


_SAID = {
    "": "",
    "live": " - Live at {}",
    "remix": " - {} Remix",
    "acoustic": " - Acoustic",
    "instrumental": " - Instrumental",
    "karaoke": " - Karaoke Version",
    "extended": " - Extended Mix",
    "radio": " - Radio Edit",
    "sped": " - Sped Up",
    "slowed": " (Slowed + Reverb)",
    "demo": " - Demo",
    "rerecorded": " (Re-Recorded)",
    "cappella": " - A Cappella",
    "orchestral": " - Orchestral Version",
    "unplugged": " - Unplugged",
    "session": " - {} Session",
    "cover": " (Cover)",
    "nightcore": " - Nightcore",
    "dub": " - Dub Mix",
    "vip": " (VIP Mix)",
    "reprise": " - Reprise",
    "part": ", Pt. {}",
}


def _song(
    dice: Dice,
    lead: str,
    base: str,
    word: tuple[str, str],
    guests: tuple[str, ...],
    album: str,
    length: int,
    recording: int,
) -> MadeSong:
    title = base + (f" (feat. {guests[0]})" if guests and dice.chance(0.6) else "")
    title += _SAID[word[0]].format(word[1])
    title += dice.pick((" - 2011 Remaster", " - Remastered")) if dice.chance(0.03) else ""
    facts = SongFacts(
        _key(dice),
        title,
        (lead, *guests),
        album,
        f"QZ{dice.between(100, 999)}{dice.between(10**6, 10**7 - 1)}" if dice.chance(0.8) else None,
        length,
        explicit=dice.chance(0.2),
    )
    return MadeSong(facts, recording, base, word, guests, known=True)


def _key(dice: Dice) -> TrackKey:
    return TrackKey(f"spotify:track:{dice.spotify_id()}")
