"""Tags, length and digest of every kind of file, whatever way it was tagged."""

from __future__ import annotations

import struct
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from syncengine.adapters.folders import reader
from syncengine.adapters.folders.audio_digest import SAMPLE
from syncengine.adapters.folders.careful_file import stat_of
from syncengine.adapters.folders.reader import read_audio
from syncengine.adapters.folders.scanner import at
from syncengine.core.audio_file import AudioFile, Tags
from syncengine.core.identity import TrackKey
from syncengine.core.music_folder import TRY_AGAIN, FoundFile
from tests.audio import KINDS, ending, make, retag

TRACK = TrackKey("spotify:track:4uLU6hMCjMI75M1A2tKUQC")
ID3_KINDS = ("mp3", "aac", "wav", "aiff")


def read(path: Path) -> AudioFile:
    (found,) = at([str(path)])
    file = read_audio(found)
    assert file is not None
    return file


def good(path: Path) -> Tags:
    file = read(path)
    assert file.problem is None
    return file.tags


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_a_file_says_is_read_from_every_kind(tmp_path: Path, kind: str) -> None:
    path = make(
        tmp_path / f"a{ending(kind)}",
        kind,
        seconds=200,
        title="  Jóga\u0000 ",
        artists=["Björk", "坂本龍一"],
        album="Homogenic",
        isrc="gb-ahs-97-00001",
        comment=f"from https://open.spotify.com/intl-is/track/{TRACK[-22:]}?si=1",
    )
    tags = good(path)
    assert tags._replace(duration_ms=None) == Tags(
        "Jóga", ("Björk", "坂本龍一"), "Homogenic", "GBAHS9700001", TRACK, None
    )
    assert tags.duration_ms == pytest.approx(200_000, abs=100)


def test_a_file_without_tags_has_a_length_and_a_digest(tmp_path: Path, kind: str) -> None:
    file = read(make(tmp_path / f"a{ending(kind)}", kind, seconds=3))
    assert file.problem is None
    assert file.tags == Tags(duration_ms=file.tags.duration_ms)
    assert file.tags.duration_ms == pytest.approx(3_000, abs=100)
    assert len(bytes.fromhex(file.digest or "")) == 16
    assert file.stat == at([str(tmp_path / f"a{ending(kind)}")])[0].stat


def test_the_digest_is_of_the_audio_alone(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / f"a{ending(kind)}", kind, seed=1, seconds=60)
    first = read(path).digest
    for tags in (
        {"title": "A"},
        {"title": "A" * 60_000, "lyrics": "B" * 200_000},
        {"title": "B", "comment": "OggS TAG APETAGEX mdat"},
    ):
        retag(path, kind, **tags)
        assert read(path).digest == first, list(tags)
    assert read(make(tmp_path / f"b{ending(kind)}", kind, seed=2, seconds=60)).digest != first


@pytest.mark.parametrize("kind", ["wav", "ogg", "mp3", "m4a"])
def test_large_audio_is_sampled_at_its_start_middle_and_end(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{ending(kind)}"
    content = large(kind)
    path.write_bytes(content)
    first = read(path)
    assert first.problem is None
    start = len(content) - 20 * SAMPLE
    for offset in (20, 10 * SAMPLE, 20 * SAMPLE - 1):
        changed = bytearray(content)
        changed[start + offset] ^= 1
        path.write_bytes(changed)
        assert read(path).digest != first.digest, offset
    path.write_bytes(content)
    retag(path, kind, title="A" * 200_000)
    assert read(path).digest == first.digest


def large(kind: str) -> bytes:
    """Return a file that ends in twenty samples' worth of audio."""
    from tests import audio_bytes

    noise = bytes(range(1, 100))
    audio = (noise * (20 * SAMPLE))[: 20 * SAMPLE]
    if kind == "wav":
        head = audio_bytes.wav(noise, 1000)[8:36]
        whole = head + b"data" + struct.pack("<I", len(audio)) + audio
        return b"RIFF" + struct.pack("<I", len(whole)) + whole
    if kind == "mp3":
        return audio_bytes.mp3(noise, 1000) + audio
    if kind == "m4a":
        made = audio_bytes.m4a(noise, 1000)
        return made[: made.index(b"mdat") - 4] + audio_bytes.box(b"mdat", audio)
    made = audio_bytes.vorbis(noise, 1000)
    second = made.index(b"OggS", 4)
    third = made.index(b"OggS", second + 4)
    pages = [audio[n : n + 4000] for n in range(0, len(audio), 4000)]
    return made[:third] + b"".join(
        audio_bytes.page(n + 2, 4 if n == len(pages) - 1 else 0, 8_000 * (n + 1), [each])
        for n, each in enumerate(pages)
    )


# ------------------------------------------------------------------------------------- MP3 and its kin


def id3() -> Any:
    return import_module("mutagen.id3")


@pytest.mark.parametrize("version", [3, 4])
def test_older_id3_is_read_and_a_slash_in_a_name_stays(tmp_path: Path, version: int) -> None:
    path = make(tmp_path / "a.mp3", "mp3")
    tags = id3().ID3()
    tags.add(id3().TIT2(encoding=1, text="Thunderstruck"))
    tags.add(id3().TPE1(encoding=1, text="AC/DC"))
    tags.save(path, v2_version=version)
    assert good(path)[:2] == ("Thunderstruck", ("AC/DC",))


def test_id3_of_1998_is_read(tmp_path: Path) -> None:
    def frame(name: bytes, text: str) -> bytes:
        body = b"\0" + text.encode("latin-1")
        return name + len(body).to_bytes(3, "big") + body

    body = frame(b"TT2", "Title") + frame(b"TP1", "Somebody") + frame(b"TRC", "USRC17607839")
    head = b"ID3\x02\0\0" + bytes([0, 0, len(body) >> 7, len(body) & 0x7F])
    path = make(tmp_path / "a.mp3", "mp3")
    bare = read(path).digest
    path.write_bytes(head + body + path.read_bytes())
    assert good(path)._replace(duration_ms=0) == Tags(
        "Title", ("Somebody",), None, "USRC17607839", None, 0
    )
    assert read(path).digest == bare


def id3v1(title: str) -> bytes:
    return b"TAG" + title.encode("latin-1").ljust(30, b"\0") + b"Old".ljust(91, b"\0") + b"\0" * 4


@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_tags_before_and_behind_the_audio_are_no_audio(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / f"a{ending(kind)}", kind, seconds=9)
    bare = read(path)
    content = path.read_bytes()
    path.write_bytes(content + id3v1("From version one"))
    assert good(path).title == "From version one"
    assert read(path).digest == bare.digest
    ape: Any = import_module("mutagen.apev2").APEv2()
    ape["Title"], ape["Artist"], ape["ISRC"] = "From APE", ["A", "B"], "USRC17607839"
    ape.save(path)
    assert good(path)[:4] == ("From APE", ("A", "B"), None, "USRC17607839")
    lyrics = b"LYRICSBEGIN" + b"la " * 20
    path.write_bytes(path.read_bytes() + lyrics + b"%06dLYRICS200" % len(lyrics) + id3v1("One"))
    tags = id3().ID3()  # a new one: mutagen would take over what version one says
    tags.add(id3().TIT2(encoding=3, text="From version two"))
    tags.save(path)
    assert good(path)[:2] == ("From version two", ("A", "B"))
    assert read(path).digest == bare.digest


def test_without_a_header_that_says_it_the_length_is_that_of_the_audio(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3", seconds=1)
    frames = path.read_bytes()[72:] * 20
    path.write_bytes(frames)
    length = read(path).tags.duration_ms
    assert length == pytest.approx(len(frames), abs=1)  # at 8 kbit a second
    path.write_bytes(frames + id3v1("x"))
    assert read(path).tags.duration_ms == length


def test_two_tags_one_after_the_other_and_zeros_are_passed_over(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3", title="First")
    tagged = path.read_bytes()
    digest = read(path).digest
    start = tagged.index(b"\xff\xe3\x18\xc4")
    path.write_bytes(tagged[:start] + tagged[:start] + bytes(500) + tagged[start:])
    assert good(path).title == "First"
    assert read(path).digest == digest


def test_a_kind_is_told_by_its_content(tmp_path: Path) -> None:
    for kind in KINDS:
        path = make(tmp_path / f"{kind}.wav", kind, title="Here", seconds=2)
        assert good(path).title == "Here", kind


# --------------------------------------------------------------------------------------- other tags


def test_a_list_of_artists_beats_the_one_text(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / f"a{ending(kind)}", kind, artists="A feat. B & C")
    assert good(path).artists == ("A feat. B & C",)
    field(path, kind, "ARTISTS", ["A", "B", "C"])
    assert good(path).artists == ("A", "B", "C")


def field(path: Path, kind: str, name: str, values: list[str]) -> None:
    """Set a field by its own name, which `retag` gives other meanings."""
    if kind in {"mp3", "aac"}:
        tags = id3().ID3(path)
        tags.add(id3().TXXX(encoding=3, desc=name, text=values))
        tags.save(path)
        return
    file: Any = {
        "wav": "mutagen.wave:WAVE",
        "aiff": "mutagen.aiff:AIFF",
        "m4a": "mutagen.mp4:MP4",
        "alac": "mutagen.mp4:MP4",
        "flac": "mutagen.flac:FLAC",
        "ogg": "mutagen.oggvorbis:OggVorbis",
        "opus": "mutagen.oggopus:OggOpus",
    }[kind].split(":")
    file = getattr(import_module(file[0]), file[1])(path)
    if kind in {"wav", "aiff"}:
        file.tags.add(id3().TXXX(encoding=3, desc=name, text=values))
    elif kind in {"m4a", "alac"}:
        file.tags[f"----:com.apple.iTunes:{name}"] = [each.encode() for each in values]
    else:
        file.tags[name] = values
    file.save()


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SPOTIFY_TRACK_ID", TRACK[-22:], TRACK),
        ("spotifyid", TRACK, TRACK),
        ("anything", f"see {TRACK}.", TRACK),
        ("WOAS", f"https://open.spotify.com/track/{TRACK[-22:]}", TRACK),
        ("spotify_album_id", TRACK[-22:], None),
        ("anything", TRACK[-22:], None),
        ("anything", f"spotify:album:{TRACK[-22:]}", None),
        ("anything", f"{TRACK}x", None),
        ("comment", f"{TRACK} {TRACK[:-1]}D", None),
    ],
)
def test_where_spotifys_id_is_found(
    tmp_path: Path, kind: str, name: str, value: str, found: TrackKey | None
) -> None:
    path = make(tmp_path / f"a{ending(kind)}", kind, title="A")
    if name == "comment":
        retag(path, kind, comment=value)
    else:
        field(path, kind, name, [value])
    assert good(path).spotify == found


@pytest.mark.parametrize("kind", ID3_KINDS)
def test_a_field_of_its_own_is_believed_before_a_comment(tmp_path: Path, kind: str) -> None:
    path = make(
        tmp_path / f"a{ending(kind)}",
        kind,
        comment=f"{TRACK[:-1]}D",
        url=f"https://open.spotify.com/track/{TRACK[-22:]}",
    )
    assert good(path).spotify == TRACK


def test_what_a_shop_wrote_into_an_m4a(tmp_path: Path) -> None:
    path = make(tmp_path / "a.m4a", "m4a", title="A", artists="B")
    mp4: Any = import_module("mutagen.mp4")
    file = mp4.MP4(path)
    file.tags["aART"] = ["Album artist"]
    file.tags["xid "] = ["Seller:isrc:USRC17607839"]
    file.save()
    assert good(path).isrc == "USRC17607839"
    assert good(path).artists == ("B",)
    del file.tags["\xa9ART"]
    file.save()
    assert good(path).artists == ("Album artist",)


def test_texts_of_wav_and_aiff_that_are_no_id3(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes, form: str) -> bytes:
        return name + struct.pack(form, len(body)) + body + b"\0" * (len(body) % 2)

    wav, aiff = make(tmp_path / "a.wav", "wav"), make(tmp_path / "a.aiff", "aiff")
    before = read(wav).digest, read(aiff).digest
    info = b"INFO" + chunk(b"INAM", "Ünder".encode(), "<I") + chunk(b"IART", b"Q\xfceen\0", "<I")
    wav.write_bytes(wav.read_bytes() + chunk(b"LIST", info, "<I"))
    aiff.write_bytes(
        aiff.read_bytes() + chunk(b"NAME", b"Under", ">I") + chunk(b"AUTH", b"Q", ">I")
    )
    assert good(wav)[:2] == ("Ünder", ("Qüeen",))
    assert good(aiff)[:2] == ("Under", ("Q",))
    assert (read(wav).digest, read(aiff).digest) == before


def test_a_wav_that_was_written_into_a_pipe(tmp_path: Path) -> None:
    path = make(tmp_path / "a.wav", "wav", seconds=7)
    digest = read(path).digest
    for size in (0, 0xFFFFFFFF):
        content = bytearray(path.read_bytes())
        at_size = content.index(b"data") + 4
        content[at_size : at_size + 4] = struct.pack("<I", size)
        path.write_bytes(content)
        assert good(path).duration_ms == 7_000
        assert read(path).digest == digest


def test_texts_are_cut_and_cleaned(tmp_path: Path) -> None:
    path = make(tmp_path / "a.flac", "flac", title="a\tb\n" + "x" * 5_000, artists=["", " ", "A"])
    tags = good(path)
    assert tags.title == "a b " + "x" * 996
    assert tags.artists == ("A",)


def test_pictures_are_not_read(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3", title="A")
    digest = read(path).digest
    tags = id3().ID3(path)
    tags.add(id3().APIC(encoding=0, mime="image/png", type=3, desc="", data=b"OggS" * 100_000))
    tags.save(path)
    assert good(path).title == "A"
    assert read(path).digest == digest


def test_no_kind_of_frame_disturbs(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3", "mp3", title="A")
    tags = id3().ID3(path)
    frames: dict[str, Any] = id3().Frames
    for name, kind in frames.items():
        others = {"COMM", "USLT", "UFID", "IPLS", "PRIV", "GEOB", "PCNT", "POPM", "APIC", "GRP1"}
        if (name[0] in "TW" and name != "TIT2") or name in others:
            text = {"text": ["2001"]} if issubclass(kind, id3().TextFrame) else {}
            tags.add(kind(encoding=3, **text) if text else kind())
    tags.save(path)
    assert len(id3().ID3(path)) > 60
    assert good(path).title == "A"


def test_threads_that_read_the_first_files_do_not_hinder_each_other(tmp_path: Path) -> None:
    """Imported at once by several threads, parts of mutagen wait for each other: that is no damage."""
    for number in range(36):
        kind = KINDS[number % len(KINDS)]
        make(tmp_path / f"{number}{ending(kind)}", kind, seed=number, title="A")
    program = """
import sys
from pathlib import Path
from threading import Barrier, Thread
from syncengine.adapters.folders.careful_file import stat_of
from syncengine.adapters.folders.reader import read_audio
from syncengine.core.music_folder import FoundFile

sys.setswitchinterval(1e-6)
files = [FoundFile(str(each), stat_of(each.stat())) for each in sorted(Path(sys.argv[1]).glob("*.*"))]
barrier = Barrier(len(files))
problems = []

def read(found):
    barrier.wait()
    problems.append(read_audio(found).problem)

threads = [Thread(target=read, args=(each,)) for each in files]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(len(problems), set(problems))
"""
    for _ in range(3):
        said = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert said.stdout == "36 {None}\n", said


def test_a_lack_of_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "read_tags", no_memory)
    path = make(tmp_path / "a.mp3", "mp3")
    found = read_audio(FoundFile(str(path), stat_of(path.stat())))
    assert found is not None
    assert found.problem == "it cannot be read: there is not enough memory"
    assert found.stat.modified_ns == TRY_AGAIN
