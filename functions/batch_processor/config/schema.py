"""The published JSON Schema of the configuration: `python -m batch_processor.config.schema` prints it."""

import json
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from batch_processor.config.document import ConfigDocument


class _Generator(GenerateJsonSchema):
    """Leaves out derived titles, null as a value, and defaults that only say "not given"."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        has_value = isinstance(schema.get("default"), str | int | float)
        return super().default_schema(schema) if has_value else self.generate_inner(schema["schema"])


def published_schema() -> dict[str, Any]:
    """Return the schema as JSON Schema 2020-12."""
    schema = ConfigDocument.model_json_schema(schema_generator=_Generator)
    return {"$schema": _Generator.schema_dialect, **schema}


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(published_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
