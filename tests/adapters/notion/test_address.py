"""Whatever people copy leads to the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.notion.address import dashed, page_address

PAGE = "1429989f-e8ac-4eff-bc8f-57f56486db54"
BARE = PAGE.replace("-", "")
OTHER = "668d797c76fa49349b05ad288df2d136"


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        BARE,
        BARE.upper(),
        f"  {BARE}\n",
        f"https://www.notion.so/{BARE}",
        f"https://www.notion.so/Never-Gonna-Give-You-Up-{BARE}",
        f"https://www.notion.so/my-workspace/Title-{BARE}?pvs=4",
        f"https://www.notion.so/my-workspace/Title-{BARE}#{OTHER}",
        f"https://notion.so/{PAGE}",
        f"http://www.notion.so/Title-{PAGE}/",
        f"www.notion.so/Title-{BARE}",
        f"https://app.notion.com/p/{BARE}",
        f"https://app.notion.com/p/Title-{BARE}",
        f"https://app.notion.com/p/my-workspace/Title-{BARE}?source=copy_link",
        f"https://APP.NOTION.COM/p/{BARE.upper()}",
        f"https://app.notion.com/my-workspace/{BARE}",
        f"https://somebody.notion.site/Title-{BARE}",
        f"notion://www.notion.so/Title-{BARE}",
        f"https://www.notion.so/my-workspace/{OTHER}?v={OTHER}&p={BARE}&pm=s",
        f"https://app.notion.com/p/{OTHER}?p={PAGE}&v={OTHER}",
        f"https://www.notion.so/my-workspace/{BARE}?v={OTHER}",
        f"https://www.notion.so/Title-{BARE}?p=nonsense",
        f"https://www.notion.so/caf%C3%A9-{BARE}",
    ],
)
def test_a_page_is_known_by_its_id_and_by_urls_of_both_domains(text: str) -> None:
    assert page_address(text) == PAGE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4uLU6hMCjMI75M1A2tKUQC",
        BARE[:-1],
        BARE + "0",
        f"Title-{BARE}",
        f"https://example.com/Title-{BARE}",
        f"https://notion.so.example.com/{BARE}",
        f"https://evilnotion.so/{BARE}",
        "https://www.notion.so/",
        "https://www.notion.so/login",
        f"ftp://www.notion.so/{BARE}",
        "https://[::1",
        f"https://www.notion.so/{BARE}0",
    ],
)
def test_what_names_no_page_of_notions_is_none(text: str) -> None:
    assert page_address(text) is None


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert page_address(text) is None
    assert page_address("https://www.notion.so/" + text) is None


@given(st.uuids())
def test_addresses_have_their_dashes(page: object) -> None:
    assert dashed(str(page).replace("-", "")) == dashed(str(page)) == str(page)
    assert page_address(str(page)) == str(page)
