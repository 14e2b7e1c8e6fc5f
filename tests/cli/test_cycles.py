from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from syncengine.cli.cycles import searching_for_cycles, without_search_for_cycles


@pytest.fixture(autouse=True)
def searching() -> Iterator[None]:
    """Let Python search for cycles, whatever tests before this one left."""
    was_on = gc.isenabled()
    gc.enable()
    yield
    if not was_on:
        gc.disable()


def test_a_command_does_without_a_search_for_cycles_but_where_requests_are_made() -> None:
    assert gc.isenabled()
    with without_search_for_cycles():
        assert not gc.isenabled()
        with searching_for_cycles():
            assert gc.isenabled()
            assert gc.get_freeze_count() > 0
        assert not gc.isenabled()
        assert gc.get_freeze_count() == 0
    assert gc.isenabled()


def test_errors_leave_all_as_it_was() -> None:
    with pytest.raises(KeyError), without_search_for_cycles(), searching_for_cycles():
        raise KeyError
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
