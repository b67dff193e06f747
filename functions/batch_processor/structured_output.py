"""Finds the structured output in a target's answer and takes the configured columns from it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.cell import kind, render_column
from batch_processor.contract import Output, OutputColumn
from batch_processor.errors import StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.json_path import MISSING, follow

_PLACES = "structured_output, Output.structured_output, content.structured_output, and content of a tool's answer"


def extract_cells(answer: Any, output: Output) -> list[str]:
    """The cells of one row, in the configured order.

    A field that the answer lacks is its default, else empty, as long as the answer has any of the fields or a column
    has a default.
    Raises StructuredOutputMissing or StructuredOutputInvalid.
    """
    answer = _parsed(answer)
    data = find(answer)
    # `$.structured_output.…` holds for every place that the structured output may have.
    documents = [answer] if data is MISSING else [answer, data, {"structured_output": data}]
    columns = output["columns"]
    if data is MISSING and not any(column.get("legacy") for column in columns):
        raise StructuredOutputMissing(_missing(answer))
    values = [_value(column, data, documents) for column in columns]
    if data is MISSING and all(value is MISSING for value in values):
        raise StructuredOutputMissing(_missing(answer))
    if all(value is MISSING and "default" not in column for column, value in zip(columns, values, strict=True)):
        raise StructuredOutputInvalid(
            f"None of the configured fields is in the structured output; it has {_keys(data)}."
        )
    return [_cell(column, value) for column, value in zip(columns, values, strict=True)]


def find(answer: Any) -> Any:
    """The structured output as an object, or MISSING; StructuredOutputInvalid where it is something else."""
    data = next(_candidates(answer), MISSING)
    if data is not MISSING and not isinstance(data, Mapping):
        raise StructuredOutputInvalid(f"The structured output is not an object but {kind(data)}.")
    return data


def _candidates(answer: Any) -> Iterator[Any]:
    answer = _parsed(answer)
    if not isinstance(answer, Mapping):
        return
    for document in (answer, _parsed(answer.get("Output")), _parsed(answer.get("content"))):
        if isinstance(document, Mapping) and "structured_output" in document:
            yield document["structured_output"]
    if answer.get("type") == "structured_output" and "content" in answer:
        yield _parsed(answer["content"])


def _parsed(value: Any) -> Any:
    """The value, or what it says where it is JSON text: `Output` of a nested execution comes in both shapes."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _value(column: OutputColumn, data: Any, documents: list[Any]) -> Any:
    steps = column.get("source", [column["name"]])
    if not column.get("legacy"):
        return follow(steps, data)
    # `$.agent_output.…` is how the first configurations named the whole answer.
    paths = [steps, steps[1:]] if steps[:1] == ["agent_output"] else [steps]
    found = (follow(path, document) for path in paths for document in documents)
    return next((value for value in found if value is not MISSING), MISSING)


def _cell(column: OutputColumn, value: Any) -> str:
    if value is MISSING or value is None:
        value = column.get("default")
        if value is None or isinstance(value, str):
            return value or ""
    return render_column(column["name"], value, type_name=column.get("type"), number_format=column.get("format"))


def _missing(answer: Any) -> str:
    return f"Agent did not return structured output: nothing at {_PLACES}; the answer has {_keys(_parsed(answer))}."


def _keys(value: Any) -> str:
    if not isinstance(value, Mapping):
        return f"no fields, it is {kind(value)}"
    return f"the fields {', '.join(map(repr, sorted(value)))[:300]}" if value else "no fields"
