"""Checks calls against a vendor's OpenAPI 3.0 document.

The schemas become JSON Schema 2020-12 and stricter: an answer may hold no field that the document
does not know, or the double could invent one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from tests.fakes.spotify_http import Answer
from tests.fakes.spotify_log import Call

_BESIDE = Path(__file__).parents[3] / "shared" / "contracts"
# Read when this is imported: each test has an environment and a working directory of its own.
_FOLDER = Path(os.environ.get("SYNCENGINE_CONTRACTS") or _BESIDE).resolve()
Schema = dict[str, Any]
_KEPT = ("type", "enum", "minimum", "maximum", "format")


def find_document(name: str) -> Path | None:
    """Return where a vendor's document lies, if it is on this machine.

    ``SYNCENGINE_CONTRACTS`` names the folder; it cannot be in the repository, for Spotify's text is
    not ours to hand on.
    """
    path = _FOLDER / name
    return path if path.is_file() else None


def read(path: Path) -> dict[str, Any]:
    """Return a document as it stands in its file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return found


class OpenApi:
    """A document with the corrections that the service's real answers ask for."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        nullable: Iterable[str] = (),
        corrected: Mapping[str, Schema] | None = None,
        bare: str | None = None,
    ) -> None:
        """Take what is ``nullable`` or ``corrected`` by names like ``TrackObject.href``.

        ``bare`` is the field that a body may be instead of an object that holds it.
        """
        self._document = document
        self.nullable = frozenset(nullable)
        self.corrected = corrected or {}
        self._bare = bare
        self._validators: dict[str, Draft202012Validator] = {}

    # ---------------------------------------------------------------------------------- operations

    def operation(self, method: str, template: str) -> Mapping[str, Any] | None:
        """Return what the document says of an endpoint."""
        found: Mapping[str, Any] | None = (
            self._document["paths"].get(template, {}).get(method.lower())
        )
        return found

    def parameters(self, method: str, template: str) -> dict[str, Mapping[str, Any]]:
        """Return the query parameters of an endpoint by name."""
        operation = self.operation(method, template) or {}
        found = [self.followed(each) for each in operation.get("parameters", ())]
        return {each["name"]: each for each in found if each["in"] == "query"}

    def check(self, calls: Iterable[Call]) -> list[str]:
        """Return what the document does not allow; faults are the vendor's own and no part of it."""
        return [f"{call}: {what}" for call in calls for what in self._check(call)]

    def _check(self, call: Call) -> list[str]:
        if call.template in ("/authorize", "/api/token"):
            return []  # The accounts service has no document.
        if self.operation(call.method, call.template) is None:
            return ["no such endpoint"]
        found = [] if call.status >= 400 else self._check_request(call)
        return found if call.answer.faulty else found + self._check_answer(call)

    def _check_request(self, call: Call) -> list[str]:
        known = self.parameters(call.method, call.template)
        found = [f"unknown parameter {name!r}" for name in call.query if name not in known]
        for name, parameter in known.items():
            if name in call.query:
                value = _read(call.query[name], parameter["schema"])
                found += self._errors(parameter["schema"], value, f"parameter {name}")
            elif parameter.get("required"):
                found.append(f"parameter {name!r} is missing")
        return found + self._check_body(call)

    def _check_body(self, call: Call) -> list[str]:
        operation = self.operation(call.method, call.template) or {}
        content = operation.get("requestBody", {}).get("content", {})
        if not call.request.body:
            return []
        if "application/json" not in content:
            return ["a body where the document has none"]
        # The document lets more through, but a name that it does not know is a mistake of ours.
        schema = {**content["application/json"]["schema"], "additionalProperties": False}
        body = json.loads(call.request.body)
        if self._bare in schema.get("properties", {}) and isinstance(body, list):
            body = {self._bare: body}
        return self._errors(schema, body, "body")

    def _check_answer(self, call: Call) -> list[str]:
        operation = self.operation(call.method, call.template) or {}
        responses = operation["responses"]
        # Few operations list 400 and 404, though all of them can say so; the form is the same.
        status = str(call.status) if call.status < 400 else "401"
        if status not in responses:
            return [f"status {status} is not in the document"]
        content = self.followed(responses[status]).get("content")
        if content is None:
            return ["a body where the document has none"] if call.answer.body else []
        schema = content["application/json"]["schema"]
        partial = "fields" in call.query
        return self._errors(schema, _said(call.answer), "answer", partial=partial)

    # ------------------------------------------------------------------------------------- schemas

    def _errors(
        self, schema: Schema, value: object, where: str, *, partial: bool = False
    ) -> list[str]:
        key = json.dumps([schema, partial], sort_keys=True)
        if key not in self._validators:
            whole = _Conversion(self, required=not partial).converted(schema)
            self._validators[key] = Draft202012Validator(whole, format_checker=FormatChecker())
        return [f"{where} {_explained(e)}" for e in self._validators[key].iter_errors(value)]

    def followed(self, thing: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference leads to; anything else as it is."""
        if "$ref" not in thing:
            return thing
        found: Any = self._document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        followed: Mapping[str, Any] = found
        return followed


class _Conversion:
    """Makes one JSON Schema without references, in which every object knows all its fields.

    ``unevaluatedProperties`` could say the same of a schema with references; checking it takes
    hundreds of times as long.
    """

    def __init__(self, api: OpenApi, *, required: bool) -> None:
        self._api = api
        self._required = required
        self._named: dict[str, Schema] = {}

    def converted(self, schema: Mapping[str, Any]) -> Schema:
        """Return a schema of OpenAPI 3.0 as JSON Schema."""
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and name in self._named:
            return self._named[name]
        made = self._made(schema)
        if name:
            self._named[name] = made
        return made

    def _made(self, schema: Mapping[str, Any]) -> Schema:
        parts = list(self._parts(schema))
        made: Schema = {}
        for _, part in parts:
            made |= {key: part[key] for key in _KEPT if key in part}
            if "items" in part and isinstance(part["items"], dict):
                made["items"] = self.converted(part["items"])
            if "oneOf" in part:
                # A part of an answer may fit more than one of them.
                made["oneOf" if self._required else "anyOf"] = [
                    self.converted(each) for each in part["oneOf"]
                ]
        properties = {k: each for name, part in parts for k, each in self._properties(part, name)}
        if properties:
            made["properties"] = properties
            made["additionalProperties"] = _is_open(parts)
            if self._required:
                made["required"] = _required(part for _, part in parts)
        return _or_null(made) if any(part.get("nullable") for _, part in parts) else made

    def _parts(
        self, schema: Mapping[str, Any], name: str = ""
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the schemas that one is put together from, each with the name of its component."""
        name = schema.get("$ref", "").rpartition("/")[2] or name
        whole = self._api.followed(schema)
        yield name, whole
        for part in whole.get("allOf", ()):
            yield from self._parts(part, name)

    def _properties(self, part: Mapping[str, Any], name: str) -> Iterator[tuple[str, Schema]]:
        for key, each in part.get("properties", {}).items():
            path = f"{name}.{key}"
            made = self._api.corrected.get(path) or self.converted(each)
            yield key, _or_null(made) if path in self._api.nullable else made
        for path, each in self._api.corrected.items():
            if name and path.partition(".")[0] == name and "properties" in part:
                yield path.partition(".")[2], each


def _is_open(parts: Iterable[tuple[str, Mapping[str, Any]]]) -> bool:
    return any(part.get("additionalProperties") is True for _, part in parts)


def _required(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the fields that have to be there: what is deprecated is gone in development mode."""
    known = list(parts)
    gone = {
        key
        for part in known
        for key, each in part.get("properties", {}).items()
        if each.get("deprecated")
    }
    named = {key for part in known for key in part.get("required", ())}
    return sorted(named - gone)


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _read(text: str, schema: Schema) -> object:
    """Return a query parameter as its schema means it."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text.split(",") if schema.get("type") == "array" else text


def _said(answer: Answer) -> object:
    return json.loads(answer.body) if answer.body else None


def _explained(error: Any) -> str:
    """Return where a document is wrong, and how, in one line."""
    deepest = best_match([error]) or error
    return f"{deepest.json_path}: {deepest.message[:300]}"
