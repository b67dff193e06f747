"""Checks what goes into the agent, and what comes out of it, against its canonical schema."""

import json
from pathlib import Path
from typing import Any

from batch_processor.json_schema.dialect import make_validator
from batch_processor.json_schema.violations import violations

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "canonical_schema.json").read_text(encoding="utf-8"))
_INPUT = make_validator(SCHEMA["input_schema"])
_MOST_PROBLEMS = 20


class InvalidInput(ValueError):
    """The input is not what the canonical schema asks for; the message names every place."""


class InvalidOutput(ValueError):
    """The structured output is not what the canonical schema promises; the message names every place."""


def read_input(document: Any) -> dict[str, Any]:
    """The input, with CSV cells read as the types of the schema; InvalidInput where it does not fit."""
    values = _read_cells(document) if isinstance(document, dict) else document
    if problems := input_problems(values):
        raise InvalidInput(_told("input", problems))
    return dict(values)


def check_output(document: Any) -> dict[str, Any]:
    """The structured output as it is; InvalidOutput where it does not fit."""
    if problems := output_problems(document):
        raise InvalidOutput(_told("structured output", problems))
    return dict(document)


def input_problems(document: Any) -> list[str]:
    """What is wrong with an input, each with a JSON pointer."""
    return violations(document, SCHEMA["input_schema"])


def output_problems(document: Any) -> list[str]:
    """What is wrong with a structured output, each with a JSON pointer."""
    return violations(document, SCHEMA["output_schema"])


def _told(what: str, problems: list[str]) -> str:
    more = "; and more" if len(problems) > _MOST_PROBLEMS else ""
    return f"The {what} does not fit the schema: {'; '.join(problems[:_MOST_PROBLEMS])}{more}"


def _read_cells(document: dict[str, Any]) -> dict[str, Any]:
    """Cells are text: one that its schema refuses as text may be a number, true, false or other JSON.

    An empty one of an optional input means that there is none.
    """
    values = {}
    for name, value in document.items():
        schema = SCHEMA["input_schema"]["properties"].get(name, True)
        if not isinstance(value, str) or _INPUT.evolve(schema=schema).is_valid(value):
            values[name] = value
        elif value or name in SCHEMA["input_schema"].get("required", []):
            values[name] = _read_cell(value, schema)
    return values


def _read_cell(cell: str, schema: Any) -> Any:
    # Spreadsheets write TRUE and FALSE.
    text = cell.lower() if cell.lower() in ("true", "false") else cell
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return cell
    return value if _INPUT.evolve(schema=schema).is_valid(value) else cell


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
