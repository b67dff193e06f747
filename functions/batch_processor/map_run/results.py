"""Reads what the ResultWriter of a Distributed Map wrote, and makes rows of each record.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html; docs/json-to-csv.md has the forms.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from batch_processor.contract import Output, RowResult
from batch_processor.csv_file.cell import render
from batch_processor.document.json_path import MISSING, follow
from batch_processor.document.json_value import without_lone_surrogates
from batch_processor.errors import StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.extraction.structured_output import extract_cells
from batch_processor.map_run.child import Child, Stamp, is_child, parsed
from batch_processor.map_run.failures import failure, failure_of
from batch_processor.map_run.request import Places, Steps

# The weights of results: where a row has two, as after a redrive, the one with the higher weight counts.
ANSWERED, FAILED, SILENT = 2, 1, 0
_INDEX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of one item: its index, and its row's cells by column; None where that is not known."""

    index: int | None = None
    cells: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row: its item, its result (whose index is not set), the result's weight, and where it was found."""

    item: Item
    result: RowResult
    weight: int
    origin: str


@dataclass(frozen=True, slots=True)
class ResultReader:
    """Makes rows of records, by the output's columns and the request's places."""

    output: Output
    places: Places
    with_cells: bool

    def rows(self, record: Any, group: str, origin: str) -> Iterator[ItemRow]:
        """The rows of one record of a file of that group; `origin` names the file. ValueError if it cannot be read.

        A record that is no child is an answer, or a list of answers: Transformation COMPACT or FLATTEN.
        """
        if group != "SUCCEEDED" or is_child(record):
            child = Child.of(record, group)
            yield from self._of_child(child, f"child {child.name} in {origin}")
        else:
            for answer in record if isinstance(record, list) else [record]:
                yield self._answered(answer, None, {}, origin)

    def _of_child(self, child: Child, origin: str) -> Iterator[ItemRow]:
        given, batched = child.items()
        items, stamp = list(map(self._item, given)), child.stamp(alone=len(given) == 1)
        if child.status != "SUCCEEDED":
            weight = SILENT if child.status == "PENDING" else FAILED
            yield from _unanswered(items, failure_of(child.record), stamp, weight, origin)
        elif child.output is MISSING:
            result = failure("OutputNotIncluded", "Step Functions left this child's output out of the results.")
            yield from _unanswered(items, result, stamp, FAILED, origin)
        elif batched:
            yield from self._of_batch(parsed(child.output), items, stamp, origin)
        else:
            yield self._answered(child.output, items[0], stamp, origin)

    def _of_batch(self, output: Any, items: Sequence[Item], stamp: Stamp, origin: str) -> Iterator[ItemRow]:
        answers = output if isinstance(output, list) else [output]
        if self.places.output_index is not None:
            result = failure("OutputMissing", "The child succeeded, but its output has no answer for this item.")
            silent = items if self.places.input_index is not None else []
            yield from _unanswered(silent, result, stamp, SILENT, origin)
            yield from (self._answered(answer, None, stamp, origin) for answer in answers)
        elif len(answers) == len(items):
            yield from (
                self._answered(answer, item, stamp, origin) for answer, item in zip(answers, items, strict=True)
            )
        else:
            message = f"The child's output has {len(answers)} answers for the {len(items)} items of its batch."
            yield from _unanswered(items, failure("OutputMismatch", message), stamp, FAILED, origin)

    def _item(self, given: Any) -> Item:
        index = None if self.places.input_index is None else _index(follow(self.places.input_index, given))
        return Item(index, _cells(follow(self.places.input_row or (), given)) if self.with_cells else None)

    def _answered(self, output: Any, item: Item | None, stamp: Stamp, origin: str) -> ItemRow:
        if item is None or self.places.input_index is None:
            item = Item(self._output_index(output), item.cells if item else None)
        return ItemRow(item, {**self._result(output), **stamp}, ANSWERED, origin)

    def _output_index(self, output: Any) -> int | None:
        path: Steps | None = self.places.output_index
        return None if path is None else _index(follow(path, parsed(output)))

    def _result(self, output: Any) -> RowResult:
        path = self.places.output_answer
        answer = follow(path, parsed(output)) if path else output
        try:
            if answer is MISSING:
                raise StructuredOutputMissing("The output has nothing at the path of child_output.answer.")
            return {"index": 0, "status": "SUCCESS", "cells": extract_cells(answer, self.output)}
        except (StructuredOutputMissing, StructuredOutputInvalid) as exc:
            return failure(type(exc).__name__, str(exc))


def _unanswered(items: Sequence[Item], result: RowResult, stamp: Stamp, weight: int, origin: str) -> Iterator[ItemRow]:
    return (ItemRow(item, {**result, **stamp}, weight, origin) for item in items)


def _index(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() and len(value) <= _INDEX_DIGITS else None
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
    return int(value) if is_whole else None


def _cells(row: Any) -> dict[str, str] | None:
    """The cells of an object of plain values; None if it is anything else."""
    if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
        return None
    return {without_lone_surrogates(name): without_lone_surrogates(render(value)) for name, value in row.items()}
