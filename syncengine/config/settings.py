"""Every setting with its default, and how they are read.

Per setting the first of these that names it decides: the command line, the environment, the file
named by ``SYNCENGINE_ENV_FILE`` (else ``.env`` in the working directory), ``config.toml`` in the
user's config directory, the default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from syncengine.config import values
from syncengine.config.sources import ENV_FILE, Reading
from syncengine.config.values import ENTITIES, Variable
from syncengine.errors import ConfigError

_NOTHING: Mapping[str, str] = MappingProxyType({})


def _set(
    variable: str,
    parse: Callable[[str], object],
    default: object = None,
    *,
    separator: str | None = None,
    secret: bool = False,
) -> Any:
    """Declare a field that a variable sets."""
    written = {"variable": variable, "parse": parse, "separator": separator}
    return field(default=default, repr=not secret, metadata=written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default, as ``.env.example`` explains them; no secret is in the repr.

    ``…_days`` are days and ``…_ttl`` is seconds; a budget or a number of days that is 0 has no end.
    """

    data_dir: Path
    """The user's data directory, for whatever has no place of its own."""
    database_url: str = _set("SYNCENGINE_DATABASE_URL", values.database, secret=True)
    music_dirs: tuple[Path, ...] = _set(
        "SYNCENGINE_MUSIC_DIRS", values.paths, (), separator=os.pathsep
    )
    playlists_dir: Path | None = _set("SYNCENGINE_PLAYLISTS_DIR", values.path)
    keep_csv_days: int = _set("SYNCENGINE_KEEP_CSV_DAYS", values.count, 0)
    keep_payload_days: int = _set("SYNCENGINE_KEEP_PAYLOAD_DAYS", values.count, 30)
    ping_url: str | None = _set("SYNCENGINE_PING_URL", values.web, secret=True)

    spotify_client_id: str | None = _set("SPOTIFY_CLIENT_ID", values.text)
    spotify_client_secret: str | None = _set("SPOTIFY_CLIENT_SECRET", values.text, secret=True)
    spotify_redirect_uri: str = _set(
        "SPOTIFY_REDIRECT_URI", values.redirect, "http://127.0.0.1:8888/callback"
    )
    spotify_token_file: Path = _set("SPOTIFY_TOKEN_FILE", values.path)
    spotify_api_url: str = _set("SPOTIFY_API_URL", values.folder_url, "https://api.spotify.com/v1/")
    spotify_accounts_url: str = _set(
        "SPOTIFY_ACCOUNTS_URL", values.base_url, "https://accounts.spotify.com"
    )
    spotify_daily_call_budget: int = _set("SPOTIFY_DAILY_CALL_BUDGET", values.count, 600)
    spotify_csv_backup_enabled: bool = _set("SPOTIFY_CSV_BACKUP_ENABLED", values.flag, True)
    spotify_csv_backup_path: Path | None = _set("SPOTIFY_CSV_BACKUP_PATH", values.path)
    spotify_csv_cache_enabled: bool = _set("SPOTIFY_CSV_CACHE_ENABLED", values.flag, True)
    spotify_csv_cache_ttl: int = _set("SPOTIFY_CSV_CACHE_TTL", values.count, 3600)
    spotify_csv_fallback_on_rate_limit: bool = _set(
        "SPOTIFY_CSV_FALLBACK_ON_RATE_LIMIT", values.flag, True
    )
    spotify_csv_fallback_on_error: bool = _set("SPOTIFY_CSV_FALLBACK_ON_ERROR", values.flag, True)

    notion_token: str | None = _set("NOTION_TOKEN", values.text, secret=True)
    notion_api_url: str = _set("NOTION_API_URL", values.base_url, "https://api.notion.com")
    notion_parent_page_id: str | None = _set("NOTION_PARENT_PAGE_ID", values.text)
    notion_tracks_data_source_id: str | None = _set("NOTION_TRACKS_DATA_SOURCE_ID", values.text)
    notion_playlists_data_source_id: str | None = _set(
        "NOTION_PLAYLISTS_DATA_SOURCE_ID", values.text
    )
    notion_artists_data_source_id: str | None = _set("NOTION_ARTISTS_DATA_SOURCE_ID", values.text)
    notion_albums_data_source_id: str | None = _set("NOTION_ALBUMS_DATA_SOURCE_ID", values.text)
    notion_entities: tuple[str, ...] = _set(
        "NOTION_ENTITIES", values.entities, ENTITIES, separator=","
    )
    notion_version: str = _set("NOTION_VERSION", values.api_version, "2025-09-03")
    notion_requests_per_minute: int = _set("NOTION_REQUESTS_PER_MINUTE", values.pace, 180)

    folders_priority: tuple[str, ...] = ()
    """``[folders] priority`` of config.toml: playlists, the most important first."""
    folders_link: str = "auto"
    """``[folders] link``: how a folder holds a file that lives elsewhere: auto, hard, sym or copy."""
    folders_move: bool = False
    """``[folders] move``: files live in the playlist folders instead of being linked to from there."""
    folders_liked: bool = True
    """``[folders] liked``: whether Liked Songs is a folder."""
    notion_properties: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """``[notion.properties]`` of config.toml, ours to theirs; nested tables are joined by dots."""

    @classmethod
    def load(
        cls, overrides: Mapping[str, str] = _NOTHING, *, environ: Mapping[str, str] | None = None
    ) -> Settings:
        """Read all sources; ``overrides`` are the command line's, by variable name.

        Raises ConfigError with every problem at once.
        """
        surroundings = os.environ if environ is None else environ
        reading = Reading(VARIABLES)
        reading.add_command_line(overrides)
        reading.add_environment(surroundings)
        reading.add_env_file(surroundings.get(ENV_FILE))
        reading.add_config_file(_config_dir() / "config.toml")
        given = reading.values()
        if reading.problems:
            first, *others = reading.problems
            what = (
                f"{len(others) + 1} settings are wrong, the first"
                if others
                else "a setting is wrong"
            )
            raise ConfigError(f"{what}: {first}", reading.problems)
        data_dir = _data_dir()
        places: dict[str, object] = {
            "database_url": f"sqlite:///{(data_dir / 'library.db').as_posix()}",
            "spotify_token_file": data_dir / "spotify-token.json",
            "folders_priority": reading.folders_priority,
            **reading.folders,
            "notion_properties": MappingProxyType(reading.notion_properties),
        }
        chosen: dict[str, Any] = places | given
        return cls(data_dir=data_dir, **chosen)

    def secrets(self) -> tuple[str, ...]:
        """Return every value that must not be shown, the database's password included."""
        named = (self.spotify_client_secret, self.notion_token, self.ping_url)
        try:
            password = urlsplit(self.database_url).password
        except ValueError:
            password = None
        return tuple(secret for secret in (*named, password) if secret)


def _shown(default: object, separator: str | None) -> str:
    if default is None or default is MISSING:
        return ""
    if isinstance(default, tuple):
        return (separator or ",").join(map(str, default))
    return str(default).lower() if isinstance(default, bool) else str(default)


def _variables() -> dict[str, Variable]:
    found = {}
    for each in fields(Settings):
        if name := each.metadata.get("variable"):
            separator = each.metadata["separator"]
            default = _shown(each.default, separator)
            found[name] = Variable(name, each.name, each.metadata["parse"], separator, default)
    return found


VARIABLES: Mapping[str, Variable] = MappingProxyType(_variables())
"""Every variable that sets something, by name, in the order of the fields."""


def _data_dir() -> Path:
    from platformdirs import user_data_path  # costs 15 ms, so not on import

    return user_data_path("syncengine", appauthor=False)


def _config_dir() -> Path:
    from platformdirs import user_config_path

    return user_config_path("syncengine", appauthor=False)
