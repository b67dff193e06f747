# Copied by `batchctl factory generate` from functions/batch_processor/answer_schema.py:
# change that, not this file.
"""Checks structured outputs by the JSON Schema that their target is registered with.

The agents of the schema factory and the language model's agent check theirs by a copy of this module.
"""

import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from batch_processor.cell import BEYOND_JSON
from batch_processor.errors import AnswerSchemaInvalid, StructuredOutputInvalid

# jsonschema is imported with the first schema: rows without one do not wait for it.

_SCHEMAS = 16  # that a warm function keeps; the rows of one batch share one
_COUNTED, _TOLD = 50, 5


def check_answer(data: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """StructuredOutputInvalid if the data is not what the schema says, with the places and the reasons.

    The message says nothing of the data but the names of its fields. AnswerSchemaInvalid if the schema itself is at fault.
    """
    if found := violations(data, schema):
        raise StructuredOutputInvalid(_message(found))


def violations(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What the value lacks to be as the schema wants it, each with its JSON pointer; at most 50, none for a valid one.

    They say nothing of the value but the names of its properties. AnswerSchemaInvalid if the schema itself is at fault.
    """
    from batch_processor.schema_wording import told

    try:
        validator = _validator(json.dumps(schema, ensure_ascii=False))
        found = chain(_beyond_json(value, ()), validator.iter_errors(value))
        # jsonschema's own messages quote the value.
        return [told(error) for error in islice(found, _COUNTED)]
    except RecursionError:
        return ["the whole: it is nested too deeply to be checked"]
    except Exception as exc:
        # Whatever jsonschema raises for a schema that `schema_problems` has not seen; its messages quote the value.
        raise AnswerSchemaInvalid(
            f"The schema of the answers cannot be used ({type(exc).__name__}). Register it again to see what is wrong."
        ) from None


def _beyond_json(value: Any, at: tuple[str | int, ...]) -> Iterator[Any]:
    """What is a number to Python alone: of 1e400 it makes infinity, which is within no bounds and beyond none."""
    if isinstance(value, float) and not math.isfinite(value):
        from batch_processor.schema_dialect import Told

        yield Told(f"expected a number, got {BEYOND_JSON}", path=at)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _beyond_json(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _beyond_json(inner, (*at, index))


@lru_cache(maxsize=_SCHEMAS)
def _validator(schema: str) -> Any:
    from batch_processor.schema_dialect import make_validator

    return make_validator(json.loads(schema))


def _message(found: list[str]) -> str:
    more = len(found) - _TOLD
    return (
        f"The structured output is not what its schema says: {'; '.join(found[:_TOLD])}"
        f"{f'; and {more} more' if more > 0 else ''}."
    )
