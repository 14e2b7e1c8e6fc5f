"""Migrations: what they make is what the models say, and no row is lost on the way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from syncengine.core.enrichment import Statement
from syncengine.core.identity import PlaylistKey
from syncengine.core.moment import Instant
from syncengine.core.snapshot import Source
from syncengine.core.track import Artist, AudioFeatures, Claim, Recording, Release
from syncengine.errors import UserError
from syncengine.storage import migrate
from syncengine.storage import schema as schema_module
from syncengine.storage.engine import migration_engine
from syncengine.storage.models import METADATA
from syncengine.storage.repositories.judgements import SAME, judge_playlists
from syncengine.storage.unit_of_work import Database
from tests.builders import DAY, HOUR, NOW, Row, Seen, enrich, make_database, observe, track

MIGRATIONS = Path(__file__).parents[2] / "migrations"
NEXT = f"{int(migrate.HEAD) + 1:04}"
SECOND = '''"""one more migration, made up."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("tracks", recreate="always") as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=True))
    with op.batch_alter_table("playlists", recreate="always") as batch:
        batch.add_column(sa.Column("folder", sa.String(), nullable=False, server_default="none"))
    {more}


def downgrade() -> None:
    for table, column in (("playlists", "folder"), ("tracks", "note")):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.drop_column(column)
'''


def filled(folder: Path) -> Database:
    """Return a database with rows in every table that the memory writes."""
    database = make_database(folder)
    claim = Claim(
        track(1),
        Recording("Song", (Artist("A"),), 1_000),
        Release("Album", album_artists=(Artist("A"),)),
        ("rock",),
        AudioFeatures(energy=0.5),
        "X1",
    )
    with database.unit() as unit:
        row = Row(track(1), popularity=50, added_by="ann", claim=claim)
        snapshot, _ = observe(unit.memory, Seen("csv:a", DAY, (row,)), Seen("csv:b", DAY, (row,)))
        observe(unit.memory, Seen("csv:a", 2 * DAY, (row, Row(track(2)))))
        keys = unit.memory.timeline.keys()
        unit.memory.record_roster(
            snapshot, Instant(2 * DAY), Source.CSV, {keys[PlaylistKey("csv:a")].id}
        )
        judge_playlists(unit.connection, SAME, PlaylistKey("csv:a"), PlaylistKey("csv:b"), NOW)
        unit.memory.reconsider()
        enrich(unit, 2 * DAY, Statement(track(1), True, Instant(2 * DAY), 60, "ZZTST2400001"))
        _fill_the_rest(unit.connection)
        unit.commit()
    return database


def _fill_the_rest(connection: Connection) -> None:
    """Put one row into every table that the memory does not write."""
    made: dict[type[Any], Any] = {int: 1, str: "x", bytes: b"x", bool: False, float: 0.5}
    for table in METADATA.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar() == 0:
            values = {column.name: made[column.type.python_type] for column in table.columns}
            connection.execute(table.insert(), values)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but alembic's own."""
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
            if name != "alembic_version"
        }
    connection.close()
    return found


def schema(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return sorted(normal(sql) for (sql,) in found)


def normal(sql: str) -> str:
    """Return a statement with its columns and constraints in one order: a rebuilt table shuffles them."""
    return " ".join(sorted(sql.translate(str.maketrans('",()', "    ")).split()))


@pytest.fixture
def alembic(tmp_path: Path) -> Iterator[Config]:
    """Alembic on ``library.db``, with a copy of the migrations to add to."""
    shutil.copytree(MIGRATIONS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "scripts"))
    engine = migration_engine(f"sqlite:///{tmp_path / 'library.db'}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config


def add_second(tmp_path: Path, more: str = "") -> None:
    place = tmp_path / "scripts" / "versions" / f"{NEXT}_made_up.py"
    place.write_text(SECOND.format(more=more, next=NEXT, head=migrate.HEAD))


def test_the_code_knows_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_the_models_are_what_the_migrations_make(tmp_path: Path, alembic: Config) -> None:
    make_database(tmp_path)
    command.check(alembic)


def test_a_new_database_has_the_schema_that_the_migrations_make(
    tmp_path: Path, alembic: Config
) -> None:
    command.upgrade(alembic, "head")
    connection: Connection = alembic.attributes["connection"]
    written = (files("syncengine.storage") / "schema.sql").read_text(encoding="utf-8")
    made = schema_module.dump(connection)
    assert sorted(map(normal, written.split(";\n"))) == sorted(map(normal, made.split(";\n"))), (
        "run `make schema`"
    )


def test_down_and_up_again_with_data_inside(tmp_path: Path, alembic: Config) -> None:
    database = filled(tmp_path)
    before = schema(tmp_path / "library.db")
    command.downgrade(alembic, "base")
    assert rows(tmp_path / "library.db") == {}
    command.upgrade(alembic, "head")
    assert schema(tmp_path / "library.db") == before
    with database.unit() as unit:
        observe(unit.memory, Seen("csv:a", DAY, (Row(track(1)),)))
        assert [each.key for each in unit.library.playlists()] == ["csv:a"]


def test_a_filled_database_of_0008_loses_nothing(tmp_path: Path, alembic: Config) -> None:
    filled(tmp_path)
    command.downgrade(alembic, "0008")
    path = tmp_path / "library.db"
    with sqlite3.connect(path) as connection:  # whatever an exporter may have written
        connection.execute("UPDATE tracks SET isrc = 'zz-tst 24', popularity = 0")
    before = rows(path)
    command.upgrade(alembic, "0009")
    after = rows(path)
    assert before["tracks"]
    assert {name: after.pop(name) for name in before} == before
    assert after == {"enrichment_files": [], "enrichments": [], "enriched_tracks": []}


@pytest.mark.parametrize(
    "values",
    [
        "1, 1, 2, 5, 'ZZTST240000', 1, 50",
        "1, 1, 2, 5, 'zztst2400001', 1, 50",
        "1, 1, 2, 5, 'ZZTST24A0001', 1, 50",
        "1, 1, 2, 5, 'ZZ-TST240000', 1, 50",
        "1, 1, 2, 5, NULL, NULL, 101",
        "1, 1, 2, 5, NULL, NULL, -1",
        "1, 1, 2, 5, NULL, NULL, NULL",
        "1, 1, 2, 5, 'ZZTST2400001', NULL, 50",
    ],
)
def test_the_database_itself_refuses_what_cannot_be(tmp_path: Path, values: str) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / "library.db") as connection:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute(f"INSERT INTO enriched_tracks VALUES ({values})")
        connection.execute("INSERT INTO enriched_tracks VALUES (1, 1, 2, 5, NULL, NULL, 100)")
    connection.close()


def test_these_tests_have_a_row_in_every_table(tmp_path: Path) -> None:
    filled(tmp_path)
    assert all(rows(tmp_path / "library.db").values())


def test_a_rebuilt_table_keeps_its_rows_and_its_children(tmp_path: Path, alembic: Config) -> None:
    database = filled(tmp_path)
    before = rows(tmp_path / "library.db")
    add_second(tmp_path)
    command.upgrade(alembic, "head")
    after = rows(tmp_path / "library.db")
    assert [row[:-1] for row in after.pop("tracks")] == before["tracks"]
    assert [row[:-1] for row in after.pop("playlists")] == before["playlists"]
    assert after == {name: found for name, found in before.items() if name in after}
    command.downgrade(alembic, migrate.HEAD)
    assert rows(tmp_path / "library.db") == before
    assert database.check() == []


def test_a_migration_that_leaves_orphans_is_undone(tmp_path: Path, alembic: Config) -> None:
    filled(tmp_path)
    before = rows(tmp_path / "library.db")
    add_second(tmp_path, 'op.execute("DELETE FROM tracks")')
    with pytest.raises(CommandError, match="entries"):
        command.upgrade(alembic, "head")
    assert rows(tmp_path / "library.db") == before


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, alembic: Config) -> None:
    filled(tmp_path)
    before = schema(tmp_path / "library.db")
    add_second(tmp_path, 'raise RuntimeError("half way")')
    with pytest.raises(RuntimeError, match="half way"):
        command.upgrade(alembic, "head")
    assert schema(tmp_path / "library.db") == before


@pytest.fixture
def _newer_version(tmp_path: Path, alembic: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tool know a second migration, after it filled a database without it."""
    filled(tmp_path)
    add_second(tmp_path)
    monkeypatch.setattr(migrate, "HEAD", NEXT)
    monkeypatch.setattr(migrate, "_scripts", lambda: tmp_path / "scripts")


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    said: list[str] = []
    database = Database(f"sqlite:///{tmp_path / 'library.db'}", lambda: NOW, said.append)
    assert not database.exists
    with database.unit() as unit:
        assert unit.library.playlists() == []
    assert said == []
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".db"] == ["library.db"]
    assert not database.upgrade()


@pytest.mark.usefixtures("_newer_version")
def test_an_older_database_is_backed_up_and_upgraded_when_opened(tmp_path: Path) -> None:
    before = rows(tmp_path / "library.db")
    said: list[str] = []
    database = Database(f"sqlite:///{tmp_path / 'library.db'}", lambda: NOW, said.append)
    with database.unit() as unit:
        assert len(unit.library.playlists(Instant(DAY + HOUR))) == 1
    backups = list(tmp_path.glob("library.backup-*.db"))
    assert len(said) == len(backups) == 1
    assert str(backups[0]) in said[0]
    assert rows(backups[0]) == before
    assert [row[:-1] for row in rows(tmp_path / "library.db")["tracks"]] == before["tracks"]
    assert database.check() == []
    assert not database.upgrade()


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path, alembic: Config) -> None:
    database = filled(tmp_path)
    add_second(tmp_path)
    command.upgrade(alembic, "head")
    before = rows(tmp_path / "library.db")
    newer = Database(database.url.render_as_string(), lambda: NOW)
    with pytest.raises(UserError, match=rf"schema {NEXT}.*knows only {migrate.HEAD}"), newer.unit():
        pass
    assert rows(tmp_path / "library.db") == before
    assert not list(tmp_path.glob("*.backup-*"))
