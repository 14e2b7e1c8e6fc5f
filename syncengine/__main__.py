"""``python -m syncengine`` and the ``syncengine`` script."""

from __future__ import annotations

import sys

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


if __name__ == "__main__":
    sys.exit(main())
