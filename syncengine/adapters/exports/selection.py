"""Which files in folders and archives are taken for exports; one that is named itself always is."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SUFFIXES = frozenset({".csv", ".zip"})
# Of other JSON nothing says that it is an export: exportify-cli writes a twin of each CSV file.
_ACCOUNT_DATA = re.compile(r"(?:YourLibrary|Playlist[0-9]{1,4})\.json\Z", re.IGNORECASE)


def is_taken(name: str) -> bool:
    """Return whether a file of this name may be an export or hold some."""
    return PurePosixPath(name).suffix.lower() in _SUFFIXES or is_account_data(name)


def is_account_data(name: str) -> bool:
    """Return whether this is what Spotify calls a list of playlists, or Liked Songs, in account data."""
    return bool(_ACCOUNT_DATA.match(name))
