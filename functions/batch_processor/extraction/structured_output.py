"""Finds the structured output in a target's answer and takes the configured columns from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batch_processor.contract import Output, OutputColumn
from batch_processor.csv_file.cell import render_column
from batch_processor.document.json_path import MISSING
from batch_processor.document.json_value import fenced_texts, kind, parsed
from batch_processor.errors import AnswerSchemaInvalid, StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.extraction.messages import called_names, said_object
from batch_processor.extraction.outline import outline
from batch_processor.extraction.places import (
    ENVELOPE_KEYS,
    PLACES,
    follow_through,
    is_execution,
    is_tool_answer,
    structured_output,
)
from batch_processor.extraction.replies import Reply, ending_beside, find_reply
from batch_processor.json_schema.violations import SchemaUnusable, violations

_VIOLATIONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """The cells of one row, in the configured order, and the extraction method that found them, if there are rules."""

    cells: list[str]
    method: str | None = None


def extract_cells(answer: Any, output: Output) -> list[str]:
    """The cells of one row, in the configured order."""
    return read_answer(answer, output).cells


def read_answer(answer: Any, output: Output) -> RowAnswer:
    """The cells of one row, and how they were found.

    With extraction rules, the fields that they find are the structured output. A schema checks the answer's own
    structured output if it has one, else those fields. A missing field becomes its column's default, else an empty
    cell; but an answer without any of the fields is refused unless a column has a default.
    Raises StructuredOutputMissing or StructuredOutputInvalid; the latter also for a model's reply that broke off.
    """
    answer = parsed(answer)
    reply = find_reply(answer)
    for ending in (reply.ending if reply else None, ending_beside(answer)):
        if ending and (fault := ending.fault()):
            raise StructuredOutputInvalid(fault)
    data, method = _structured_output(answer, output, reply)
    if data is not MISSING and "schema" in output:
        own = structured_output(answer)
        check_answer(own if isinstance(own, dict) else data, output["schema"])
    columns = output["columns"]
    values = [_value(column, data, answer, reply) for column in columns]
    if data is MISSING and all(value is MISSING for value in values):
        raise StructuredOutputMissing(_missing(answer, reply))
    if all(value is MISSING and "default" not in column for column, value in zip(columns, values, strict=True)):
        raise StructuredOutputInvalid(
            f"None of the configured fields is in the structured output; it has {_keys(data)}."
        )
    return RowAnswer([_cell(column, value) for column, value in zip(columns, values, strict=True)], method)


def check_answer(data: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raises StructuredOutputInvalid, with places and reasons, if the data does not fit the schema.

    The message holds nothing of the data but its fields' names. AnswerSchemaInvalid if the schema itself is at fault.
    """
    try:
        violations_found = violations(data, schema)
    except SchemaUnusable as exc:
        raise AnswerSchemaInvalid(f"{exc} Register it again to see what is wrong.") from None
    if violations_found:
        raise StructuredOutputInvalid(_violation_message(violations_found))


def find(answer: Any, reply: Reply | None = None) -> Any:
    """The structured output as an object, or MISSING; StructuredOutputInvalid where it is something else."""
    data = structured_output(answer)
    if (data is MISSING or data is None) and reply and (said := said_object(reply.messages)) is not MISSING:
        return said
    if data is not MISSING and not isinstance(data, dict):
        hint = (
            ", with a markdown fence and other text around that; the transform fenced_json reads it"
            if isinstance(data, str) and fenced_texts(data)
            else ""
        )
        raise StructuredOutputInvalid(f"The structured output is not an object but {kind(data)}{hint}.")
    return data


def _structured_output(answer: Any, output: Output, reply: Reply | None) -> tuple[Any, str | None]:
    """The structured output, and the method that found it; MISSING only if columns may look elsewhere in the answer."""
    reasons: tuple[str, ...] = ()
    if rules := output.get("extraction"):
        # Only targets with rules wait for the methods.
        from batch_processor.extraction.methods import Extracted, extract

        outcome = extract(answer, rules)
        if isinstance(outcome, Extracted):
            return outcome.fields, outcome.method
        reasons = outcome.reasons
    data = find(answer, reply)
    # What is to be checked must be there.
    may_do_without = (
        any(column.get("legacy") for column in output["columns"]) and "schema" not in output and not reasons
    )
    if data is MISSING and not may_do_without:
        raise StructuredOutputMissing(_missing(answer, reply, reasons))
    return data, "structured_output, by none of the rules" if reasons else None


def _value(column: OutputColumn, data: Any, answer: Any, reply: Reply | None) -> Any:
    steps = column.get("source", [column["name"]])
    if not column.get("legacy"):
        return follow_through(steps, data)
    # `$.agent_output.…` is how the first configurations named the whole answer.
    paths = [steps, steps[1:]] if steps[:1] == ["agent_output"] else [steps]
    # `$.structured_output.…` holds for every place that the structured output may have.
    documents = [] if data is MISSING else [data, {"structured_output": data}]
    if data is MISSING or len(paths) > 1 or not _is_of_envelope(steps, answer, reply):
        documents.append(answer)
    values = (follow_through(path, document) for path in paths for document in documents)
    return next((value for value in values if value is not MISSING), MISSING)


def _is_of_envelope(steps: Sequence[str | int], answer: Any, reply: Reply | None) -> bool:
    """Whether the path leads to what a wrapper says of itself, which a field that is missing must not be filled with."""
    is_envelope = is_tool_answer(answer) or is_execution(answer) or (reply is not None and reply.is_single)
    return is_envelope and bool(steps) and steps[0] in ENVELOPE_KEYS


def _cell(column: OutputColumn, value: Any) -> str:
    if value is MISSING or value is None:
        value = column.get("default")
        if value is None or isinstance(value, str):
            return value or ""
    return render_column(column["name"], value, type_name=column.get("type"), number_format=column.get("format"))


def _missing(answer: Any, reply: Reply | None, reasons: Sequence[str] = ()) -> str:
    tried = f" No extraction rule found a field: {' '.join(f'{reason}.' for reason in reasons)}" if reasons else ""
    return (
        f"Agent did not return structured output: nothing at {PLACES}; the answer has {_keys(answer)}.{tried}"
        f"{_seen(answer, reply, with_advice=not reasons)}"
    )


def _seen(answer: Any, reply: Reply | None, *, with_advice: bool) -> str:
    """In which notation the answer is written, or what it looks like."""
    if reply is None:
        values = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
        nested = any(isinstance(value, dict | list) for value in values)
        return f" Its outline: {outline(answer)}." if nested else ""
    called = called_names(reply.messages)
    calls = f"calls {', '.join(called)}" if called else "calls no tool and is no JSON object"
    advice = (
        f" Name it: extraction_methods: [{{method: structured_output, tool_name: {called[-1]}}}]." if called else ""
    )
    kind_of_reply = f"a model's reply ({reply.notation})" if reply.is_single else reply.notation
    # What stands beside the messages may be what is wanted, as LangChain's structured_response.
    has_more = isinstance(answer, dict) and any(isinstance(value, dict) for value in answer.values())
    beside = f" The answer's outline: {outline(answer)}." if has_more and not reply.is_single else ""
    return f" It is {kind_of_reply} that {calls}.{advice if with_advice else ''}{beside}"


def _keys(value: Any) -> str:
    if not isinstance(value, dict):
        return f"no fields, it is {kind(value)}"
    return f"the fields {', '.join(map(repr, sorted(value)))[:300]}" if value else "no fields"


def _violation_message(violations_found: list[str]) -> str:
    more = len(violations_found) - _VIOLATIONS_SHOWN
    return (
        f"The structured output is not what its schema says: {'; '.join(violations_found[:_VIOLATIONS_SHOWN])}"
        f"{f'; and {more} more' if more > 0 else ''}."
    )
