"""The published JSON Schemas of operations: `python -m batch_processor.operations.schemas FOLDER` writes them."""

import functools
import json
import operator
import sys
import types
import typing
from pathlib import Path
from typing import Any

import typing_extensions
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from batch_processor.operations.catalogue import OPERATIONS, Operation


class _Generator(GenerateJsonSchema):
    """Leaves out derived titles, null as a value, and defaults that only say "not given"."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        has_value = isinstance(schema.get("default"), str | int | float)
        return super().default_schema(schema) if has_value else self.generate_inner(schema["schema"])


def input_schema(operation: Operation) -> dict[str, Any]:
    """What the operation takes, as JSON Schema 2020-12."""
    schema: dict[str, Any] = _untitled(operation.arguments.model_json_schema(schema_generator=_Generator))
    return schema


def output_schema(operation: Operation) -> dict[str, Any]:
    """What it answers where it does not fail, as JSON Schema 2020-12."""
    answer = TypeAdapter(_readable(operation.result))
    schema: dict[str, Any] = _untitled(answer.json_schema(mode="serialization", schema_generator=_Generator))
    return schema


def _readable(kind: Any) -> Any:
    """The type with the TypedDicts in it as pydantic can read them, which before Python 3.12 are those of typing_extensions."""
    if sys.version_info >= (3, 12):
        return kind
    return rebuilt(kind)


def rebuilt(kind: Any) -> Any:
    """The type with each TypedDict in it made anew, key by key, and all else as it is."""
    if typing_extensions.is_typeddict(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        make: Any = typing_extensions.TypedDict
        keys = {key: rebuilt(hint) for key, hint in hints.items()}
        made = make(kind.__name__, keys, total=kind.__total__)
        made.__doc__ = kind.__doc__
        return made
    inner = tuple(map(rebuilt, typing.get_args(kind)))
    if not inner or typing.get_origin(kind) is typing.Literal:
        return kind
    if isinstance(kind, types.UnionType):
        return functools.reduce(operator.or_, inner)
    return typing.get_origin(kind)[inner] if typing.get_origin(kind) in (list, dict) else kind.copy_with(inner)


def published(operation: Operation) -> dict[str, Any]:
    """One operation as schemas/operations has it."""
    return {
        "name": operation.name,
        "description": operation.description,
        "reads_only": operation.reads_only,
        "destructive": operation.destructive,
        "idempotent": operation.idempotent,
        "input_schema": input_schema(operation),
        "output_schema": output_schema(operation),
    }


def text_of(operation: Operation) -> str:
    """The text of its file."""
    return json.dumps(published(operation), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Writes a file for each operation, and removes those of operations that there are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in folder.glob("*.schema.json")} - {f"{name}.schema.json" for name in OPERATIONS}:
        (folder / stale).unlink()
    for name, operation in OPERATIONS.items():
        (folder / f"{name}.schema.json").write_text(text_of(operation), encoding="utf-8")


def _untitled(schema: Any) -> Any:
    """The schema without the titles that pydantic makes of class names, and an object's docstring for a shape's."""
    if isinstance(schema, list):
        return [_untitled(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _untitled(inner) for key, inner in schema.items() if not (key == "title" and isinstance(inner, str))}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
