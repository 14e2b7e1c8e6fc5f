"""Fields of things in sinks, as the JSON that they are kept in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from syncengine.core.plan import Value

_decode = msgspec.json.Decoder(dict[str, str | int | float | bool | tuple[str, ...] | None]).decode


def fields_text(fields: Mapping[str, Value]) -> str:
    """Return fields as JSON."""
    return msgspec.json.encode(dict(fields)).decode()


def fields_of(text: str) -> dict[str, Value]:
    """Read what ``fields_text`` wrote."""
    return dict(_decode(text))
