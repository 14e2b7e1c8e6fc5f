"""A person's Spotify library as a versioned database."""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has under this name, but without its import
if TYPE_CHECKING:
    from syncengine.library import Library

__version__ = "0.1.0"
__all__ = ["Library", "__version__"]


def __getattr__(name: str) -> object:
    """Import what is public on first use, so that asking for the version costs nothing."""
    if name != "Library":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from syncengine.library import Library

    return Library
