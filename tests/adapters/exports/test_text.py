"""Encodings: what bytes can be, and where they break."""

from __future__ import annotations

import codecs

import pytest

from syncengine.core.track import OLD_RANK
from syncengine.errors import MalformedExport
from tests.adapters.exports.samples import NET_HEADER, csv_text, net_row, parse, rejected, seen

TEXT = csv_text(NET_HEADER, net_row(title="Één", album="Størst"), net_row(title="Zwei"))


def titles(content: bytes) -> list[str | None]:
    export = parse(content)
    heard = [export.claim(found).recording for found in seen(export)]
    return [each.title for each in heard if each]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_unicode_in_any_dress_is_read_without_a_word(content: bytes) -> None:
    export = parse(content)
    assert (export.dialect.generation, list(export.warnings)) == ("2025-07-27", [])
    assert titles(content) == ["Één", "Zwei"]
    assert [row.line for row in export.rows()] == [2, 3]


def test_excels_unicode_text_is_utf_16_with_tabs() -> None:
    export = parse(codecs.BOM_UTF16_LE + TEXT.replace(",", "\t").encode("utf-16-le"))
    assert export.dialect.generation == "2025-07-27 (spreadsheet)"
    assert len(seen(export)) == 2


def test_windows_1252_is_read_but_its_names_replace_nothing() -> None:
    content = TEXT.encode("cp1252")
    export = parse(content)
    assert titles(content) == ["Één", "Zwei"]
    assert (export.dialect.generation, export.dialect.rank) == (
        "2025-07-27 (Windows-1252)",
        OLD_RANK,
    )
    assert {"title", "album", "artists"} <= export.dialect.damages
    assert "Windows-1252" in export.warnings[0]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode() + b"\xe9\n",
        TEXT.encode("cp1252") + b"\x81\n",
        b"name\xe9,age\n",
    ],
)
def test_other_bytes_that_are_no_utf_8_are_refused_with_their_place(content: bytes) -> None:
    with pytest.raises(MalformedExport, match="which is no UTF-8, at byte"):
        parse(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_ends_inside_a_character_loses_its_last_row(encoding: str) -> None:
    content = (TEXT + TEXT.splitlines()[1].replace("Één", "Ende") + "é").encode(encoding)
    export = parse(content[:-1])
    [problem] = rejected(export)
    assert (problem.line, "inside a character" in problem.reason) == (4, True)
    assert len(seen(export)) == 2


@pytest.mark.parametrize(
    "content", [b"\0", b"a\0b\n" * 9, TEXT.encode() + b"\0", b"\xff\xfe\0\xd8"]
)
def test_nul_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedExport):
        parse(content)


FOREIGN = {
    "cp1251": ["Группа крови", "Кино", "Звезда по имени Солнце"],
    "cp1253": ["Ελλάδα", "Τα παιδιά του Πειραιά"],
    "gbk": ["月亮代表我的心", "邓丽君", "甜蜜蜜"],
    "euc-kr": ["강남스타일", "사랑했지만", "김광석"],
    "shift-jis": ["ラブ・ストーリーは突然に", "ひこうき雲", "ルージュの伝言"],
}


@pytest.mark.parametrize(("encoding", "names"), FOREIGN.items())
def test_other_code_pages_are_refused_with_what_to_do(encoding: str, names: list[str]) -> None:
    rows = [net_row(title=name, album=f"Best of {name}") for name in names]
    with pytest.raises(MalformedExport, match="which is no UTF-8, at byte") as caught:
        parse(csv_text(NET_HEADER, *rows).encode(encoding))
    assert caught.value.line == 2
    assert caught.value.reason.endswith("; save it again as UTF-8, or export again")


WESTERN = (
    ["Coração", "Canção do Mar", "Ilusões", "Não é fácil", "Emoções", "Paixão"],
    ["Hyvää yötä", "Päivä", "Älä jätä", "Tähtiä", "Yö", "Häävalssi", "Pää"],
    ["Don’t stop", "“Heroes”", "Can’t get you – live", "I’m not in love…", "We’re here"],
    ["Für Elise", "Größe", "Süße Träume", "Über den Wolken", "Schöne Grüße"],
    ["À la claire fontaine", "L’été indien", "Élève", "Créée", "Noël", "Ça plane"],
    ["Þú ert", "Ást", "Æ", "Söngur", "Þjóðvísa", "Dýrð í dauðaþögn"],
)


@pytest.mark.parametrize("names", WESTERN)
def test_western_europes_letters_are_no_other_code_page(names: list[str]) -> None:
    rows = [net_row(title=name, album=name, artists=name) for name in names]
    export = parse(csv_text(NET_HEADER, *rows).encode("cp1252"))
    heard = [export.claim(row).recording for row in seen(export)]
    assert [each.title for each in heard if each] == names
    assert export.warnings[0].endswith("; save it again as UTF-8, or export again")
