"""Databases at the double, as ``notion init`` makes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.notion.house import House
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_http import VERSIONS


@pytest.fixture(params=VERSIONS)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """Serve four empty databases, in either version of the API."""
    with NotionDouble() as double:
        made = House(double, request.param)
        yield made
        made.wire.close()
        double.assert_clean()
