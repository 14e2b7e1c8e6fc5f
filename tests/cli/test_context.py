"""What reaches the two streams: one JSON object, safe texts, and no movement where nobody looks."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.cli import log
from syncengine.cli.console import make_console
from syncengine.cli.context import CliContext, Flags
from syncengine.cli.terminal import Terminal
from syncengine.cli.text import safe, safe_lines, to_json
from syncengine.core.moment import Instant

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


def make_cli(flags: Flags) -> CliContext:
    return CliContext("probe", flags, Terminal(), lambda: Instant(0))


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(ANY_TEXT)
def test_no_text_steers_a_terminal(text: str) -> None:
    for made in (safe(text), safe_lines(text).replace("\n", "")):
        made.encode()
        assert not any(mark < " " or "\x7f" <= mark <= "\x9f" for mark in made)
    assert safe(safe(text)) == safe(text)


def test_control_characters_are_made_visible() -> None:
    assert safe("a\x1b[31mb\x9b1m\r\nc\td\x7f\udce4\u202ee") == "a␛[31mb\ufffd1m␍␊c d␡\ufffde"
    assert safe_lines("a\nb\x07") == "a\nb␇"
    assert safe("Sigur Rós – ( ) 日本語 🎵\u00a0") == "Sigur Rós – ( ) 日本語 🎵\u00a0"


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_json_holds_every_text_and_is_one_line_of_utf8(content: dict[str, str]) -> None:
    encoded = to_json(content)
    assert encoded.endswith(b"\n")
    assert b"\n" not in encoded[:-1]
    assert not any(mark in encoded.decode() for mark in "\x1b\x7f\x9b")
    assert json.loads(encoded) == content


def test_json_is_written_as_it_reads() -> None:
    assert to_json({"a": "ü日", "b": Path("x"), "c": (1, None)}) == (
        '{"a":"ü日","b":"x","c":[1,null]}\n'.encode()
    )
    assert to_json({"a": float("nan")}) == b'{"a":null}\n'
    with pytest.raises(TypeError, match="object has no place"):
        to_json({"a": object()})


def test_emit_puts_version_and_kind_first(capsys: pytest.CaptureFixture[str]) -> None:
    make_cli(Flags(json=True)).emit("probe", {"path": "a\udcff.csv"})
    assert capsys.readouterr().out == (
        '{"format_version":1,"kind":"probe","path":"a\\udcff.csv"}\n'
    )


def test_quiet_silences_talk_but_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    cli = make_cli(Flags(quiet=True))
    cli.say("talk")
    cli.warn("look\x1b")
    cli.line("data")
    assert capsys.readouterr() == ("data\n", "warning: look␛\n")


def test_nothing_moves_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with make_cli(Flags()).progress("counting", 3) as steps:
        steps.expect(2)
        steps.advance()
        steps.describe("still counting")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("flags", "moves"),
    [
        (Flags(), True),
        (Flags(json=True), True),
        (Flags(quiet=True), False),
        (Flags(no_progress=True), False),
    ],
)
def test_progress_moves_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, flags: Flags, moves: bool
) -> None:
    screen = Screen()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    with make_cli(flags).progress("counting [x]\x1b]0;title\x07", 2) as steps:
        steps.expect(2)
        steps.advance()
        steps.describe("more")
    assert ("\x1b" in screen.getvalue()) == moves
    assert "\x1b]0" not in screen.getvalue()


def test_tables_are_plain_and_whole_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.table import Table

    monkeypatch.setenv("FORCE_COLOR", "1")
    table = Table("name", box=None, style="red")
    table.add_row("x" * 300 + "\x1b[31m [bold] :smile:")
    pipe = io.StringIO()
    make_console(pipe).print(table)
    assert "x" * 300 + "␛[31m [bold] :smile" in pipe.getvalue()
    assert "\x1b" not in pipe.getvalue()


def test_colour_stays_off_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.text import Text

    monkeypatch.setenv("TERM", "xterm-256color")
    coloured, plain = Screen(), Screen()
    make_console(coloured).print(Text("red", style="red"))
    monkeypatch.setenv("NO_COLOR", "1")
    make_console(plain).print(Text("red", style="red"))
    assert "\x1b[31m" in coloured.getvalue()
    assert "\x1b[31m" not in plain.getvalue()


def test_text_of_any_locale_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    cli = make_cli(Flags())
    cli.line("ü")
    cli.terminal.flush()
    assert narrow.buffer.getvalue() == b"\\xfc\n"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer sesame-sesame",
        "{'access_token': 'sesame-sesame', 'x': 1}",
        '{"refresh_token": "sesame-sesame"}',
        "http://127.0.0.1:8888/callback?code=sesame-sesame&state=1",
        "postgresql://me:sesame-sesame@db/music",
        "token ntn_sesamesesame",
    ],
)
def test_secrets_are_blotted_out(text: str) -> None:
    assert "sesame" not in log.redact(text)


def test_plain_words_are_left_alone() -> None:
    text = "exit code: 12345678, token bucket, the secret garden, https://x/y@z"
    assert log.redact(text) == text
