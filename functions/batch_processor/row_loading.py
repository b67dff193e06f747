"""Makes the rows that the state machine works on: per row the cells that the plan uses, or why it is unfit."""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from batch_processor import limits
from batch_processor.contract import Loaded, LoadedRow, Plan
from batch_processor.csv_input import CsvInput, Record
from batch_processor.errors import BatchTooLarge, InvalidCsv

# An agent input beyond this does not surely fit a payload of 256 KiB with what else is in it.
_INPUT_BYTES = 200 * 1024
# What JSONata can surely parse; beyond it the expression would fail in a Pass state, which nothing catches.
_DEEPEST_JSON = 100
_ROWS_BYTES = limits.PAYLOAD_BYTES - 4_096
_WAY_OUT = "Split the file, or map fewer columns"


def load_rows(csv_input: CsvInput, plan: Plan) -> tuple[list[LoadedRow], Loaded]:
    """All rows of an inline batch and what they allow; BatchTooLarge before any of them costs anything."""
    records = csv_input.records()
    next(records)
    width = len(plan["source"]["header"])
    rows: list[LoadedRow] = []
    size, surplus_cells = 0, False
    for index, record in enumerate(records, start=1):
        row = _load_row(index, record, width, plan)
        if "problem" in row and not plan["execution"]["continue_on_error"]:
            raise InvalidCsv(
                f"Row {index}: {row['problem']['message']} Nothing was run, as continue_on_error is false."
            )
        rows.append(row)
        surplus_cells |= len(record.cells) > width
        size += len(_json(row)) + 2
        if size > _ROWS_BYTES:
            raise BatchTooLarge(
                f"The mapped cells of the first {index} rows take {size:,} bytes; an inline batch holds {_ROWS_BYTES:,} "
                f"(Step Functions: 256 KiB a payload). {_WAY_OUT}."
            )
    return rows, _allowances(len(rows), csv_input.blank_lines, surplus_cells, plan)


def _allowances(row_count: int, blank_lines: int, surplus_cells: bool, plan: Plan) -> Loaded:
    result_bytes, message_bytes = limits.result_bytes(row_count, len(_json(plan)))
    attempts = _attempts(row_count, plan)
    _refuse_endless(row_count, attempts, plan)
    if not limits.messages_fit(message_bytes):
        raise BatchTooLarge(
            f"{row_count:,} rows leave {message_bytes} bytes for the result of each; an inline batch returns them in one "
            f"payload (Step Functions: 256 KiB). {_WAY_OUT}."
        )
    return Loaded(
        row_count=row_count,
        blank_lines=blank_lines,
        surplus_cells=surplus_cells,
        max_attempts=attempts,
        result_bytes=result_bytes,
        message_bytes=message_bytes,
    )


def _attempts(row_count: int, plan: Plan) -> int:
    """As configured, if the history holds it; where nothing is configured, as many as it holds."""
    target_type = plan["target"]["type"]
    configured = plan["execution"].get("max_attempts")
    attempts = configured or limits.attempts_that_fit(target_type, row_count)
    if attempts and row_count <= limits.most_rows(target_type, attempts):
        return attempts
    raise BatchTooLarge(
        f"{row_count:,} rows with {attempts or 1} attempt(s) each could need more than the {limits.HISTORY_EVENTS:,} history "
        f"events of a Step Functions execution; an inline batch holds {limits.most_rows(target_type, attempts or 1):,} such rows "
        f"({limits.most_rows(target_type, 1):,} with max_attempts 1). Split the file, or lower retry_policy.max_attempts."
    )


def _refuse_endless(row_count: int, attempts: int, plan: Plan) -> None:
    execution = plan["execution"]
    rounds = math.ceil(row_count / execution["max_concurrency"])
    seconds = rounds * attempts * (execution["timeout_seconds"] + execution["max_delay_seconds"])
    if seconds > limits.LONGEST_BATCH_SECONDS:
        raise BatchTooLarge(
            f"{row_count:,} rows, {execution['max_concurrency']} at a time, {attempts} attempt(s) of up to "
            f"{execution['timeout_seconds']:,} s each could take {seconds // 86400:,} days; a batch may take "
            f"{limits.LONGEST_BATCH_SECONDS // 86400}. Lower timeout_seconds, or raise max_concurrency."
        )


def _load_row(index: int, record: Record, width: int, plan: Plan) -> LoadedRow:
    if len(record.cells) != width:
        return _unfit(index, "RaggedRow", f"Line {record.line} has {len(record.cells)} cells, the header has {width}.")
    cells = {address: record.cells[position] for address, position in plan["input"]["columns"].items()}
    problem = next(_problems(cells, record.line, plan), None)
    return _unfit(index, *problem) if problem else LoadedRow(index=index, row=cells)


def _unfit(index: int, error: str, message: str) -> LoadedRow:
    return LoadedRow(index=index, row={}, problem={"error": error, "message": message})


def _problems(cells: dict[str, str], line: int, plan: Plan) -> Iterator[tuple[str, str]]:
    for address in plan["input"]["required"]:
        if not cells[address]:
            yield (
                "RequiredCellEmpty",
                f"Line {line}, column {address!r}: the cell is empty, and its mapping says required.",
            )
    for field in plan["input"]["fields"]:
        if "path" in field and (fault := _json_fault(cells[field["column"]])):
            yield "InvalidJsonCell", f"Line {line}, column {field['column']!r}: expected JSON for a jsonpath, {fault}."
    if (size := _input_bytes(cells, plan)) > _INPUT_BYTES:
        yield (
            "RowTooLarge",
            f"Line {line}: its agent input takes up to {size:,} bytes, at most {_INPUT_BYTES:,} can be sent.",
        )


def _input_bytes(cells: dict[str, str], plan: Plan) -> int:
    """An upper bound of the agent input as JSON: each field, built of the cells that it names."""
    fields = sum(_field_bytes(field, cells) for field in plan["input"]["fields"])
    # The messages format has the prompt, and at worst that is all of it, once more.
    copies = 2 if plan["target"]["input_format"] == "messages" else 1
    return copies * (len(_json(plan["input"]["constants"])) + fields)


def _field_bytes(field: dict[str, Any], cells: dict[str, str]) -> int:
    names = field.get("columns", [field["column"]] if "column" in field else [])
    parts = field.get("segments") or [{"column": name} for name in names]
    texts = [part["text"] if "text" in part else cells[part["column"]] for part in parts]
    joints = [field.get("separator", "")] * len(names)
    return len(_json(field["field"])) + sum(len(_json(text)) for text in texts + joints)


def _json_fault(cell: str) -> str | None:
    try:
        value = json.loads(cell, parse_constant=_refuse_constant, parse_int=_finite, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is JSON and cannot be sent
    except ValueError as exc:
        return str(exc) or "not JSON"
    except RecursionError:
        return "nested too deeply"
    return f"nested deeper than {_DEEPEST_JSON} levels" if _is_deeper(value, _DEEPEST_JSON) else None


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer if isinstance(outer, dict | list) for inner in _children(outer)]
    return bool(layer)


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _refuse_constant(name: str) -> None:
    # Python reads NaN and Infinity, which are not JSON and which Step Functions refuses.
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError(f"{digits[:20]} is larger than any number that Step Functions can carry")
    return number


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
