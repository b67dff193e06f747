"""What the registries of a stack have."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.types import Binary
from pydantic import TypeAdapter, ValidationError

from batch_processor.document.pointers import escaped
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import KINDS, Document, EntryName, Kind, entry_id
from batch_processor.registry.tables import DynamoDbRegistries
from batch_processor.registry.versions import Listed, latest, precedence
from batchctl.registry.registration import RegistryFailed

_NAME: TypeAdapter[str] = TypeAdapter(EntryName)


def listed(kinds: list[Kind], registries: DynamoDbRegistries) -> Iterator[str]:
    """Yields a line for each entry; RegistryFailed at the end names broken ones."""
    broken: list[str] = []
    for kind in kinds:
        name_key, *version_key = ENTRY_TYPES[kind].key
        found: dict[str, list[Listed]] = {}
        for document in registries.overview(kind, most_pages=None):
            name, version = document[name_key], str(document[version_key[0]]) if version_key else ""
            listed = _listed(document, version)
            found.setdefault(name, []).append(listed)
            broken += [entry_id(kind, name, version)] if _is_broken(document) else []
        for name in sorted(found):
            yield from _lines(kind, name, found[name])
    if broken:
        raise RegistryFailed(
            f"Broken: {', '.join(broken)}. A /status is text, as active or deprecated; register them again, or remove them."
        )


def _listed(document: Document, version: str) -> Listed:
    if _is_broken(document):
        return Listed(version, f"broken: its status is of the type {type(document['status']).__name__}")
    return Listed.of(document, version)


def _is_broken(document: Document) -> bool:
    """Whether the status is no text, as other programs may have written it; NULL counts as left out."""
    return not isinstance(document.get("status"), str | None)


def _lines(kind: Kind, name: str, versions: list[Listed]) -> Iterator[str]:
    newest = latest(versions)
    for listed in sorted(versions, key=precedence):
        mark = "  latest" if newest and listed.version == newest.version else ""
        yield f"{entry_id(kind, name, listed.version)}  {listed.status}{mark}"


def shown(wanted: str, registries: DynamoDbRegistries) -> Iterator[str]:
    """Yields all entries of NAME, or of NAME@VERSION, as one JSON document."""
    name, _, version = wanted.partition("@")
    _refuse_impossible(name)
    documents = {}
    for kind in KINDS:
        listed = registries.versions(kind, name) if kind != "tool" else [Listed("")] if not version else []
        for each in listed:
            document = registries.entry(kind, name, each.version or None)
            if document and version in ("", each.version):
                documents[entry_id(kind, name, each.version)] = document
    if not documents:
        raise RegistryFailed(f"Nothing is registered as {wanted}. `batchctl registry list` has all names.")
    yield json.dumps(documents, indent=2, ensure_ascii=False, default=_as_dynamodb)
    if binary := [f"{id_} {at}" for id_, document in documents.items() for at in _binary(document, "")]:
        raise RegistryFailed(f"Binary, which no entry may have: {', '.join(binary)}. Register it again, as text.")


def _refuse_impossible(name: str) -> None:
    """Raises RegistryFailed for a name that DynamoDB refuses as a key, instead of just not finding it."""
    try:
        _NAME.validate_python(name)
    except ValidationError as exc:
        raise RegistryFailed(
            f"NAME[@VERSION]: {exc.errors()[0]['msg']}. `batchctl registry list` has all names."
        ) from exc


def _as_dynamodb(value: Any) -> dict[str, str]:
    """A binary value in the form of DynamoDB's own JSON, {"B": base64}."""
    if isinstance(value, Binary):
        return {"B": base64.b64encode(value.value).decode()}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _binary(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, Binary):
        yield at
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _binary(inner, f"{at}/{escaped(step)}")
