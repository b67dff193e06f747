"""Finds the structured output in a target's answer and takes the configured columns from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batch_processor.contract import Output, OutputColumn
from batch_processor.csv_file.cell import render_column
from batch_processor.document.json_path import MISSING, follow
from batch_processor.document.json_value import kind, parsed
from batch_processor.errors import AnswerSchemaInvalid, StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.extraction.places import PLACES, structured_outputs
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
    Raises StructuredOutputMissing or StructuredOutputInvalid.
    """
    answer = parsed(answer)
    data, method = _structured_output(answer, output)
    if data is not MISSING and "schema" in output:
        own = next(structured_outputs(answer), MISSING)
        check_answer(own if isinstance(own, Mapping) else data, output["schema"])
    # `$.structured_output.…` holds for every place that the structured output may have.
    documents = [answer] if data is MISSING else [answer, data, {"structured_output": data}]
    columns = output["columns"]
    values = [_value(column, data, documents) for column in columns]
    if data is MISSING and all(value is MISSING for value in values):
        raise StructuredOutputMissing(_missing(answer))
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


def find(answer: Any) -> Any:
    """The structured output as an object, or MISSING; StructuredOutputInvalid where it is something else."""
    data = next(structured_outputs(answer), MISSING)
    if data is not MISSING and not isinstance(data, Mapping):
        raise StructuredOutputInvalid(f"The structured output is not an object but {kind(data)}.")
    return data


def _structured_output(answer: Any, output: Output) -> tuple[Any, str | None]:
    """The structured output, and the method that found it; MISSING only if columns may look elsewhere in the answer."""
    reasons: tuple[str, ...] = ()
    if rules := output.get("extraction"):
        # Only targets with rules wait for the methods.
        from batch_processor.extraction.methods import Extracted, extract

        outcome = extract(answer, rules)
        if isinstance(outcome, Extracted):
            return outcome.fields, outcome.method
        reasons = outcome.reasons
    data = find(answer)
    # What is to be checked must be there.
    may_do_without = (
        any(column.get("legacy") for column in output["columns"]) and "schema" not in output and not reasons
    )
    if data is MISSING and not may_do_without:
        raise StructuredOutputMissing(_missing(answer, reasons))
    return data, "structured_output, by none of the rules" if reasons else None


def _value(column: OutputColumn, data: Any, documents: list[Any]) -> Any:
    steps = column.get("source", [column["name"]])
    if not column.get("legacy"):
        return follow(steps, data)
    # `$.agent_output.…` is how the first configurations named the whole answer.
    paths = [steps, steps[1:]] if steps[:1] == ["agent_output"] else [steps]
    values = (follow(path, document) for path in paths for document in documents)
    return next((value for value in values if value is not MISSING), MISSING)


def _cell(column: OutputColumn, value: Any) -> str:
    if value is MISSING or value is None:
        value = column.get("default")
        if value is None or isinstance(value, str):
            return value or ""
    return render_column(column["name"], value, type_name=column.get("type"), number_format=column.get("format"))


def _missing(answer: Any, reasons: Sequence[str] = ()) -> str:
    text = f"Agent did not return structured output: nothing at {PLACES}; the answer has {_keys(parsed(answer))}."
    return (
        f"{text} No extraction rule found a field: {' '.join(f'{reason}.' for reason in reasons)}" if reasons else text
    )


def _keys(value: Any) -> str:
    if not isinstance(value, Mapping):
        return f"no fields, it is {kind(value)}"
    return f"the fields {', '.join(map(repr, sorted(value)))[:300]}" if value else "no fields"


def _violation_message(violations_found: list[str]) -> str:
    more = len(violations_found) - _VIOLATIONS_SHOWN
    return (
        f"The structured output is not what its schema says: {'; '.join(violations_found[:_VIOLATIONS_SHOWN])}"
        f"{f'; and {more} more' if more > 0 else ''}."
    )
