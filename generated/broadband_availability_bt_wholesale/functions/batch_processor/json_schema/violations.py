# Copied by `batchctl factory generate` from functions/batch_processor/json_schema/violations.py:
# change that, not this file.
"""Checks values by a JSON Schema, and words each violation so that it may be logged.

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

_CACHED_SCHEMAS = 16  # in a warm function; all rows of a batch share one schema
_MOST_VIOLATIONS = 50


class SchemaUnusable(ValueError):
    """No value can be checked by the schema; the message holds nothing of the value."""


def violations(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """Why the value does not fit the schema, each as `<JSON pointer>: <reason>`; at most 50, none for a valid value.

    They hold nothing of the value but the names of its properties. SchemaUnusable if the schema itself is at fault.
    """
    from batch_processor.json_schema.budget import TooManySteps, bounded
    from batch_processor.json_schema.reasons import described

    try:
        validator = _latest.of(schema)
        errors = chain(_beyond_json(value, ()), validator.iter_errors(value))
        with bounded(validator.schema):
            # jsonschema's own messages quote the value.
            return [described(error) for error in islice(errors, _MOST_VIOLATIONS)]
    except TooManySteps as exc:
        return [f"the whole: {exc}"]
    except RecursionError:
        return ["the whole: it is nested too deeply to be checked"]
    except Exception as exc:
        # Whatever jsonschema raises for a schema that `schema_problems` has not seen; its messages quote the value.
        raise SchemaUnusable(f"The schema of the answers cannot be used ({type(exc).__name__}).") from None


def _beyond_json(value: Any, at: tuple[str | int, ...]) -> Iterator[Any]:
    """Violations for infinity (which Python makes of 1e400) and NaN: JSON has neither, and bounds may let them pass."""
    if isinstance(value, float) and not math.isfinite(value):
        from batch_processor.json_schema.dialect import SafeViolation

        yield SafeViolation(f"expected a number, got {BEYOND_JSON}", path=at)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _beyond_json(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _beyond_json(inner, (*at, index))


class _Latest:
    """The validator of the schema that was asked for last: rows by the hundred come with the same one."""

    def __init__(self) -> None:
        self._schema: Mapping[str, Any] | None = None
        self._validator: Any = None

    def of(self, schema: Mapping[str, Any]) -> Any:
        if schema is not self._schema:
            self._validator = _validator(json.dumps(schema, ensure_ascii=False))
            self._schema = schema
        return self._validator


_latest = _Latest()


@lru_cache(maxsize=_CACHED_SCHEMAS)
def _validator(schema: str) -> Any:
    from batch_processor.json_schema.dialect import make_validator

    return make_validator(json.loads(schema))
