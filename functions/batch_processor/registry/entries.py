"""Reads registry entries, from DynamoDB and from documents, and tells all that is wrong with them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.shape import problems_of
from batch_processor.document.soundness import unsound
from batch_processor.document.wording import shown, suggestion
from batch_processor.errors import InvalidEntry
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.dynamodb_limits import beyond_dynamodb
from batch_processor.registry.entry import KINDS, Document, Entry, Kind, entry_id
from batch_processor.registry.schema_entry import SchemaEntry
from batch_processor.registry.template_entry import TemplateEntry
from batch_processor.registry.tool_entry import ToolEntry

ENTRY_TYPES: dict[Kind, type[Entry]] = {
    "agent": AgentEntry,
    "tool": ToolEntry,
    "template": TemplateEntry,
    "schema": SchemaEntry,
}


def parse_entry(kind: str, document: object) -> Entry:
    """The entry of a kind; nested values may be JSON or its text. InvalidEntry carries all of its problems."""
    if kind not in KINDS:
        raise InvalidEntry("The entry", [Problem("/kind", f"{shown(kind)} is no kind; {suggestion(kind, KINDS)}")])
    shape = ENTRY_TYPES[kind]
    if not isinstance(document, dict):
        raise InvalidEntry(f"The {kind}", [Problem("", f"expected an object {{…}}, got {shown(document)}")])
    # DynamoDB's NULL is how other programs write "not given".
    given: Document = {key: value for key, value in document.items() if value is not None}
    problems = list(_decode(given, shape)) or list(unsound(given)) or list(beyond_dynamodb(given))
    if not problems:
        try:
            return shape.model_validate(given)
        except ValidationError as exc:
            problems = problems_of(exc, given)
    raise InvalidEntry(f"The entry {_called(shape, given)}", problems)


def kind_of(document: Mapping[str, Any]) -> Kind | None:
    """The kind whose key the entry has; None if it has no kind's key."""
    return next((kind for kind, shape in ENTRY_TYPES.items() if shape.key[0] in document), None)


def _called(shape: type[Entry], given: Document) -> str:
    name, version = (str(given.get(key, "?")) for key in (*shape.key, "?")[:2])
    return entry_id(shape.kind, name, version if len(shape.key) > 1 else None)


def _decode(given: Document, shape: type[Entry]) -> Iterator[Problem]:
    """Replaces texts of JSON in `given` by their values; yields a problem for each that begins as JSON and is none."""
    for path in shape.json_texts:
        for parent, key, at in _places(given, path, ""):
            text = parent[key]
            if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
                try:
                    parent[key] = json.loads(text)
                except (ValueError, RecursionError) as exc:
                    yield Problem(at, f"the text begins as JSON but is none: {exc}")


def _places(value: Any, path: tuple[str, ...], at: str) -> Iterator[tuple[Document, str, str]]:
    if not isinstance(value, dict):
        return
    step, *rest = path
    for key in list(value) if step == "*" else [step] if step in value else []:
        if rest:
            value[key] = dict(value[key]) if isinstance(value[key], dict) else value[key]
            yield from _places(value[key], tuple(rest), f"{at}/{escaped(key)}")
        else:
            yield value, key, f"{at}/{escaped(key)}"
