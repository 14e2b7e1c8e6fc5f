"""Exports on disk, found and read; those of exportify.net and exportify.app also written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from syncengine.adapters.exports import finder, opening, recognition
from syncengine.core.ports import ExportFile, ParsedExport, Part, Quarantined


class Exports:
    """Finds and reads exports; the adapter behind ``core.ports.ExportReader``."""

    def find(self, paths: Sequence[Path]) -> Sequence[ExportFile | Quarantined]:
        """Return every export under the paths, in a stable order (``finder.find``).

        Raises UserError, naming them, for paths that do not exist.
        """
        return finder.find(paths)

    def split(self, file: ExportFile, content: bytes) -> Iterable[Part | Quarantined]:
        """Yield each playlist of a file; of a file that holds one, the file itself.

        Raises MalformedExport for a file that cannot be cut into playlists.
        """
        form = recognition.form_of(content)
        return [Part(file, content)] if form is None else form.split(file, content)

    def parse(self, file: ExportFile, content: bytes) -> ParsedExport:
        """Recognise the dialect. Raises MalformedExport for a file that is no export."""
        form = recognition.form_of(content)
        return opening.parse(file, content) if form is None else form.parse(file, content)
