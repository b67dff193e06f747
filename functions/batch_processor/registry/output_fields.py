"""The fields of answers: which a schema knows, and which were meant."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from batch_processor.document.shape import Finding
from batch_processor.document.wording import nearest, shown
from batch_processor.registry.json_schema import known_properties


def known_outputs(schemas: Iterable[Any]) -> tuple[str, ...] | None:
    """The fields that answers of these schemas may have; None if they may have any."""
    given = [schema if isinstance(schema, Mapping) else None for schema in schemas]
    found = [known_properties(schema) for schema in given]
    known = [names for names in found if names is not None]
    return tuple(dict.fromkeys(name for names in known for name in names)) if known and known == found else None


def unknown_fields(fields: Any, known: tuple[str, ...] | None) -> Iterator[Finding]:
    """Yield the raw output fields that the answers' schema does not have."""
    for index, name in enumerate(fields if isinstance(fields, list) else []):
        if known is not None and isinstance(name, str) and name not in known:
            yield Finding(("output_fields", index), f"the schema has no property {shown(name)}{hint(name, known)}")


def hint(name: str, known: Iterable[str]) -> str:
    """What was probably meant, to follow a statement; nothing where nothing is near."""
    meant = nearest(name, known)
    return f"; did you mean '{meant}'?" if meant else ""


def listed_properties(schemas: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The properties of the schemas, in their order."""
    return tuple(dict.fromkeys(name for schema in schemas for name in schema.get("properties", ())))
