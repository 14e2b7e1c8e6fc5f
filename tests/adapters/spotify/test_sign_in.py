"""An access token that is good: renewed in time, by one run at a time, and never by asking a person."""

from __future__ import annotations

import builtins
import json
import logging
import os
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from spotipy import Spotify

from syncengine.errors import Rejected, RemoteError, SignInNeeded, Transient, UserError
from tests.fakes import spotify_faults as faults
from tests.fakes.spotify_accounts import CLIENT_SECRET
from tests.fakes.spotify_http import Answer, Fault
from tests.signing_in import READ, SIGNED_IN, TOKEN_CALL, WRITE, Desk

ROOT = Path(__file__).parents[3]
HOUR = timedelta(hours=1)
FLOWS = pytest.mark.parametrize("secret", [None, CLIENT_SECRET], ids=["pkce", "secret"])
ASK = """
import sys, time
from pathlib import Path
import requests
from syncengine.adapters.spotify.sign_in import SignIn
path, url, now = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
sign_in = SignIn(client_id="test-client-id", client_secret=None, redirect_uri="http://127.0.0.1/x",
                 token_file=path, accounts_url=url, session=requests.Session(), clock=lambda: now)
print("ready", flush=True)
sys.stdin.readline()
print(sign_in.access_token(), flush=True)
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk at which nothing may open a browser or ask a question."""

    def never(*_arguments: object, **_options: object) -> Any:
        raise AssertionError("a person was asked")

    monkeypatch.setattr(builtins, "input", never)
    monkeypatch.setattr(webbrowser, "open", never)
    made = Desk(tmp_path / "token.json")
    with made.double, made.session:
        yield made
        made.double.assert_clean()


def test_a_token_that_is_good_costs_no_call(desk: Desk) -> None:
    stored = desk.store()
    sign_in = desk.sign_in()
    assert sign_in.access_token() == sign_in.get_access_token() == stored["access_token"]
    desk.now += HOUR - timedelta(seconds=61)
    assert sign_in.access_token() == stored["access_token"]
    assert desk.token_calls == 0


@FLOWS
def test_it_is_renewed_before_it_ends_and_the_file_keeps_it(desk: Desk, secret: str | None) -> None:
    stored = desk.store(pkce=secret is None, theirs="kept")
    desk.now += HOUR - timedelta(seconds=60)
    fresh = desk.sign_in(secret).access_token()
    assert fresh != stored["access_token"]
    assert desk.double.accounts.whose(f"Bearer {fresh}").user is desk.double.world.me
    found = desk.stored()
    assert found["access_token"] == fresh
    assert found["expires_at"] == desk.clock() + 3600
    assert (found["authorized_at"], found["theirs"]) == (stored["authorized_at"], "kept")
    assert desk.path.stat().st_mode & 0o777 == 0o600
    assert desk.sign_in(secret).access_token() == fresh
    assert desk.token_calls == 1


@FLOWS
def test_spotipy_takes_it(desk: Desk, secret: str | None) -> None:
    desk.store(pkce=secret is None)
    spotify = Spotify(auth_manager=desk.sign_in(secret), requests_session=desk.session)
    spotify.prefix = desk.double.api_url
    for _ in range(3):
        assert spotify.me()["id"] == desk.double.world.me.id
        desk.now += HOUR
    assert desk.token_calls == 2


@pytest.mark.parametrize("rotates", [False, True])
@FLOWS
def test_the_refresh_token_is_kept_unless_a_new_one_comes(
    desk: Desk, secret: str | None, rotates: bool
) -> None:
    desk.double.accounts.rotates = rotates
    stored = desk.store(pkce=secret is None)
    for _ in range(3):
        desk.now += HOUR
        desk.sign_in(secret).access_token()
    assert (desk.stored()["refresh_token"] != stored["refresh_token"]) is rotates
    assert desk.stored()["refresh_token"] in desk.double.accounts.refresh


@FLOWS
def test_the_granted_scope_is_kept_and_none_is_asked(desk: Desk, secret: str | None) -> None:
    desk.store(pkce=secret is None, scopes="user-library-read")
    desk.now += HOUR
    desk.sign_in(secret).access_token()
    assert desk.stored()["scope"] == "user-library-read"
    sign_in = desk.sign_in(secret)
    sign_in.require_scopes("user-library-read")
    with pytest.raises(SignInNeeded, match=r"playlist-modify-public.*auth login --write$"):
        sign_in.require_scopes("playlist-modify-public")
    with pytest.raises(SignInNeeded, match=r"playlist-read-private.*auth login$"):
        sign_in.require_scopes("playlist-read-private")


def test_threads_renew_it_once(desk: Desk) -> None:
    desk.store()
    desk.now += HOUR
    sign_in = desk.sign_in()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: sign_in.access_token(), range(32)))
    assert len(found) == 1
    assert desk.token_calls == 1


def test_sign_ins_of_one_file_renew_it_once(desk: Desk) -> None:
    desk.store()
    desk.now += HOUR
    several = [desk.sign_in() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda each: each.access_token(), several))
    assert len(found) == 1
    assert desk.token_calls == 1


def test_two_processes_renew_it_once(desk: Desk) -> None:
    desk.store()
    desk.now += HOUR
    desk.double.faults.add(TOKEN_CALL, faults.slow(0.3), times=None)
    given = [str(desk.path), desk.double.accounts_url, str(desk.clock())]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found = {process.communicate(timeout=60)[0] for process in started}
    assert found == {desk.stored()["access_token"] + "\n"}
    assert desk.token_calls == 1


def test_a_token_that_another_run_renewed_is_taken(desk: Desk) -> None:
    desk.store()
    first, second = desk.sign_in(), desk.sign_in()
    assert first.access_token() == second.access_token()
    desk.now += HOUR
    assert first.access_token() == second.access_token()
    assert desk.token_calls == 1


def test_a_token_that_spotify_refuses_is_renewed_before_its_time(desk: Desk) -> None:
    desk.store()
    sign_in, other = desk.sign_in(), desk.sign_in()
    old = sign_in.access_token()
    assert other.access_token() == old
    for each in (sign_in, other):
        each.discard(old)
        assert each.access_token() != old
    assert sign_in.access_token() == other.access_token()
    assert desk.token_calls == 1


@FLOWS
def test_after_six_months_it_ends_and_the_next_run_knows_without_a_call(
    desk: Desk, secret: str | None
) -> None:
    desk.store(pkce=secret is None, theirs="kept")
    desk.now = SIGNED_IN + timedelta(days=180)
    desk.sign_in(secret).access_token()
    desk.now = SIGNED_IN + timedelta(days=184)
    sign_in = desk.sign_in(secret)
    for _ in range(2):
        with pytest.raises(SignInNeeded) as ended:
            sign_in.access_token()
        assert str(ended.value) == (
            "the Spotify sign-in ended on 2026-07-10, after six months: run syncengine auth login"
        )
    with pytest.raises(SignInNeeded):
        desk.sign_in(secret).access_token()
    assert desk.token_calls == 2
    found = desk.stored()
    assert (found["refresh_token"], found["access_token"], found["theirs"]) == (None, "", "kept")


def test_who_gives_up_while_the_browser_gets_its_page_is_not_heard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.sign_in().log_in() as login:
        back = desk.agree(login.address)
        say = BaseHTTPRequestHandler.end_headers

        def give_up_and_say(handler: BaseHTTPRequestHandler) -> None:
            if "/callback" in handler.path:
                login.give_up(UserError("there is no terminal"))
            say(handler)

        monkeypatch.setattr(BaseHTTPRequestHandler, "end_headers", give_up_and_say)
        assert desk.session.get(back).status_code == 200
        login.wait(10)
    assert desk.stored()["scope"]


@pytest.mark.parametrize("begun", [True, False], ids=["ours", "spotipy's"])
def test_a_permission_that_was_taken_back_is_said_as_such(desk: Desk, *, begun: bool) -> None:
    at = desk.clock() if begun else None
    desk.store(scopes=f"{READ} {WRITE}", authorized_at=at)
    desk.double.accounts.revoke()
    desk.now += HOUR
    for _ in range(2):
        with pytest.raises(SignInNeeded) as ended:
            desk.sign_in().access_token()
        assert str(ended.value) == (
            "Spotify no longer takes the sign-in (it was taken back, or its six months are over): "
            "run syncengine auth login --write"
        )
    assert desk.token_calls == 1


def test_the_end_of_a_file_without_a_beginning(desk: Desk) -> None:
    desk.store(authorized_at=None)
    desk.now = SIGNED_IN + timedelta(days=184)
    assert desk.sign_in().state().signed_in
    with pytest.raises(SignInNeeded, match="its six months are over"):
        desk.sign_in().access_token()
    assert not desk.sign_in().state().signed_in


@pytest.mark.parametrize(
    "fault",
    [
        faults.server_error(500),
        faults.server_error(502),
        faults.server_error(503),
        faults.rate_limited(7),
        faults.hung_up(),
        faults.cut(),
        faults.invalid_json,
    ],
)
@FLOWS
def test_what_may_work_the_next_time_is_transient_and_changes_nothing(
    desk: Desk, secret: str | None, fault: Fault
) -> None:
    desk.double.accounts.rotates = False
    stored = desk.store(pkce=secret is None)
    desk.now += HOUR
    desk.double.faults.add(TOKEN_CALL, fault)
    sign_in = desk.sign_in(secret)
    with pytest.raises(Transient) as failed:
        sign_in.access_token()
    assert failed.value.retry_after in (None, 7.0)
    assert desk.stored() == stored
    assert sign_in.access_token() != stored["access_token"]
    assert desk.token_calls == 2


def test_a_service_that_is_not_there_is_transient(desk: Desk) -> None:
    desk.store()
    desk.now += HOUR
    desk.double.pause()
    with pytest.raises(Transient, match="cannot be reached"):
        desk.sign_in().access_token()
    desk.double.resume()
    desk.sign_in().access_token()


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (400, b'{"error": "invalid_request"}', Rejected, "invalid_request"),
        (403, b"<html>no</html>", Rejected, "403"),
        (200, b"{}", Rejected, "no token"),
        (200, b"[1]", Rejected, "no token"),
        (200, b'{"access_token": 5}', Rejected, "no token"),
    ],
)
def test_what_is_no_answer_is_rejected(
    desk: Desk, status: int, body: bytes, kind: type[RemoteError], says: str
) -> None:
    stored = desk.store()
    desk.now += HOUR
    headers = {"Content-Type": "text/html" if body.startswith(b"<") else "application/json"}
    answer = Answer(status, raw=body, headers=headers, faulty=True)
    desk.double.faults.add(TOKEN_CALL, lambda make: answer)
    with pytest.raises(kind, match=says):
        desk.sign_in().access_token()
    assert desk.stored() == stored


def test_a_wrong_secret_is_said_and_the_sign_in_stays(desk: Desk) -> None:
    stored = desk.store(pkce=False)
    desk.now += HOUR
    with pytest.raises(SignInNeeded, match="SPOTIFY_CLIENT_SECRET"):
        desk.sign_in("wrong").access_token()
    assert desk.stored() == stored
    desk.sign_in(CLIENT_SECRET).access_token()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_id": "another"}, "another app"),
        ({"refresh_token": None}, "no refresh token"),
        ({"expires_at": "soon"}, "is damaged"),
    ],
)
def test_what_cannot_be_renewed_needs_a_person(
    desk: Desk, change: dict[str, Any], says: str
) -> None:
    desk.store(**change)
    desk.now += HOUR
    with pytest.raises(SignInNeeded, match=says):
        desk.sign_in().access_token()
    assert desk.token_calls == 0


def test_without_a_file_a_person_is_needed(desk: Desk) -> None:
    with pytest.raises(SignInNeeded, match=r"run syncengine auth login$"):
        desk.sign_in().access_token()
    with pytest.raises(SignInNeeded, match=r"run syncengine auth login$"):
        desk.sign_in().require_scopes("user-library-read")
    assert desk.token_calls == 0
    assert not desk.sign_in().state().signed_in


def test_a_renewal_that_cannot_be_kept_is_not_asked_for(desk: Desk) -> None:
    """PKCE's refresh token is used up by its use: on a full disk the sign-in would be lost."""
    stored = desk.store()
    desk.now += HOUR
    desk.path.with_name("token.json.draft").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        desk.sign_in().access_token()
    assert desk.token_calls == 0
    assert desk.stored() == stored


@pytest.mark.parametrize(
    ("days", "warns"),
    [
        (0, ""),
        (150, ""),
        (151, "in 30 days, on 2026-07-10: run syncengine auth login"),
        (179, "in 2 days"),
        (180, "within two days"),
    ],
)
def test_its_end_is_known_and_warned_of(desk: Desk, days: int, warns: str) -> None:
    desk.store()
    desk.now = SIGNED_IN + timedelta(days=days)
    state = desk.sign_in().state()
    assert state.signed_in
    assert state.expires_at is not None
    assert state.expires_at == desk.clock() + (181 - days) * 86_400
    assert warns in state.warning
    assert bool(state.warning) is bool(warns)
    assert state.scopes == frozenset(READ.split())


def test_its_end_has_come(desk: Desk) -> None:
    desk.store(account_name="Ottoline Inkpen")
    desk.now = SIGNED_IN + timedelta(days=181)
    state = desk.sign_in().state()
    assert (state.signed_in, state.warning) == (False, "")
    assert "ended on 2026-07-10" in state.problem


def test_secrets_are_in_no_log_and_no_error(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk.store(pkce=False)
    desk.now += HOUR
    spotify = Spotify(auth_manager=desk.sign_in(CLIENT_SECRET), requests_session=desk.session)
    spotify.prefix = desk.double.api_url
    spotify.me()
    desk.double.accounts.revoke()
    desk.now += HOUR
    secrets = desk.secrets()
    with pytest.raises(SignInNeeded):
        desk.sign_in(CLIENT_SECRET).access_token()
    assert caplog.records  # requests' own lines: the method, the path and the status
    assert not [secret for secret in secrets | {"Basic "} if secret in caplog.text]
    assert not [secret for secret in secrets if secret in json.dumps(desk.stored())]
