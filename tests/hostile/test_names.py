"""What files and songs may be called: kept as it is, harmless on a terminal, written back anywhere."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.hostile.attempt import GOOD, import_beside, show_everything
from tests.made_exports import Song, songs, write
from tests.processes import finish, start
from tests.shell import Shell

INJECTIONS = (
    "[red]red[/red]",
    "[link=https://example.org]click[/link]",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "%s %d {0} {name!r}",
    "Robert'); DROP TABLE tracks;--",
    '""quoted""',
    '=HYPERLINK(""http://example.org"")',
    "+1-1|cmd",
    "two\nerror: lines",
    "turn\u202egnp.exe",
    "isolate\u2066\u2067",
    "../../etc/passwd",
    "back\\slash",
    "tab\tand\rreturn",
    "rubout\x7f\x08",
    "line\u2028paragraph\u2029",
    "a" * 300,
    "\U000e0041\u200b\ufeffunseen",
)


def test_titles_are_kept_as_they_are_and_shown_harmlessly(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "in" / "Odd.csv", [Song(n, title=t) for n, t in enumerate(INJECTIONS, 10)])
    import_beside(shell, tmp_path / "in")
    entries = shell.library()["csv:odd"]
    assert [entry["title"] for entry in entries] == [t.replace('""', '"') for t in INJECTIONS]
    for said in show_everything(shell):
        assert "\nerror: lines" not in said.out + said.err
        assert "\nerror: lines" not in said.out
    shown = shell("history", "at", "latest", "--playlist", "Odd").out
    assert "[red]red[/red]" in shown
    assert "␛[31mred" in shown
    assert "turngnp.exe" in shown


def test_titles_come_back_from_our_own_export(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "in" / "Odd.csv", [Song(n, title=t) for n, t in enumerate(INJECTIONS, 10)])
    shell("import-csv", tmp_path / "in")
    before = shell.library()
    shell("export", tmp_path / "out")
    shell.path = tmp_path / "other.db"
    shell("import-csv", tmp_path / "out")
    after = shell.library()
    titles = [entry["title"] for entry in after["csv:odd"]]
    assert titles == [entry["title"] for entry in before["csv:odd"]]


NAMES = (
    b"-rf", b"--help", b"~", b"%s", b"[red]b[bold]", b"a\x1b[31mz", b"a\nerror: b", b"a\\..\\b",
    b"CON", b"nul", b"Com1.live", b"trailing.", b"trailing ", b"n" * 251, b"n" * 250 + b"m",
    "é".encode() * 125, "e\u0301".encode(), b"\xc3\xa9", b"\xc3\x89", b"caf\xe9", b"\xff\xfe",
    b"\xed\xa0\x80", "x\u202evsc.exe".encode(), b"'; --", b"=1+1", "日本語".encode(), b"",
)  # fmt: skip


@pytest.fixture
def odd_names(tmp_path: Path) -> Path:
    """Make a folder with a playlist under every odd name that the file system takes."""
    folder = tmp_path / "in"
    for number, name in enumerate(NAMES):
        made = write(tmp_path / "made.csv", songs(*range(number, number + 6)))
        folder.mkdir(exist_ok=True)
        try:
            shutil.copy2(made, folder / os.fsdecode(name + b".csv"))
        except OSError:
            assert sys.platform != "linux", name
    return folder


def test_every_name_is_imported_and_shown_harmlessly(shell: Shell, odd_names: Path) -> None:
    count = len(list(odd_names.iterdir()))
    found = import_beside(shell, odd_names)
    assert [file["status"] for file in found.values()] == ["imported"] * len(found)
    assert len(shell.library()) == count + 1
    show_everything(shell)
    assert ".csv" in found


@pytest.mark.parametrize("form", ["csv", "json", "m3u8"])
def test_every_name_is_written_back(
    shell: Shell, odd_names: Path, tmp_path: Path, form: str
) -> None:
    shell("import-csv", odd_names)
    said = shell.json("export", tmp_path / "out", "--format", form)
    names = [Path(file["path"]).name for file in said["files"]]
    assert len({name.casefold() for name in names}) == len(shell.library()) == len(names)
    for name in names:
        assert len(name.encode()) <= 255
        assert name.partition(".")[0].upper() not in ("CON", "NUL", "COM1")
        assert "/" not in name
    written = sorted(each.name for each in (tmp_path / "out").rglob("*") if each.is_file())
    assert written == sorted(names)
    assert shell.json("export", tmp_path / "out", "--format", form) == said
    if form == "csv":
        assert shell.json("import-csv", tmp_path / "out")["snapshot"]["unchanged"]


@pytest.mark.parametrize("form", ["csv", "json", "m3u8"])
def test_what_acts_on_a_terminal_is_in_no_name_that_is_written(
    shell: Shell, tmp_path: Path, form: str
) -> None:
    names = {
        "x\u202evsc.exe": "xvsc.exe",
        "xvsc.exe": "xvsc.exe~2",
        "a\x1b[31mz": "a_[31mz",
        "a\x9b31m\u2028z": "a_31m_z",
        "\u200fمزيج\u2066": "مزيج",
        "\u202e": "_",
        # Sane, and written as they were seen.
        "خواب\u200cها": "خواب\u200cها",
        "Us \U0001f468\u200d\U0001f469\u200d\U0001f467": "Us \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "夏\u3000歌": "夏\u3000歌",
    }
    for number, name in enumerate(names):
        write(tmp_path / "in" / f"{name}.csv", songs(*range(number, number + 6)))
    shell("import-csv", tmp_path / "in")
    before = shell.library()
    said = shell.json("export", tmp_path / "out", "--format", form)
    written = sorted(Path(file["path"]).stem for file in said["files"])
    assert written == sorted(names.values())
    if form == "csv":
        found = shell.json("import-csv", tmp_path / "out")
        assert {file["status"] for file in found["files"]} == {"unchanged"}
        assert shell.library() == before


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_names_that_are_no_utf8_are_fine_in_a_real_process(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/f\xe9tes"))
    write(folder / GOOD, songs(1, 2))
    (folder / "Bad.csv").write_bytes(b"")
    database = folder / "l.db"
    code, out, err = finish(start(database, "--json", "import-csv", folder, folder / GOOD))
    assert (code, "Traceback" in err) == (8, False), (out, err)
    assert '"status":"imported"' in out
    for command in (["status"], ["export", folder / "out"]):
        code, out, err = finish(start(database, *command))
        assert code == 0, (command, out, err)


@pytest.mark.parametrize(
    "command",
    [
        ("tracks", "--search", "\udce9"),
        ("tracks", "--playlist", "\udce9"),
        ("tracks", "--artist", "\udce9"),
        ("playlists-of", "\udce9"),
        ("playlists", "join", "\udce9", "\udcff"),
        ("playlists", "split", "\udce9"),
        ("history", "at", "\udce9"),
        ("history", "at", "latest", "--playlist", "\udce9"),
        ("history", "diff", "1", "2", "--playlist", "\udce9"),
        ("history", "drop", "\udce9"),
        ("export", "out", "--playlist", "\udce9"),
        ("reconcile", "--dry-run", "--playlist", "\udce9"),
        ("import-csv", "\udce9"),
        ("import-csv", "in", "--accept", "\udce9"),
        ("import-csv", "in", "--taken-at", "\udce9"),
        ("\udce9",),
        ("--\udce9",),
        ("--db", "\udce9", "status"),
        ("db", "backup", "\udce9/x"),
    ],
    ids=" ".join,
)
def test_arguments_that_are_no_utf8_are_no_bug(
    shell: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    write(tmp_path / "in" / GOOD, songs(1, 2, 3))
    shell("import-csv", tmp_path / "in")
    for given in (command, ("--json", *command)):
        said = shell.any(*given)
        assert said.code in (0, 1, 2)
        (said.out + said.err).encode()


def test_a_name_cannot_add_a_line_to_what_is_said(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x\nerror: all is lost.csv").write_bytes(b"")
    said = shell("import-csv", tmp_path / "in", code=1)
    assert "x␊error: all is lost.csv was set aside" in said.err
    assert "\nerror: all" not in said.err + shell("status").out
    missing = shell("import-csv", tmp_path / "y\nerror: gone", code=1)
    assert "\nerror: gone" not in missing.err
