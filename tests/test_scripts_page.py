"""The scripts of docs/scripts.md do what the page says."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.shell import Shell

PAGE = (Path(__file__).parents[1] / "docs" / "scripts.md").read_text("utf-8")
_BLOCK = re.compile(r"```python\n(.*?)```\n```text\n(.*?)```", re.DOTALL)


def test_every_script_says_what_the_page_shows(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.import_sample()
    monkeypatch.setenv("SYNCENGINE_DATABASE_URL", shell.url)
    blocks = _BLOCK.findall(PAGE)
    assert len(blocks) == PAGE.count("```python") == 5
    names: dict[str, object] = {}
    for program, expected in blocks:
        said = StringIO()
        with redirect_stdout(said):
            exec(compile(program, "docs/scripts.md", "exec"), names)
        assert said.getvalue() == expected
