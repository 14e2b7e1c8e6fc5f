"""Files that a command writes for a person: whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from syncengine.errors import UserError


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Write a file in the place of another, at once. Raises UserError where it cannot be written.

    ``what`` says what it holds, such as "the plan".
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{path}: {what} cannot be saved: {error.strerror}") from error
