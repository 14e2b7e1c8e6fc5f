"""What is written into HTML comes out of it as what it was, and as nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.report.html import Html, element, joined, text, trusted
from syncengine.core.page_text import page_text

TEXTS = st.text(alphabet=st.characters(categories=None)) | st.text("<>&\"'/-![] \n\x00scriptyle=")
"""Surrogates and control characters included."""


class Reader(HTMLParser):
    """Notes what a reader of HTML sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.said += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


@given(TEXTS, TEXTS)
def test_a_text_is_that_text_inside_and_in_an_attribute(inside: str, attribute: str) -> None:
    seen = read(element("p", inside, title=attribute))
    assert seen.tags == [("p", [("title", page_text(attribute))])]
    assert seen.said == page_text(inside)


@given(TEXTS)
def test_every_text_can_be_written(given_text: str) -> None:
    written = text(given_text)
    written.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f<>\"']", written)


@given(TEXTS)
def test_a_text_that_was_made_plain_stays_so(given_text: str) -> None:
    assert page_text(page_text(given_text)) == page_text(given_text)


def test_what_is_markup_stays_markup_and_the_rest_is_escaped() -> None:
    assert joined(element("b", "<i>"), "<i>") == "<b>&lt;i&gt;</b>&lt;i&gt;"
    assert element("p", ["a", "<"], element("br")) == "<p>a&lt;<br></p>"
    assert isinstance(joined("a"), Html)


def test_attributes_are_named_as_html_has_them() -> None:
    made = element("label", for_="x", class_="y", aria_live="polite", hidden=True, id=None, a=False)
    assert made == '<label for="x" class="y" aria-live="polite" hidden></label>'


def test_only_what_is_ours_is_taken_as_it_is() -> None:
    assert joined(trusted("<hr>"), "<hr>") == "<hr>&lt;hr&gt;"
    assert joined(trusted("<hr>") + "<hr>") == "&lt;hr&gt;&lt;hr&gt;"
