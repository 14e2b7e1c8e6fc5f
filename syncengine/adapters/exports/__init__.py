"""Exports on disk, found and read; those of exportify.net and exportify.app also written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from syncengine.adapters.exports import finder, opening
from syncengine.adapters.exports.reader import Export
from syncengine.core.ports import ExportFile, Quarantined


class Exports:
    """Finds and reads exports; the adapter behind ``core.ports.ExportReader``."""

    def find(self, paths: Sequence[Path]) -> Sequence[ExportFile | Quarantined]:
        """Return every export under the paths, in a stable order (``finder.find``).

        Raises UserError, naming them, for paths that do not exist.
        """
        return finder.find(paths)

    def parse(self, file: ExportFile, content: bytes) -> Export:
        """Recognise the dialect. Raises MalformedExport for a file that is no export."""
        return opening.parse(file, content)
