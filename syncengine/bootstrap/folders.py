"""The music folders as the settings name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncengine.errors import ConfigError

if TYPE_CHECKING:
    from syncengine.config import Settings
    from syncengine.core.music_folder import MusicFolders


def music_folders(settings: Settings) -> MusicFolders:
    """Return what finds and reads audio files. Raises ConfigError where no folder is named."""
    if not settings.music_dirs:
        raise ConfigError(
            "nobody said where the audio files are", ["set SYNCENGINE_MUSIC_DIRS to their folders"]
        )
    from syncengine.adapters.folders import Folders

    return Folders(settings.music_dirs, settings.playlists_dir)
