"""``auth login`` as a process: the browser here, a pasted address, a pipe, and every way to fail."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes import spotify_faults as faults
from tests.fakes.spotify_accounts import CLIENT_ID, CLIENT_SECRET, App
from tests.signing_in import READ, REDIRECT, TOKEN_CALL, WRITE, Desk

ROOT = Path(__file__).parents[2]
BROWSER = """#!{python}
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=20).read()
"""


class Run:
    """One ``auth login`` under way; ``terminal`` gives it one for stdin (and ``watched`` for stderr)."""

    def __init__(
        self,
        desk: Desk,
        *options: str,
        terminal: bool = False,
        watched: bool = False,
        stdin: int = subprocess.PIPE,
        **settings: str,
    ) -> None:
        surroundings = {key: os.environ[key] for key in ("HOME", "PATH", "XDG_DATA_HOME", "TZ")}
        ours, theirs = os.openpty() if terminal or watched else (-1, -1)
        self._master = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "syncengine", "auth", "login", "--verbose", *options],
            stdin=theirs if terminal else stdin,
            stdout=subprocess.PIPE,
            stderr=theirs if watched else subprocess.PIPE,
            env={**surroundings, "PYTHONPATH": str(ROOT), **desk.environment, **settings},
        )
        if theirs != -1:
            os.close(theirs)
        self.err = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()
        if self._master != -1:
            os.close(self._master)

    def address(self) -> str:
        """Return the address that the run asks to open."""
        while not (found := re.search(r"http\S+/authorize\?\S+", self.err)):
            line = self._line()
            assert line, self.err
            self.err += line
        return found[0]

    def say(self, text: str) -> None:
        """Type or pipe a line."""
        if self._master != -1:
            os.write(self._master, f"{text}\n".encode())
            return
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        self._process.stdin.flush()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def end(self, code: int = 0) -> str:
        """Wait for the end; return what was said on stdout."""
        if self._process.stderr is None:
            while line := self._line():
                self.err += line
        out, err = self._process.communicate(timeout=60)
        self.err += (err or b"").decode()
        assert self._process.returncode == code, self.err
        assert "Traceback" not in self.err or code
        return out.decode()

    def _line(self) -> str:
        if self._process.stderr is not None:
            return self._process.stderr.readline().decode()
        try:
            return os.read(self._master, 4096).decode()
        except OSError:  # the other end is closed
            return ""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data" / "token.json")
    made.now = datetime.now(UTC)
    with made.double, made.session:
        yield made
        made.double.assert_clean()


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def error_of(run: Run) -> str:
    """Return the one sentence in which a run ended."""
    found = re.findall(r"^error: (.*)$", run.err, re.MULTILINE)
    assert len(found) == 1, run.err
    return str(found[0]).strip()


@pytest.mark.parametrize("secret", ["", CLIENT_SECRET], ids=["pkce", "secret"])
def test_a_browser_on_this_machine_brings_the_answer(desk: Desk, secret: str) -> None:
    with Run(desk, terminal=True, SPOTIFY_CLIENT_SECRET=secret) as run:
        address = run.address()
        assert ("code_challenge" in address) is not bool(secret)
        back = desk.agree(address)
        assert desk.session.get(back.replace("/callback", "/favicon.ico")).status_code == 404
        page = desk.session.get(back)
        assert page.status_code == 200
        assert "close this window" in page.text
        out = run.end()
    assert re.fullmatch(r"signed in as Ottoline Inkpen until \d{4}-\d\d-\d\dT\S+Z\n", out)
    found = desk.stored()
    assert set(found["scope"].split()) == set(READ.split())
    assert found["refresh_token"] in desk.double.accounts.refresh
    assert (found["client_id"], found["user_id"]) == (CLIENT_ID, desk.double.world.me.id)
    assert abs(found["authorized_at"] - desk.clock()) < 60
    assert "pending_sign_in" not in found
    assert desk.path.stat().st_mode & 0o777 == 0o600
    desk.sign_in(secret or None).access_token()
    assert desk.token_calls == 1


@pytest.mark.parametrize("terminal", [True, False], ids=["pasted", "piped"])
def test_an_answer_from_another_machine(desk: Desk, terminal: bool) -> None:
    with Run(desk, "--json", "--write", "--no-browser", "--quiet", terminal=terminal) as run:
        back = desk.agree(run.address())
        if terminal:
            run.say("what should I do?")
        run.say(f"  '{back}' ")
        found: dict[str, Any] = json.loads(run.end())
    assert list(found)[:2] == ["format_version", "kind"]
    assert (found["kind"], found["signed_in"], found["account"]) == (
        "sign_in",
        True,
        "Ottoline Inkpen",
    )
    assert set(found["scopes"]) == set(f"{READ} {WRITE}".split())
    assert ("that is not it" in run.err) is terminal


def test_without_a_terminal_it_says_what_to_do_and_a_later_run_takes_the_answer(
    desk: Desk, tmp_path: Path
) -> None:
    with Run(desk, stdin=subprocess.DEVNULL) as cron:
        address = cron.address()
        assert cron.end(2) == ""
    assert error_of(cron) == "there is no terminal here to sign in at"
    assert "syncengine auth login" in cron.err
    assert desk.token_calls == 0
    with Run(desk, stdin=subprocess.DEVNULL) as again:
        assert again.address() == address  # what is printed stays good for a while
        again.end(2)
    with Run(desk) as later:
        later.say(desk.agree(address))
        later.end()
    assert desk.stored()["scope"]


def test_a_started_sign_in_leaves_the_old_one_in_force(desk: Desk) -> None:
    desk.path.parent.mkdir()
    before = desk.store(theirs="kept")
    with Run(desk, stdin=subprocess.DEVNULL) as run:
        run.end(2)
    assert desk.sign_in().access_token() == before["access_token"]
    with Run(desk) as run:
        run.say(desk.agree(run.address()))
        run.end()
    assert desk.stored()["theirs"] == "kept"
    assert desk.stored()["access_token"] != before["access_token"]


def test_another_account_is_told(desk: Desk) -> None:
    desk.path.parent.mkdir()
    desk.store(account_name="Somebody Else")
    with Run(desk) as run:
        run.say(desk.agree(run.address()))
        run.end()
    assert "warning: before, Somebody Else was signed in" in run.err


@pytest.mark.parametrize("way", ["browser", "pipe"])
def test_a_denial(desk: Desk, way: str) -> None:
    desk.double.accounts.denies = True
    with Run(desk) as run:
        back = desk.agree(run.address())
        run.say(back) if way == "pipe" else desk.session.get(back)
        run.end(5)
    assert error_of(run).startswith("the sign-in was denied at Spotify")
    assert not desk.path.exists()
    assert desk.token_calls == 0


def test_a_piped_answer_to_another_question(desk: Desk) -> None:
    with Run(desk) as run:
        address = run.address()
        run.say(desk.agree(address).replace(state_of(address), "somebody-elses"))
        run.end(1)
    assert "belongs to another sign-in" in error_of(run)
    assert desk.token_calls == 0


@pytest.mark.parametrize("way", ["browser", "pasted"])
@pytest.mark.parametrize("what", ["code=stolen", "error=access_denied"])
def test_an_answer_to_another_question_ends_nothing(desk: Desk, way: str, what: str) -> None:
    """Any page of the web can send a browser to an address on this machine."""
    with Run(desk, terminal=True) as run:
        back = desk.agree(run.address())
        foreign = f"{back.partition('?')[0]}?{what}&state=somebody-elses"
        if way == "pasted":
            run.say(foreign)
        else:
            page = desk.session.get(foreign)
            assert page.status_code == 400
            assert "goes on waiting" in page.text
        assert desk.token_calls == 0
        run.say(back) if way == "pasted" else desk.session.get(back)
        run.end()
    assert ("belongs to another sign-in" in run.err) is (way == "pasted")
    assert desk.stored()["access_token"]


def test_a_code_that_is_no_longer_good(desk: Desk) -> None:
    with Run(desk) as run:
        back = desk.agree(run.address())
        desk.double.accounts.codes.clear()
        run.say(back)
        run.end(5)
    assert "Invalid authorization code" in error_of(run)


def test_a_service_that_is_down(desk: Desk) -> None:
    desk.double.faults.add(TOKEN_CALL, faults.server_error(503), times=None)
    with Run(desk) as run:
        run.say(desk.agree(run.address()))
        run.end(6)
    assert "503" in error_of(run)


def test_what_is_no_answer(desk: Desk) -> None:
    with Run(desk) as run:
        run.address()
        run.say("yes please")
        run.end(2)
    assert error_of(run) == "what was piped in is no redirect address"


def test_nobody_answers(desk: Desk) -> None:
    with Run(desk, "--timeout", "1", terminal=True) as run:
        run.end(5)
    assert error_of(run).startswith("no answer came from Spotify within 1 seconds")


def test_one_who_gives_up(desk: Desk) -> None:
    with Run(desk, terminal=True) as run:
        run.address()
        run.interrupt()
        run.end(130)
    assert error_of(run) == "interrupted"


@pytest.mark.parametrize("terminal", [True, False], ids=["pasted", "piped"])
@pytest.mark.parametrize("named", [True, False], ids=["in the setting", "as an option"])
def test_where_another_program_has_the_port_a_person_brings_the_answer(
    desk: Desk, terminal: bool, named: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        redirect = f"http://127.0.0.1:{port}/callback" if named else REDIRECT
        options = () if named else ("--port", str(port))
        with Run(desk, *options, terminal=terminal, SPOTIFY_REDIRECT_URI=redirect) as run:
            back = desk.agree(run.address())
            assert back.startswith(f"http://127.0.0.1:{port}/callback?")
            run.say(back)
            run.end()
    assert f"warning: port {port} of the redirect URI is in use, so the answer" in run.err
    assert "register http://127.0.0.1/callback" in run.err
    assert "This ends by itself" not in run.err


def test_the_port_is_free_again_at_once(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    redirect = f"http://127.0.0.1:{port}/callback"
    for _ in range(2):
        with Run(desk, SPOTIFY_REDIRECT_URI=redirect) as run:
            desk.session.get(desk.agree(run.address()))
            run.end()
        assert "warning" not in run.err


def test_the_port_may_be_chosen(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with Run(desk, "--port", str(port)) as run:
        back = desk.agree(run.address())
        assert urlsplit(back).port == port
        desk.session.get(back)
        run.end()


def test_a_redirect_elsewhere_is_pasted(desk: Desk) -> None:
    redirect = "https://example.org/callback"
    desk.double.accounts.apps[CLIENT_ID] = App(redirects=(redirect,))
    with Run(desk, "--port", "8000", SPOTIFY_REDIRECT_URI=redirect) as run:
        run.end(2)
    assert "--port is for redirect URIs on 127.0.0.1" in error_of(run)
    with Run(desk, terminal=True, SPOTIFY_REDIRECT_URI=redirect) as run:
        run.say(desk.agree(run.address()))
        run.end()
    assert "this machine" not in run.err


def test_an_app_that_may_not_ask_is_told_at_once(desk: Desk) -> None:
    desk.double.faults.add("GET /me", faults.refused(403, faults.PREMIUM))
    with Run(desk) as run:
        run.say(desk.agree(run.address()))
        assert run.end().startswith("signed in until ")
    assert "warning: Spotify did not say who you are" in run.err
    assert "only while the app's owner has Premium" in run.err


def sign_in_with(desk: Desk, database: Path, budget: int) -> tuple[dict[str, Any], str]:
    """Sign in beside a library; return what was said on stdout and on stderr."""
    with Run(
        desk,
        "--json",
        SYNCENGINE_DATABASE_URL=f"sqlite:///{database}",
        SPOTIFY_DAILY_CALL_BUDGET=str(budget),
    ) as run:
        run.say(desk.agree(run.address()))
        said: dict[str, Any] = json.loads(run.end())
    return said, run.err


def test_the_call_that_asks_for_the_name_is_counted_and_left_out_where_the_budget_is_used_up(
    desk: Desk, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    said, _ = sign_in_with(desk, database, 1)
    assert said["account"] == "Ottoline Inkpen"
    with closing(sqlite3.connect(database)) as counted:
        calls = counted.execute("SELECT system, endpoint FROM calls").fetchall()
    assert calls == [("spotify", "GET /me")]
    said, warned = sign_in_with(desk, database, 1)
    assert (said["signed_in"], said["account"]) == (True, None)
    assert "the 1 calls of SPOTIFY_DAILY_CALL_BUDGET are used up" in warned
    assert desk.double.log.count("GET /me") == 1


def test_a_pause_that_spotify_asks_for_at_the_sign_in_holds_for_all(
    desk: Desk, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    desk.double.faults.add("GET /me", faults.rate_limited(3600))
    for _ in range(2):
        said, warned = sign_in_with(desk, database, 0)
        assert (said["signed_in"], said["account"]) == (True, None)
        assert "Spotify is rate limiting; no call is made before" in warned
    assert desk.double.log.count("GET /me") == 1


def test_a_library_that_cannot_be_opened_keeps_nobody_from_signing_in(
    desk: Desk, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    database.write_text("this is no database, whatever its name says" * 30)
    said, warned = sign_in_with(desk, database, 0)
    assert (said["signed_in"], said["account"]) == (True, None)
    assert "damaged or no database" in warned
    assert desk.double.log.count("GET /me") == 0


def test_without_an_app_it_says_how_to_get_one(desk: Desk) -> None:
    with Run(desk, SPOTIFY_CLIENT_ID="") as run:
        run.end(2)
    assert error_of(run).startswith("SPOTIFY_CLIENT_ID is not set")
    assert "developer.spotify.com/dashboard" in run.err
    assert "http://127.0.0.1:8888/callback" in run.err
    assert "Premium" in run.err


@pytest.mark.parametrize(
    ("options", "display", "opens"),
    [((), ":0", True), (("--no-browser",), ":0", False), ((), "", False)],
)
def test_a_browser_is_opened_only_where_there_is_a_display(
    desk: Desk, tmp_path: Path, options: tuple[str, ...], display: str, opens: bool
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable))
    browser.chmod(0o700)
    given: dict[str, Any] = {"BROWSER": str(browser), "DISPLAY": display}
    waits = ("--timeout", "20" if opens else "2")
    with Run(desk, *options, *waits, terminal=True, watched=True, **given) as run:
        run.end(0 if opens else 5)
    assert desk.double.log.count("GET /authorize") == int(opens)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_browser_is_opened_only_for_a_person(desk: Desk, tmp_path: Path, terminal: bool) -> None:
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable))
    browser.chmod(0o700)
    given: dict[str, Any] = {"BROWSER": str(browser), "DISPLAY": ":0"}
    with Run(desk, "--timeout", "2", terminal=terminal, watched=not terminal, **given) as run:
        run.end(5)
    assert desk.double.log.count("GET /authorize") == 0


@pytest.mark.parametrize("secret", ["", CLIENT_SECRET], ids=["pkce", "secret"])
@pytest.mark.parametrize("fails", [False, True])
def test_secrets_are_in_the_token_file_and_nowhere_else(
    desk: Desk, tmp_path: Path, secret: str, fails: bool
) -> None:
    if fails:
        desk.double.faults.add(TOKEN_CALL, faults.refused(400, "bad request"), times=None)
    with Run(desk, SPOTIFY_CLIENT_SECRET=secret) as run:
        address = run.address()
        back = desk.agree(address)
        verifier = desk.stored()["pending_sign_in"]["verifier"]
        desk.session.get(back)
        said = run.end(1 if fails else 0)
    secrets = desk.secrets() | {parse_qs(urlsplit(back).query)["code"][0], secret, verifier}
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != desk.path]
    texts = [said, run.err, *(path.read_text("utf-8", "replace") for path in files)]
    for each in filter(None, secrets):
        assert not [text for text in texts if each in text]
