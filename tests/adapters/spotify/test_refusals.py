"""Everything that can go wrong between us and Spotify, and which error it becomes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from syncengine.adapters.retry import PATIENT
from syncengine.adapters.spotify.refusals import refusal, retry_after
from syncengine.cli import log
from syncengine.core.identity import LIKED, PlaylistKey
from syncengine.core.moment import Instant
from syncengine.errors import (
    Forbidden,
    Gone,
    Rejected,
    RemoteError,
    SignInNeeded,
    Transient,
    TryLater,
)
from tests.fakes import spotify_faults as faults
from tests.fakes.asking import NOON, Asking, playlist_key, tracks_of
from tests.fakes.spotify_http import Answer, Fault, Make

SAVED = "GET /me/tracks"


@pytest.fixture
def asking() -> Iterator[Asking]:
    with Asking() as made:
        made.world.like(*made.world.add_tracks(3))
        yield made


def text(status: int, body: bytes, kind: str = "text/plain") -> Fault:
    def fault(make: Make) -> Answer:
        return Answer(status, raw=body, headers={"Content-Type": kind}).but()

    return fault


def raised(asking: Asking, kind: type[RemoteError]) -> Any:
    with pytest.raises(kind) as found:
        asking.service.entries(LIKED, 0)
    assert type(found.value) is kind or kind is SignInNeeded or kind is Forbidden
    assert found.value.system == "spotify"
    assert found.value.operation == SAVED
    return found.value


# ------------------------------------------------------------------------------------------ failures


@pytest.mark.parametrize(
    "fault",
    [
        faults.server_error(500),
        faults.server_error(502),
        faults.server_error(503),
        faults.cut(),
        faults.cut(0.0),
        faults.hung_up(),
        faults.invalid_json,
        text(200, b"", "application/json"),
        text(200, b"[]", "application/json"),
        text(200, b"<html>Sign in to the hotel</html>", "text/html"),
        text(408, b""),
        faults.rate_limited(None),
    ],
)
def test_a_failure_passes(asking: Asking, fault: Fault) -> None:
    asking.double.faults.add(SAVED, fault, times=2)
    assert len(asking.every(LIKED)) == 3
    assert asking.book.counts == {SAVED: 3}
    assert asking.double.log.count(SAVED) == 3
    assert len(asking.slept) == 2


@pytest.mark.parametrize("fault", [faults.server_error(502), faults.cut(), faults.invalid_json])
def test_a_failure_stays(asking: Asking, fault: Fault) -> None:
    asking.double.faults.add(SAVED, fault, times=None)
    error = raised(asking, Transient)
    assert "Spotify" in str(error)
    assert len(asking.book.calls) == PATIENT.attempts
    assert asking.book.pauses == []


def test_every_exchange_is_in_the_log(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="syncengine.adapters.spotify.wire")
    asking.double.faults.plan(SAVED, [faults.hung_up(), faults.server_error(503), None])
    asking.service.entries(LIKED, 0)
    asking.service.search("a private matter", 1)
    said = [record.getMessage() for record in caplog.records if "wire" in record.name]
    assert [text.rpartition(", ")[0] for text in said] == [
        f"{SAVED}: no answer",
        f"{SAVED}: 503",
        f"{SAVED}: 200",
        "GET /search: 200",
    ]
    assert all(text.endswith(" ms") for text in said)


def test_nobody_answers_at_the_address(asking: Asking) -> None:
    asking.double.pause()
    assert "could not be reached" in str(raised(asking, Transient))
    asking.double.resume()
    assert len(asking.every(LIKED)) == 3


def test_an_answer_that_does_not_come_is_given_up(asking: Asking) -> None:
    asking.double.faults.add(SAVED, faults.slow(60))
    service = asking.made(replace(PATIENT, timeout=0.2))
    assert service.read_entries(LIKED, service.entries(LIKED, 0)).total == 3
    assert len(asking.slept) == 1
    service.close()


# ----------------------------------------------------------------------------------------- the limits


def test_a_short_wait_is_waited(asking: Asking) -> None:
    asking.double.faults.plan(SAVED, [faults.rate_limited(30), faults.rate_limited(4)])
    assert len(asking.every(LIKED)) == 3
    assert asking.slept == [30, 4]
    assert asking.book.counts == {SAVED: 3}
    assert asking.book.pauses == []


def test_a_long_wait_ends_the_run_and_the_next_ones(asking: Asking) -> None:
    asking.double.faults.add(SAVED, faults.rate_limited(3_600))
    error = raised(asking, TryLater)
    assert error.__cause__ is not None
    assert error.not_before == NOON + 3_600
    assert asking.book.pauses == [(NOON + 3_600, "Spotify is rate limiting")]
    assert asking.slept == []
    other = asking.made()
    with pytest.raises(TryLater):
        other.entries(LIKED, 0)
    other.close()
    assert asking.double.log.count() == 1
    asking.now += 3_600
    assert len(asking.every(LIKED)) == 3


@pytest.mark.parametrize(("said", "pause"), [(None, 3_600), (7_200, 7_200), (5, 5)])
def test_a_quota_is_not_waited_for(asking: Asking, said: int | None, pause: int) -> None:
    asking.double.faults.add(SAVED, faults.quota_exceeded(said))
    error = raised(asking, TryLater)
    assert error.not_before == NOON + pause
    assert "quota" in asking.book.pauses[0][1]
    assert (asking.slept, len(asking.book.calls)) == ([], 1)


def test_a_lookup_in_haste_waits_for_nothing(asking: Asking) -> None:
    hasty = asking.service.hasty()
    for fault, kind in (
        (faults.rate_limited(3), TryLater),
        (faults.server_error(), Transient),
        (faults.cut(), Transient),
    ):
        asking.double.faults.add(SAVED, fault)
        with pytest.raises(kind):
            hasty.entries(LIKED, 0)
        asking.now += 10
    assert asking.slept == []
    assert len(asking.book.calls) == 3
    assert len(asking.every(LIKED)) == 3


def test_the_budget_ends_it_before_the_call(asking: Asking) -> None:
    asking.book.limit = 1
    asking.service.entries(LIKED, 0)
    with pytest.raises(TryLater):
        asking.service.entries(LIKED, 0)
    assert asking.double.log.count() == 1


# ----------------------------------------------------------------------------------------- the sign-in


def test_a_token_that_ends_in_the_middle_of_a_fetch(asking: Asking) -> None:
    songs = asking.world.add_tracks(60)
    playlist = asking.world.add_playlist("P", songs)
    pages = "GET /playlists/{playlist_id}/items"
    asking.double.before_page(pages, asking.double.accounts.expire_access)
    assert tracks_of(asking.every(playlist_key(playlist))) == [each.uri for each in songs]
    assert len(asking.tokens.discarded) == 1
    assert len(asking.tokens.given) == 2
    assert asking.slept == []
    assert len(asking.book.calls) == asking.double.log.count() == 3


def test_a_token_that_is_never_taken(asking: Asking) -> None:
    asking.double.faults.add(SAVED, faults.refused(401, "The access token expired"), times=None)
    assert "auth login" in str(raised(asking, SignInNeeded))
    assert len(asking.book.calls) == 2


def test_a_sign_in_that_has_ended(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended() -> str:
        raise SignInNeeded("it has ended", system="spotify", operation="sign-in")

    monkeypatch.setattr(asking.tokens, "access_token", ended)
    with pytest.raises(SignInNeeded, match="ended"):
        asking.service.entries(LIKED, 0)
    assert asking.book.calls == []


def test_a_permission_that_is_lacking_is_named() -> None:
    with Asking(scopes="user-read-email") as asking:
        with pytest.raises(SignInNeeded, match="user-library-read"):
            asking.service.entries(LIKED, 0)
        with pytest.raises(SignInNeeded, match="playlist-read-private"):
            asking.service.listing(0)
        with pytest.raises(SignInNeeded, match="playlist-read-private"):
            asking.service.entries(PlaylistKey("spotify:playlist:" + "0" * 22), 0)
        assert asking.book.notes == []


# ----------------------------------------------------------------------------------------- other refusals


def test_an_owner_without_premium(asking: Asking) -> None:
    asking.double.faults.add("*", faults.refused(403, faults.PREMIUM), times=None)
    assert "owner" in str(raised(asking, Forbidden))
    for ask in (
        lambda: asking.service.tracks([asking.world.me.liked[0].item.uri]),  # type: ignore[list-item]  # a str
        lambda: asking.service.entries(PlaylistKey("spotify:playlist:" + "0" * 22), 0),
    ):
        with pytest.raises(Forbidden, match="Premium"):
            ask()
    assert asking.book.notes == []
    assert asking.slept == []


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (
            text(403, b"Check settings on developer.spotify.com/dashboard, the user may not be "),
            Forbidden,
            "403",
        ),
        (text(403, b"the user may not be registered."), Forbidden, "dashboard"),
        (faults.refused(403, "User not registered in the Developer Dashboard"), Forbidden, "five"),
        (faults.refused(403, "Forbidden"), Forbidden, "Forbidden"),
        (faults.refused(404, "Resource not found"), Gone, "Resource not found"),
        (faults.refused(400, "Invalid limit"), Rejected, "Invalid limit"),
        (faults.refused(418, "teapot"), Rejected, "teapot"),
        (text(400, b'{"error": "invalid_client"}', "application/json"), Rejected, "invalid_client"),
        (text(400, b"[1]", "application/json"), Rejected, "400"),
        (text(404, b"<html>" + b"x" * 999, "text/html"), Gone, "404"),
    ],
)
def test_other_refusals(asking: Asking, fault: Fault, kind: type[RemoteError], words: str) -> None:
    asking.double.faults.add(SAVED, fault)
    error = raised(asking, kind)
    assert words in str(error)
    assert len(str(error)) < 300
    assert (asking.slept, len(asking.book.calls)) == ([], 1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17),
        (" 0 ", 0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("²", None),
        ("Thu, 01 Jan 1970 00:20:00 GMT", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_how_long_a_service_wants_to_be_left_alone(header: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": header}, lambda: Instant(1_000)) == seconds


def test_a_deep_body_is_no_trouble() -> None:
    body = b"[" * 100_000
    found = refusal("GET /x", 500, headers={}, body=body, clock=lambda: Instant(0))
    assert isinstance(found, Transient)


# ----------------------------------------------------------------------------------------- no secrets


def test_no_log_and_no_error_has_the_token(
    asking: Asking, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = asking.tokens.access_token()
    caplog.set_level(logging.DEBUG)
    for name in ("spotipy", "spotipy.client", "urllib3"):
        monkeypatch.setattr(logging.getLogger(name), "filters", [])  # the sign-in has one there
        logging.getLogger(name).setLevel(logging.NOTSET)
    asking.service.entries(LIKED, 0)
    asking.double.faults.plan(
        SAVED, [faults.server_error(), faults.hung_up(), faults.refused(400, "No")]
    )
    error: BaseException | None = raised(asking, Rejected)
    assert "Sending GET" in caplog.text
    assert token not in caplog.text
    assert "Bearer" not in caplog.text
    while error is not None:
        assert token not in f"{error} {error!r} {error.args}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("verbose", [False, True])
def test_the_terminal_hears_of_it_once(
    asking: Asking, capsys: pytest.CaptureFixture[str], verbose: bool
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    try:
        log.set_up(verbose=verbose, quiet=False)
        asking.double.faults.plan(SAVED, [faults.server_error(), faults.refused(400, "No")])
        raised(asking, Rejected)
        logging.getLogger("urllib3.connectionpool").warning("chatter")
        logging.getLogger("spotipy.client").error("chatter")
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]
        for name in ("syncengine", "spotipy", "urllib3"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    said = capsys.readouterr().err
    assert ("next attempt" in said) is verbose
    assert "chatter" not in said
    assert "HTTP Error" not in said
