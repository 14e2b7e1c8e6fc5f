"""Reading one audio file: its tags, how long it is, and a digest of its audio."""

from __future__ import annotations

import os
from errno import ENOMEM
from pathlib import PurePath

from syncengine.adapters.folders.audio_digest import audio_digest
from syncengine.adapters.folders.careful_file import CarefulFile, Unreadable, opened, stat_of
from syncengine.adapters.folders.container import recognise
from syncengine.adapters.folders.payload import find_payload
from syncengine.adapters.folders.tags import load_parsers, read_tags
from syncengine.core.audio_file import AudioFile, Stat, Tags
from syncengine.core.music_folder import TRY_AGAIN, FoundFile

_NOTHING = Tags()


def read_audio(found: FoundFile) -> AudioFile | None:
    """Return what a file says; None where there is none any more.

    Whatever is wrong with it becomes its ``problem``. A problem that may pass leaves no time of
    change, so that the next scan tries again.
    """
    load_parsers()
    try:
        with opened(found.path) as file:
            before = stat_of(os.fstat(file.fileno()))
            digest, tags, problem = _content(file, PurePath(found.path).suffix.lower())
            if stat_of(os.fstat(file.fileno())) != before:
                return _again(found.path, before, "changed while it was read")
            return AudioFile(found.path, before, digest, tags, problem and f"it {problem}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _again(found.path, found.stat, f"cannot be read: {error.strerror or error}")
    except Unreadable as error:
        return _again(found.path, found.stat, str(error))


def _again(path: str, stat: Stat, problem: str) -> AudioFile:
    return AudioFile(path, stat._replace(modified_ns=TRY_AGAIN), None, _NOTHING, f"it {problem}")


def _content(file: CarefulFile, ending: str) -> tuple[str | None, Tags, str | None]:
    """Return digest, tags, and what is wrong, as far as can be told. Raises OSError."""
    digest: str | None = None
    try:
        container, start = recognise(file, ending)
        payload = find_payload(file, container, start)
        digest = audio_digest(file, payload)
        return digest, read_tags(file, container, start, payload), None
    except Unreadable as error:
        return digest, _NOTHING, str(error)
    except OSError:
        raise
    except MemoryError as error:
        raise OSError(ENOMEM, "there is not enough memory") from error
    except Exception as error:  # noqa: BLE001 -- damaged files bring out of a parser whatever is in it
        said = str(error)[:200]
        what = f": {said}" if said not in {"", "error"} else ""
        return digest, _NOTHING, f"is damaged, or no {ending[1:].upper()} file{what}"
