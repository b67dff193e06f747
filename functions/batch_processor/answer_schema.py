"""Checks structured outputs by the JSON Schema that their target is registered with."""

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
    try:
        validator = _validator(json.dumps(schema, ensure_ascii=False))
        found = list(islice(chain(_beyond_json(data, ()), validator.iter_errors(data)), _COUNTED))
    except RecursionError as exc:
        raise StructuredOutputInvalid("The structured output is nested too deeply to be checked.") from exc
    except Exception as exc:
        # Whatever jsonschema raises for a schema that `schema_problems` has not seen; its messages quote the data.
        raise AnswerSchemaInvalid(
            f"The schema of the answers cannot be used ({type(exc).__name__}). Register it again to see what is wrong."
        ) from None
    if found:
        raise StructuredOutputInvalid(_message(found))


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


def _message(found: list[Any]) -> str:
    from batch_processor.schema_wording import told

    # jsonschema's own messages quote the data.
    reasons = "; ".join(told(error) for error in found[:_TOLD])
    more = len(found) - _TOLD
    return f"The structured output is not what its schema says: {reasons}{f'; and {more} more' if more > 0 else ''}."
