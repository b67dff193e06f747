"""Tells which rows are unfit to be run, and why, before any of them costs anything."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from batch_processor.contract import Plan
from batch_processor.csv_file.dialect import dialect_of, guess_told
from batch_processor.csv_file.header import width_of
from batch_processor.csv_file.raggedness import ragged_told
from batch_processor.csv_file.records import Record
from batch_processor.limits import PAYLOAD_BYTES
from batch_processor.loading.json_cell import json_fault

# An agent input beyond this does not surely fit a payload of 256 KiB with what else is in it.
_INPUT_BYTES = 200 * 1024
# The most bytes that a character of a cell takes as JSON (\u0001) and one of JSON as UTF-8.
_JSON_BYTES = 6
_UTF_8_BYTES = 4
# How often a format has the input: the prompt besides, at worst the whole input once more. Where the prompt need not be mapped,
# it is the input's JSON, which within a text takes twice the bytes.
_COPIES = {"messages": 2, "prompt_data": 3}
# The row is not sent, which is no failure: it has nothing to ask.
EMPTY_ROW = "EmptyRow"


class RowFitness:
    """Judges rows by what the plan demands of them; `most_bytes` is how long a row's JSON may be."""

    def __init__(self, plan: Plan, most_bytes: int = PAYLOAD_BYTES) -> None:
        self._width = width_of(plan["source"])
        self._guess = guess_told(dialect_of(plan["source"]))
        self._columns = plan["input"]["columns"]
        self._required = plan["input"]["required"]
        self._needs_a_cell = plan["input"].get("needs_a_cell", False)
        self._fields = plan["input"]["fields"]
        self._parsed = [(field["column"], field["path"]) for field in self._fields if "path" in field]
        self._copies = _COPIES.get(plan["target"]["input_format"], 1)
        names = [plan["input"]["constants"], *(field["field"] for field in self._fields)]
        self._fixed_bytes = sum(len(_json(name)) for name in names)
        self._most_bytes = most_bytes
        self._small = self._surely_small()
        # Up to this length of its JSON, a row of the right width is fit whatever its cells are.
        self.fit_characters = -1 if self._required or self._parsed else self._small

    def problem(self, record: Record, row_json: str) -> tuple[str, str] | None:
        """(error, message) of an unfit row, None for a fit one; `row_json` is the row as it would be handed on."""
        if emptiness := self._emptiness(record):
            return EMPTY_ROW, f"Line {record.line}: {emptiness}, so there is nothing to send."
        if len(record.cells) != self._width:
            return "RaggedRow", ragged_told(record.line, record.cells, self._width, self._guess)
        if len(row_json) <= self.fit_characters:
            return None
        cells = {address: record.cells[position] for address, position in self._columns.items()}
        where = f"Line {record.line}"
        cell_problem = self._cell_problem(cells, where)
        return cell_problem or (self._size_problem(cells, row_json, where) if len(row_json) > self._small else None)

    def _emptiness(self, record: Record) -> str | None:
        if not any(map(str.strip, record.cells)):
            return "all cells are empty"
        in_use = [record.cells[position].strip() for position in self._columns.values() if position < len(record.cells)]
        if self._needs_a_cell and len(record.cells) == self._width and not any(in_use):
            return "the mapped cells are empty, and the target needs one"
        return None

    def _cell_problem(self, cells: dict[str, str], where: str) -> tuple[str, str] | None:
        for address in self._required:
            if not cells[address]:
                message = f"{where}, column {address!r}: the cell is empty, and its mapping says required."
                return "RequiredCellEmpty", message
        for column, path in self._parsed:
            if fault := json_fault(cells[column], path):
                return "InvalidJsonCell", f"{where}, column {column!r}: expected JSON for a jsonpath, {fault}."
        return None

    def _size_problem(self, cells: dict[str, str], row_json: str, where: str) -> tuple[str, str] | None:
        if (size := self._input_bytes(cells)) > _INPUT_BYTES:
            message = f"{where}: its agent input takes up to {size:,} bytes, at most {_INPUT_BYTES:,} can be sent."
            return "RowTooLarge", message
        if (size := len(row_json.encode())) > self._most_bytes:
            message = f"{where}: its cells in use take {size:,} bytes, a row batch has room for {self._most_bytes:,}."
            return "RowTooLarge", message
        return None

    def _surely_small(self) -> int:
        """The length of a row's JSON up to which it is not too large, whatever characters it has."""
        empty = dict.fromkeys(self._columns, "")
        uses = Counter(column for field in self._fields for column in _columns(field))
        most_uses = max(uses.values(), default=1)
        room = _INPUT_BYTES - self._input_bytes(empty)
        return min(room // (_JSON_BYTES * self._copies * most_uses), self._most_bytes // _UTF_8_BYTES)

    def _input_bytes(self, cells: dict[str, str]) -> int:
        """An upper bound of the agent input as JSON: each field, built of the cells that it names."""
        texts = sum(len(_json(text)) for field in self._fields for text in _texts(field, cells))
        return self._copies * (self._fixed_bytes + texts)


def _columns(field: dict[str, Any]) -> list[str]:
    parts = field.get("segments") or [{"column": name} for name in field.get("columns", [])]
    return [field["column"]] if "column" in field else [part["column"] for part in parts if "column" in part]


def _texts(field: dict[str, Any], cells: dict[str, str]) -> Iterator[str]:
    """The texts that a field's value is put together from."""
    names = _columns(field)
    yield from (cells[name] for name in names)
    yield from (part["text"] for part in field.get("segments", []) if "text" in part)
    yield from [field.get("separator", "")] * len(names)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
