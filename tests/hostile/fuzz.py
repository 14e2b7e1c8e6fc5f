"""Coverage-guided fuzzing with atheris: ``python -m tests.hostile.fuzz csv|zip [libFuzzer options]``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # make fuzz has it

with atheris.instrument_imports(include=["syncengine", "zipfile"]):
    import zipfile  # noqa: F401 - instrumented

    from tests.hostile.targets import read_archive, read_export


def main() -> None:
    """Fuzz one target until libFuzzer's time is up; it ends the process itself."""
    kind, *options = sys.argv[1:]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fuzzed.zip"
        target = {"csv": read_export, "zip": partial(read_archive, path=path)}[kind]
        atheris.Setup([sys.argv[0], *options], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
