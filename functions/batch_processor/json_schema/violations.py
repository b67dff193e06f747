"""Checks values by a JSON Schema, and tells what they lack in words that are fit for a log.

The agents of the schema factory and the language model's agent check their answers by a copy of this package.
"""

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from batch_processor.document.json_value import BEYOND_JSON

# jsonschema is imported with the first schema: rows without one do not wait for it.

_SCHEMAS = 16  # that a warm function keeps; the rows of one batch share one
_COUNTED = 50


class SchemaUnusable(ValueError):
    """The schema is none that a value can be checked by; the message has nothing of the value."""


def violations(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What the value lacks to be as the schema wants it, each with its JSON pointer; at most 50, none for a valid one.

    They say nothing of the value but the names of its properties. SchemaUnusable if the schema itself is at fault.
    """
    from batch_processor.json_schema.reasons import told

    try:
        validator = _validator(json.dumps(schema, ensure_ascii=False))
        found = chain(_beyond_json(value, ()), validator.iter_errors(value))
        # jsonschema's own messages quote the value.
        return [told(error) for error in islice(found, _COUNTED)]
    except RecursionError:
        return ["the whole: it is nested too deeply to be checked"]
    except Exception as exc:
        # Whatever jsonschema raises for a schema that `schema_problems` has not seen; its messages quote the value.
        raise SchemaUnusable(f"The schema of the answers cannot be used ({type(exc).__name__}).") from None


def _beyond_json(value: Any, at: tuple[str | int, ...]) -> Iterator[Any]:
    """What is a number to Python alone: of 1e400 it makes infinity, which is within no bounds and beyond none."""
    if isinstance(value, float) and not math.isfinite(value):
        from batch_processor.json_schema.dialect import Told

        yield Told(f"expected a number, got {BEYOND_JSON}", path=at)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _beyond_json(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _beyond_json(inner, (*at, index))


@lru_cache(maxsize=_SCHEMAS)
def _validator(schema: str) -> Any:
    from batch_processor.json_schema.dialect import make_validator

    return make_validator(json.loads(schema))
