"""Settings: where they stand, which wins, and how wrong ones are told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from syncengine.config import VARIABLES, Settings
from syncengine.errors import ConfigError

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any file of settings, whose working directory is not ours."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "config" / "syncengine").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def write_config(home: Path, text: str) -> None:
    (home / "config" / "syncengine" / "config.toml").write_text(text, encoding="utf-8")


def problems_of(environ: dict[str, str] | None = None, **overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Settings.load(overrides, environ=environ or {})
    return caught.value.problems


def test_the_message_names_the_first_problem() -> None:
    wrong = {"SPOTIFY_CSV_CACHE_TTL": "soon"}
    with pytest.raises(ConfigError) as one:
        Settings.load(environ=wrong)
    assert str(one.value) == f"a setting is wrong: {one.value.problems[0]}"
    assert str(one.value).startswith(
        "a setting is wrong: SPOTIFY_CSV_CACHE_TTL in the environment "
    )
    with pytest.raises(ConfigError) as two:
        Settings.load(environ=wrong | {"SYNCENGINE_NO_SUCH": "1"})
    assert str(two.value) == f"2 settings are wrong, the first: {two.value.problems[0]}"
    assert len(two.value.problems) == 2


def test_without_any_source_the_defaults_hold(home: Path) -> None:
    settings = Settings.load(environ={})
    assert settings.data_dir == home / "data" / "syncengine"
    assert settings.database_url == f"sqlite:///{(settings.data_dir / 'library.db').as_posix()}"
    assert settings.spotify_token_file.parent == settings.data_dir
    assert settings.spotify_daily_call_budget == 600
    assert settings.notion_entities == ("tracks", "playlists", "artists", "albums")
    assert settings.spotify_csv_fallback_on_error is True
    assert settings.keep_csv_days == 0
    assert settings.music_dirs == ()


def test_env_example_names_exactly_the_settings_with_their_defaults() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^# ([A-Z_]+)=(.*)$", text, re.MULTILINE)
    assert dict(named) == {name: variable.default for name, variable in VARIABLES.items()}
    assert len(named) == len(VARIABLES)
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_env_example_uncommented_gives_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    Path(".env").write_text(re.sub(r"^# ([A-Z_]+=)", r"\1", text, flags=re.MULTILINE), "utf-8")
    assert Settings.load(environ={}) == Settings.load(environ={"SYNCENGINE_ENV_FILE": ""})


def test_the_stronger_source_wins(home: Path) -> None:
    name = "SYNCENGINE_DATABASE_URL"
    write_config(home, f'{name} = "sqlite:///config.db"')
    assert Settings.load(environ={}).database_url == "sqlite:///config.db"
    Path(".env").write_text(f"{name}=sqlite:///file.db", "utf-8")
    assert Settings.load(environ={}).database_url == "sqlite:///file.db"
    environ = {name: "sqlite:///environ.db"}
    assert Settings.load(environ=environ).database_url == "sqlite:///environ.db"
    chosen = Settings.load({name: "sqlite:///option.db"}, environ=environ)
    assert chosen.database_url == "sqlite:///option.db"


def test_an_empty_variable_switches_off_what_a_file_says() -> None:
    Path(".env").write_text("NOTION_TOKEN=ntn_of_the_file\nSPOTIFY_CSV_CACHE_TTL=5\n", "utf-8")
    settings = Settings.load(environ={"NOTION_TOKEN": "", "SPOTIFY_CSV_CACHE_TTL": " "})
    assert settings.notion_token is None
    assert settings.spotify_csv_cache_ttl == 3600


def test_a_named_env_file_replaces_the_one_here(home: Path) -> None:
    Path(".env").write_text("SPOTIFY_CLIENT_ID=here", "utf-8")
    other = home / "other.env"
    other.write_text("\ufeffSPOTIFY_CLIENT_ID='there'", "utf-8")
    environ = {"SYNCENGINE_ENV_FILE": "~/other.env"}
    assert Settings.load(environ=environ).spotify_client_id == "there"
    assert Settings.load(environ={"SYNCENGINE_ENV_FILE": ""}).spotify_client_id is None


def test_a_named_env_file_must_exist() -> None:
    [problem] = problems_of({"SYNCENGINE_ENV_FILE": "nowhere.env"})
    assert problem.startswith("nowhere.env cannot be read")


def test_a_virtual_environment_named_dot_env_is_no_settings_file() -> None:
    Path(".env").mkdir()
    assert Settings.load(environ={}).spotify_client_id is None


def test_values_of_an_env_file_are_taken_as_they_are() -> None:
    Path(".env").write_text('export SPOTIFY_CLIENT_SECRET="a$HOME${HOME}b"  # mine\n', "utf-8")
    assert Settings.load(environ={}).spotify_client_secret == "a$HOME${HOME}b"


def test_strange_lines_of_an_env_file_are_told_by_number() -> None:
    Path(".env").write_text("# first\n\nthis is = nothing\nNOTION_TOKEN\n", "utf-8")
    assert problems_of() == [
        ".env, line 3: not NAME=value",
        ".env, line 4: not NAME=value",
    ]


def test_config_file_takes_either_case_and_its_own_kinds(home: Path) -> None:
    write_config(
        home,
        """
        spotify_daily_call_budget = 7
        SPOTIFY_CSV_BACKUP_ENABLED = false
        notion_entities = ["albums", "tracks"]
        syncengine_music_dirs = ["~/Music", "/mnt/music"]
        [folders]
        priority = ["Favourites", "Road trip"]
        [notion.properties]
        Popularity = "Beliebtheit"
        tracks.Name = "Titel"
        """,
    )
    settings = Settings.load(environ={})
    assert settings.spotify_daily_call_budget == 7
    assert settings.spotify_csv_backup_enabled is False
    assert settings.notion_entities == ("tracks", "albums")
    assert settings.music_dirs == (home / "Music", Path("/mnt/music"))
    assert settings.folders_priority == ("Favourites", "Road trip")
    assert settings.notion_properties == {"Popularity": "Beliebtheit", "tracks.Name": "Titel"}


def test_config_file_that_cannot_be_used_is_told(home: Path) -> None:
    write_config(
        home,
        """
        notion_token = 3.5
        spotify_client_id = ["a"]
        NOTION_VERSION = "2026-03-11"
        notion_version = "2025-09-03"
        colour = "red"
        [folders]
        priority = "Favourites"
        order = []
        [notion.properties]
        Popularity = 1
        """,
    )
    told = "\n".join(problems_of())
    for part in (
        "NOTION_TOKEN in",
        "SPOTIFY_CLIENT_ID in",
        "NOTION_VERSION stands twice",
        "COLOUR in",
        "[folders] priority in",
        "[folders] order in",
        "[notion.properties] Popularity in",
    ):
        assert part in told
    write_config(home, "spotify_client_id = no")
    assert "config.toml: Invalid value (at line 1" in problems_of()[0]


def test_all_problems_are_told_at_once_and_each_names_its_source() -> None:
    Path(".env").write_text("NOTION_VERSION=2022-06-28\nNOTION_TOKN=x\n", "utf-8")
    problems = problems_of(
        {"SPOTIFY_DAILY_CALL_BUDGET": "-1", "SYNCENGINE_DATABSE_URL": "x"},
        SPOTIFY_CSV_BACKUP_ENABLED="perhaps",
    )
    assert sorted(problems) == [
        "NOTION_TOKN in .env is no setting; did you mean NOTION_TOKEN?",
        "NOTION_VERSION in .env must be a Notion API version from 2025-09-03 on, written as a date",
        "SPOTIFY_CSV_BACKUP_ENABLED on the command line must be true or false",
        "SPOTIFY_DAILY_CALL_BUDGET in the environment must be a whole number, 0 or more",
        (
            "SYNCENGINE_DATABSE_URL in the environment is no setting; "
            "did you mean SYNCENGINE_DATABASE_URL?"
        ),
    ]


def test_names_of_others_are_none_of_our_business() -> None:
    Path(".env").write_text("DEBUG=1\nSPOTIPY_CLIENT_ID=x\nno_color\n", "utf-8")
    environ = {"SPOTIFY_WHATEVER": "x", "NOTION_KEY": "x", "_SYNCENGINE_COMPLETE": "x"}
    assert Settings.load(environ=environ) == Settings.load(environ={})


def test_the_env_file_is_named_in_the_environment_only() -> None:
    Path(".env").write_text("SYNCENGINE_ENV_FILE=other.env", "utf-8")
    [problem] = problems_of()
    assert problem == "SYNCENGINE_ENV_FILE in .env has no effect: set it in the environment"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPOTIFY_REDIRECT_URI", "http://localhost:8888/callback"),
        ("SPOTIFY_REDIRECT_URI", "http://example.org/callback"),
        ("SPOTIFY_REDIRECT_URI", "127.0.0.1:8888"),
        ("SPOTIFY_API_URL", "ftp://api.spotify.com"),
        ("SPOTIFY_API_URL", "https://"),
        ("NOTION_API_URL", "https://api.notion.com:port"),
        ("NOTION_ENTITIES", "tracks,genres"),
        ("NOTION_REQUESTS_PER_MINUTE", "0"),
        ("SPOTIFY_CSV_CACHE_TTL", "1.5"),
        ("SPOTIFY_CSV_CACHE_TTL", "²"),
        ("SYNCENGINE_KEEP_CSV_DAYS", "-3"),
        ("SYNCENGINE_DATABASE_URL", "library.db"),
        ("SYNCENGINE_PING_URL", "hc-ping.com/x"),
    ],
)
def test_values_that_cannot_be_used_are_refused(name: str, value: str) -> None:
    [problem] = problems_of({name: value})
    assert problem.startswith(f"{name} in the environment must ")


def test_localhost_is_refused_with_the_reason() -> None:
    [problem] = problems_of({"SPOTIFY_REDIRECT_URI": "http://LOCALHOST:8888/callback"})
    assert "2025-11" in problem
    assert "127.0.0.1" in problem


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("SPOTIFY_REDIRECT_URI", "http://[::1]:9/c", "spotify_redirect_uri", "http://[::1]:9/c"),
        ("SPOTIFY_API_URL", "http://127.0.0.1:9/v1", "spotify_api_url", "http://127.0.0.1:9/v1/"),
        ("NOTION_API_URL", "http://127.0.0.1:9/", "notion_api_url", "http://127.0.0.1:9"),
        ("SPOTIFY_CSV_CACHE_ENABLED", "Off", "spotify_csv_cache_enabled", False),
        ("SPOTIFY_CSV_CACHE_ENABLED", "YES", "spotify_csv_cache_enabled", True),
        ("NOTION_ENTITIES", "Albums, tracks,", "notion_entities", ("tracks", "albums")),
        ("SYNCENGINE_MUSIC_DIRS", f"/a{os.pathsep}/b", "music_dirs", (Path("/a"), Path("/b"))),
    ],
)
def test_values_are_read_as_what_they_are(
    name: str, value: str, field: str, expected: object
) -> None:
    assert getattr(Settings.load(environ={name: value}), field) == expected


def test_home_is_understood_in_paths_and_sqlite_urls(home: Path) -> None:
    environ = {
        "SYNCENGINE_PLAYLISTS_DIR": "~/Playlists",
        "SYNCENGINE_DATABASE_URL": "sqlite:///~/music/library.db?timeout=5",
    }
    settings = Settings.load(environ=environ)
    assert settings.playlists_dir == home / "Playlists"
    url = f"sqlite:///{(home / 'music' / 'library.db').as_posix()}?timeout=5"
    assert settings.database_url == url


def test_no_secret_shows_up_in_the_repr_or_in_problems() -> None:
    secrets = {
        "SPOTIFY_CLIENT_SECRET": "sesame-spotify",
        "NOTION_TOKEN": "sesame-notion",
        "SYNCENGINE_PING_URL": "https://hc.example/sesame-ping",
        "SYNCENGINE_DATABASE_URL": "postgresql://me:sesame-db@db/music",
    }
    settings = Settings.load(environ=secrets)
    assert "sesame" not in repr(settings)
    assert set(settings.secrets()) == {
        "sesame-spotify",
        "sesame-notion",
        "https://hc.example/sesame-ping",
        "sesame-db",
    }
    wrong = {"SYNCENGINE_PING_URL": "sesame-ping", "SYNCENGINE_DATABASE_URL": "sesame-db"}
    assert "sesame" not in "".join(problems_of(secrets | wrong))


def test_importing_the_settings_imports_nothing_heavy() -> None:
    program = (
        "import sys, syncengine.config\n"
        "heavy = {'platformdirs', 'dotenv', 'tomllib', 'pydantic', 'msgspec', 'sqlalchemy'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
