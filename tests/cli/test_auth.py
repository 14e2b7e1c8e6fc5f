"""``auth status``, ``auth logout`` and what ``status`` says of the sign-in: all without a call."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests import schemas
from tests.shell import Shell
from tests.signing_in import READ, SIGNED_IN, WRITE, Desk

WARNING = "warning: the Spotify sign-in ends in 10 days, on 2026-07-10: run syncengine auth login\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> Iterator[Desk]:
    made = Desk(tmp_path / "token.json")
    shell.now = made.clock()
    with made.double, made.session:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made
        assert made.double.log.count() == 0


def pass_days(desk: Desk, shell: Shell, days: int) -> None:
    desk.now = SIGNED_IN + timedelta(days=days)
    shell.now = desk.clock()


def test_who_is_signed_in_and_until_when(desk: Desk, shell: Shell) -> None:
    desk.store(account_name="Ottoline Inkpen")
    assert shell("auth", "status").out == (
        "signed in as Ottoline Inkpen until 2026-07-10T00:00:00Z\n"
        "allowed: playlist-read-collaborative, playlist-read-private, user-library-read\n"
    )
    assert shell.json("auth", "status") == {
        "format_version": 1,
        "kind": "sign_in",
        "signed_in": True,
        "account": "Ottoline Inkpen",
        "scopes": READ.split(),
        "authorized_at": "2026-01-10T00:00:00Z",
        "expires_at": "2026-07-10T00:00:00Z",
        "problem": None,
        "warning": None,
    }


def test_a_file_of_spotipys_has_no_known_end(desk: Desk, shell: Shell) -> None:
    desk.store(authorized_at=None)
    assert "when that ends is not known" in shell("auth", "status").out
    assert shell.json("auth", "status")["expires_at"] is None


def test_nobody_is_signed_in(desk: Desk, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPOTIFY_CLIENT_ID")
    said = "nobody is signed in to Spotify: run syncengine auth login"
    assert shell("auth", "status", code=5).out == f"{said}\n"
    found = shell.json("auth", "status", code=5)
    assert (found["signed_in"], found["problem"]) == (False, said)
    assert f"Spotify      {said}\n" in shell("status").out
    status = schemas.check("status", shell.json("status"))
    assert status["sign_in"]["expires_at"] is None


def test_a_damaged_file_is_said(desk: Desk, shell: Shell) -> None:
    desk.path.write_text('{"access_token": "a-secret')
    said = shell("auth", "status", code=5)
    assert "is damaged (it is not JSON)" in said.out
    assert "a-secret" not in said.out + said.err
    assert "is damaged" in shell("status").out


def test_from_thirty_days_before_its_end_it_warns(desk: Desk, shell: Shell) -> None:
    desk.store()
    for command in (["auth", "status"], ["status"]):
        pass_days(desk, shell, 150)
        assert "warning" not in shell(*command).err
        pass_days(desk, shell, 171)
        assert shell(*command, "--quiet").err == WARNING
    document = schemas.check("status", shell.json("status"))["sign_in"]
    assert document["expires_at"] == "2026-07-10T00:00:00Z"
    assert f"warning: {document['warning']}\n" == WARNING


def test_after_its_end_a_person_is_needed(desk: Desk, shell: Shell) -> None:
    desk.store(scopes=f"{READ} {WRITE}", account_name="Ottoline Inkpen")
    pass_days(desk, shell, 181)
    said = "the Spotify sign-in ended on 2026-07-10, after six months: run syncengine auth login --write"
    assert shell("auth", "status", code=5).out == f"{said}\n"
    assert f"Spotify      {said}\n" in shell("status").out
    found = shell.json("auth", "status", code=5)
    assert found["expires_at"] == "2026-07-10T00:00:00Z"
    assert found["account"] == "Ottoline Inkpen"


def test_signing_out_removes_the_file(desk: Desk, shell: Shell) -> None:
    desk.store()
    assert shell.json("auth", "logout")["removed"] is True
    assert not desk.path.exists()
    assert shell.json("auth", "logout")["removed"] is False
    assert shell("auth", "logout").out == "nobody was signed in\n"
    shell("auth", "status", code=5)


def test_signing_out_where_nothing_ever_was(
    desk: Desk, shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPOTIFY_TOKEN_FILE", str(tmp_path / "nowhere" / "token.json"))
    assert shell.json("auth", "logout")["removed"] is False
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "options", [("--port", "0"), ("--port", "65536"), ("--timeout", "0"), ("--port", "x")]
)
def test_a_wrong_call_is_told_before_anything_begins(
    desk: Desk, shell: Shell, options: tuple[str, ...]
) -> None:
    assert options[0] in shell("auth", "login", *options, code=2).err
    assert not desk.path.exists()


def test_a_look_at_the_sign_in_imports_nothing_of_spotipys(desk: Desk, shell: Shell) -> None:
    desk.store()
    program = (
        "import sys; from syncengine.cli.app import run; run(['auth', 'status', '-q']);"
        "print(*{'spotipy', 'requests', 'redis', 'webbrowser'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.splitlines()[-1] == ""
