"""Other names of agents and tools, as their entries list them under `metadata.aliases`."""

import json
from collections.abc import Iterable

from batch_processor.registry.entry import Document
from batch_processor.registry.versions import ACTIVE


def aliases_of(document: Document) -> list[str]:
    """The aliases that an entry lists, as it is stored; none if what is there is no list of names."""
    metadata = document.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            return []
    listed = metadata.get("aliases") if isinstance(metadata, dict) else None
    return [alias for alias in listed if isinstance(alias, str)] if isinstance(listed, list) else []


def called_also(alias: str, kind: str, documents: Iterable[Document]) -> list[str]:
    """The names of the active entries that list the alias, each once."""
    found = [
        str(document[f"{kind}_name"])
        for document in documents
        if document.get("status", ACTIVE) == ACTIVE and alias in aliases_of(document)
    ]
    return list(dict.fromkeys(found))
