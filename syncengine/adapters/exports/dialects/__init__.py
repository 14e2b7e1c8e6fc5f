"""The table of dialects: which header means which columns, and how their values are written.

A form is one generation of one exporter; each exporter has a module. A new generation is a new line
there; another language of exportify.app is a new line in ``languages``.
"""

from __future__ import annotations

from syncengine.adapters.exports.dialects.exportify_app import (
    APP,
    APP_BLOCKS,
    APP_FORM,
    APP_TITLES,
)
from syncengine.adapters.exports.dialects.exportify_net import NET, NET_FORM, NET_TITLES
from syncengine.adapters.exports.dialects.form import FEATURES, NO_FACTS, Form, Layout
from syncengine.adapters.exports.dialects.header import FORMS, by_words, explain, recognise
from syncengine.adapters.exports.dialects.position import by_position, without_header

__all__ = [
    "APP",
    "APP_BLOCKS",
    "APP_FORM",
    "APP_TITLES",
    "FEATURES",
    "FORMS",
    "NET",
    "NET_FORM",
    "NET_TITLES",
    "NO_FACTS",
    "Form",
    "Layout",
    "by_position",
    "by_words",
    "explain",
    "recognise",
    "without_header",
]
