"""The fields of answers: which ones a schema knows, and which one a misspelt name probably means."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from batch_processor.document.shape import Finding
from batch_processor.document.wording import nearest, shown
from batch_processor.registry.json_schema import known_properties, main_schema


def known_outputs(schemas: Iterable[Any]) -> tuple[str, ...] | None:
    """The fields that answers of these schemas may have; None if they may have any."""
    objects = [schema if isinstance(schema, Mapping) else None for schema in schemas]
    properties = [known_properties(schema) for schema in objects]
    known = [names for names in properties if names is not None]
    return tuple(dict.fromkeys(name for names in known for name in names)) if known and known == properties else None


def unknown_fields(fields: Any, known: tuple[str, ...] | None) -> Iterator[Finding]:
    """Yield the raw output fields that the answers' schema does not have."""
    for index, name in enumerate(fields if isinstance(fields, list) else []):
        if known is not None and isinstance(name, str) and name not in known:
            yield Finding(("output_fields", index), f"the schema has no property {shown(name)}{hint(name, known)}")


def hint(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, to be appended to a message; empty if no known name is near."""
    meant = nearest(name, known)
    return f"; did you mean '{meant}'?" if meant else ""


def listed_properties(schemas: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The properties of the schemas, in their order."""
    return tuple(dict.fromkeys(name for schema in schemas for name in main_schema(schema).get("properties", ())))
