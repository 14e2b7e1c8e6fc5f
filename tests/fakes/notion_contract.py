"""Notion's OpenAPI document with what it leaves out, and the check of calls against it.

The document (of makenotion/notion-mcp-server, 2025-09-03) describes 24 operations and hardly any
answer; where it contradicts the types of Notion's own SDK (notion-sdk-js 5.26) those are right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from tests.fakes.notion_http import OLD
from tests.fakes.notion_log import Call
from tests.fakes.openapi import find_document, read

DOCUMENT = "notion-openapi.json"
Schema = dict[str, Any]
UNDOCUMENTED = frozenset({"POST /v1/databases", "PATCH /v1/databases/{database_id}"})
"""Operations that Notion has and its document does not."""
_LIST = {"object", "results", "next_cursor", "has_more", "type"}
_ANSWERS: dict[str, set[str]] = {
    "page": {"id", "created_time", "last_edited_time", "in_trash", "parent", "properties", "url"},
    "database": {"id", "title", "parent", "data_sources", "in_trash"},
    "data_source": {"id", "title", "parent", "database_parent", "properties", "in_trash"},
    "list": _LIST,
    "user": {"id", "type", "name"},
    "block": {"id", "type", "in_trash"},
    "property_item": {"id", "type"},
    "error": {"status", "code", "message"},
}
"""What an answer has at least, by its ``object``: the document says only that it is an object."""


def load() -> Contract | None:
    """Return the document, if it is on this machine."""
    path = find_document(DOCUMENT)
    return None if path is None else Contract(corrected(read(path)))


def corrected(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the corrections that the SDK's types ask for."""
    made = deepcopy(dict(document))
    schemas, paths = made["components"]["schemas"], made["paths"]
    # The component that is called dataSourceIdParentRequest knows no data source.
    schemas["parentRequest"]["oneOf"].append(_parent("data_source_id"))
    _properties(paths["/v1/data_sources"]["post"])["parent"] = _parent("database_id")
    create = _properties(paths["/v1/pages"]["post"])
    create["children"]["items"] = {"type": "object"}
    create["icon"] = create["cover"] = {"type": ["object", "null"]}
    # Sorts by time have a timestamp where others have a property.
    stamps = {"enum": ["created_time", "last_edited_time"]}
    sort = schemas["sortObject"]
    sort["properties"]["timestamp"] = stamps
    sort["required"] = ["direction"]
    update = _properties(paths["/v1/data_sources/{data_source_id}"]["patch"])
    update |= {name: {"type": "boolean"} for name in ("in_trash", "archived")}
    for path, name in (
        ("/v1/data_sources/{data_source_id}/query", "result_type"),
        ("/v1/pages/{page_id}", "is_locked"),
    ):
        operation = paths[path]["patch" if name == "is_locked" else "post"]
        _properties(operation)[name] = {}
    return made


def _parent(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {"type": {"const": name}, name: {"type": "string"}},
        "required": [name],
        "additionalProperties": False,
    }


def _properties(operation: Mapping[str, Any]) -> Schema:
    content = operation["requestBody"]["content"]["application/json"]
    found: Schema = content["schema"]["properties"]
    return found


class Contract:
    """A document that calls are held against."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._validators: dict[str, Draft202012Validator] = {}

    def operation(self, method: str, template: str) -> Mapping[str, Any] | None:
        """Return what the document says of an endpoint."""
        found: Mapping[str, Any] | None = (
            self.document["paths"].get(template, {}).get(method.lower())
        )
        return found

    def parameters(self, method: str, template: str) -> set[str]:
        """Return the query parameters of an endpoint."""
        operation = self.operation(method, template) or {}
        listed = operation.get("parameters", ())
        return {each["name"] for each in listed if each.get("in") == "query"}

    def check(self, calls: Iterable[Call]) -> list[str]:
        """Return what is wrong with calls; what Notion refused has been found already."""
        return [f"{call}: {what}" for call in calls for what in self._check(call)]

    def _check(self, call: Call) -> list[str]:
        answered = [] if call.answer.faulty else _answer(call)
        if call.name in UNDOCUMENTED:
            return answered
        if self.operation(call.method, call.template) is None:
            return ["no such endpoint"]
        return answered if 400 <= call.status < 500 else [*self._request(call), *answered]

    def _request(self, call: Call) -> list[str]:
        known = self.parameters(call.method, call.template)
        found = [f"unknown parameter {name!r}" for name in call.query if name not in known]
        operation = self.operation(call.method, call.template) or {}
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return [*found, "a body where the document has none"] if call.body else found
        errors = self._validator(call.name, content["schema"]).iter_errors(call.body)
        return [*found, *(f"body {_explained(each)}" for each in errors)]

    def _validator(self, name: str, schema: Schema) -> Draft202012Validator:
        if name not in self._validators:
            # The document lets more through, but a name that it does not know is a mistake of ours.
            whole = {**schema, "additionalProperties": False}
            whole["components"] = self.document["components"]
            self._validators[name] = Draft202012Validator(whole, format_checker=FormatChecker())
        return self._validators[name]


def _answer(call: Call) -> list[str]:
    """Return what an answer lacks, or has and should not in its version."""
    document = json.loads(call.answer.body)
    if not document:
        return []  # Too long to be kept.
    kind = document.get("object")
    if kind not in _ANSWERS:
        return [f"an answer of the unknown kind {kind!r}"]
    if {"object", "id", "request_id"} == document.keys():
        return []  # What one sees who may not read.
    lacking = sorted(_ANSWERS[kind] - document.keys())
    found = [f"the answer lacks {name!r}" for name in lacking]
    old = call.request.headers.get("notion-version") == OLD
    if kind in ("page", "database", "data_source", "block") and ("archived" in document) is not old:
        found.append("'archived' belongs to the older version, and there only")
    return found


def _explained(error: Any) -> str:
    """Return where a body is wrong, and how, in one line."""
    deepest = best_match([error]) or error
    return f"{deepest.json_path}: {deepest.message[:300]}"
