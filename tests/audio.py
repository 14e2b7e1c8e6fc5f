"""Small audio files for tests: ``make(folder / "song.mp3", "mp3", seed=1, title="A", artists=["B"])``.

Made by the tests alone, in real containers (``audio_bytes.py``), tagged by mutagen. Files of one kind
with different seeds hold different audio; with the same seed the same, whatever their tags.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.audio_bytes import CONTAINERS, checked_anew, flac_audio

KINDS = tuple(CONTAINERS)
"""``mp3``, ``m4a``, ``alac``, ``flac``, ``wav``, ``aiff``, ``ogg``, ``opus``, ``aac``."""


def ending(kind: str) -> str:
    """Return the ending that files of a kind have, with its dot."""
    return ".m4a" if kind == "alac" else f".{kind}"


def audio(kind: str, *, seed: int = 0, seconds: float = 1.0) -> bytes:
    """Return a file of a kind without tags."""
    noise = hashlib.shake_128(f"{kind} {seed}".encode()).digest(256)
    return CONTAINERS[kind](noise, round(seconds * 1000))


def make(path: Path, kind: str, *, seed: int = 0, seconds: float = 1.0, **tags: Any) -> Path:
    """Write a file, tagged where tags are given; return its path. Folders on the way are made.

    Tags are those of ``retag``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(audio(kind, seed=seed, seconds=seconds))
    if tags:
        retag(path, kind, **tags)
    return path


def retag(path: Path, kind: str, **tags: Any) -> None:
    """Set tags of a file, and leave the others.

    ``title``, ``album``, ``isrc``, ``comment`` and ``url`` are texts, ``artists`` is a list, or one text.
    Any other name, such as ``spotify``, is a field of one's own.
    """
    artists = tags.pop("artists", None)
    if artists is not None:
        tags["artist"] = [artists] if isinstance(artists, str) else list(artists)
    fields = {name: [value] if isinstance(value, str) else value for name, value in tags.items()}
    if kind in {"mp3", "aac", "wav", "aiff"}:
        _tag_id3(path, kind, fields)
    elif kind in {"m4a", "alac"}:
        _tag_mp4(path, fields)
    else:
        _tag_comments(path, kind, fields)


_FRAMES = {"title": "TIT2", "artist": "TPE1", "album": "TALB", "isrc": "TSRC"}


def _tag_id3(path: Path, kind: str, fields: dict[str, Sequence[str]]) -> None:
    from mutagen.aiff import AIFF
    from mutagen.wave import WAVE

    id3: Any = import_module("mutagen.id3")  # as a thing without types: mutagen has few
    holder: Any = None
    tags: Any
    if kind in {"wav", "aiff"}:
        holder = (WAVE if kind == "wav" else AIFF)(path)
        if holder.tags is None:
            holder.add_tags()
        tags = holder.tags
    else:
        try:
            tags = id3.ID3(path)
        except id3.ID3NoHeaderError:
            tags = id3.ID3()
    for name, values in fields.items():
        if name in _FRAMES:
            tags.add(getattr(id3, _FRAMES[name])(encoding=3, text=list(values)))
        elif name == "comment":
            tags.add(id3.COMM(encoding=3, lang="eng", desc="", text=list(values)))
        elif name == "url":
            tags.add(id3.WOAS(url=values[0]))
        else:
            tags.add(id3.TXXX(encoding=3, desc=name.upper(), text=list(values)))
    if holder is not None:
        holder.save()
    else:
        tags.save(path)


_ATOMS = {"title": "\xa9nam", "artist": "\xa9ART", "album": "\xa9alb", "comment": "\xa9cmt"}


def _tag_mp4(path: Path, fields: dict[str, Sequence[str]]) -> None:
    mp4: Any = import_module("mutagen.mp4")
    file = mp4.MP4(path)
    if file.tags is None:
        file.add_tags()
    tags = file.tags
    for name, values in fields.items():
        if name in _ATOMS:
            tags[_ATOMS[name]] = list(values)
        else:
            key = f"----:com.apple.iTunes:{name.upper()}"
            tags[key] = [mp4.MP4FreeForm(value.encode()) for value in values]
    file.save()


def _tag_comments(path: Path, kind: str, fields: dict[str, Sequence[str]]) -> None:
    from mutagen.flac import FLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

    kinds: dict[str, Any] = {"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}
    file = kinds[kind](path)
    if file.tags is None:
        file.add_tags()
    for name, values in fields.items():
        file.tags[name] = list(values)
    file.save()


_TITLE, _ARTIST, _ISRC = "Song 0000000", "Artist 000000", "QZTES0000000"
_MARK = b"0123456789abcdef"


def make_many(
    folder: Path, count: int, *, kinds: Sequence[str] = KINDS, seconds: float = 1.0
) -> list[Path]:
    """Write many tagged files at once, a hundred to a folder, kinds in turn; a second for some thousands.

    File n has the title ``Song n`` (seven digits), the artist ``Artist n // 10`` (six digits), the album
    ``Album`` and the ISRC ``QZTES`` + n (seven digits).
    """
    return list(_make_many(folder, count, kinds, seconds))


def _make_many(folder: Path, count: int, kinds: Sequence[str], seconds: float) -> Iterator[Path]:
    milliseconds = round(seconds * 1000)
    templates = {kind: _template(folder, kind, milliseconds) for kind in kinds}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        place = folder / f"{number // 100:04}"
        if number % 100 == 0:
            place.mkdir(parents=True, exist_ok=True)
        path = place / f"{number:07}{ending(kind)}"
        path.write_bytes(_varied(templates[kind], kind, number, milliseconds))
        yield path


def _template(folder: Path, kind: str, milliseconds: int) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"template{ending(kind)}"
    path.write_bytes(CONTAINERS[kind](_MARK, milliseconds))
    retag(path, kind, title=_TITLE, artists=_ARTIST, album="Album", isrc=_ISRC)
    content = path.read_bytes()
    path.unlink()
    return content


def _varied(template: bytes, kind: str, number: int, milliseconds: int) -> bytes:
    """Return a template with its texts and its audio replaced by others of the same length."""
    content = template.replace(_TITLE.encode(), f"Song {number:07}".encode())
    content = content.replace(_ARTIST.encode(), f"Artist {number // 10:06}".encode())
    content = content.replace(_ISRC.encode(), f"QZTES{number:07}".encode())
    noise = f"{number:016x}".encode()
    if kind == "flac":  # its frames have checksums
        made = CONTAINERS[kind](noise * 16, milliseconds)
        return content[: flac_audio(content)] + made[flac_audio(made) :]
    content = content.replace(_MARK, noise)
    return checked_anew(content) if kind in {"ogg", "opus"} else content
