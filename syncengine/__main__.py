"""``python -m syncengine`` and the ``syncengine`` script."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from syncengine import __version__


def main() -> int:
    """Run the command line and return the exit code."""
    if sys.argv[1:] == ["--version"]:  # answered before anything is imported: monitors ask often
        sys.stdout.write(f"syncengine {__version__}\n")
        return 0
    try:
        from syncengine.cli.app import run

        return run()
    except KeyboardInterrupt:  # during the import, or while the last output leaves
        return 130


def script() -> None:
    """Run the command line as a process of its own, and end the process.

    Everything is written, closed and committed by now. Taking the memory of an import apart object by
    object, as Python does at its end, would take as long as a fifth of the import.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # whoever read it has gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    script()
