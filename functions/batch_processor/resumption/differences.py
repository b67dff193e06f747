"""Compares all that decides the answers of two batches, part by part, before one of them resumes the other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from batch_processor.config.mentions import csv_pointer
from batch_processor.contract import Output, Plan
from batch_processor.csv_file.dialect import dialect_of
from batch_processor.csv_file.header import digest_of
from batch_processor.document.json_value import same
from batch_processor.document.problem import Problem
from batch_processor.extraction.stored_rules import extraction_digest

_LISTED = 20
_LONGEST, _CONTEXT = 160, 20  # characters of a value
# The JSON pointer where a configuration says it, and its name in words.
_Part = tuple[str, str]
Headers = tuple[Sequence[str], Sequence[str]]


def differences(before: Plan, now: Plan, document: Any, headers: Headers | None = None) -> Iterator[Problem]:
    """A problem for each part that differs: its place in the document, what it was, and what it is now.

    With the `headers` of both CSVs, it names the columns that differ.
    """
    csv, (earlier, later) = csv_pointer(document), headers or (None, None)
    was, is_now = dict(decisive_parts(before, csv, earlier)), dict(decisive_parts(now, csv, later))
    changed = _changed(was, is_now)
    for part in islice(changed, _LISTED):
        pointer, name = part
        yield Problem(pointer, f"{name} {_change(part, was, is_now)}")
    if len(changed) > _LISTED:
        yield Problem(changed[-1][0], f"and {len(changed) - _LISTED:,} more differences")


def only_output_differs(before: Plan, now: Plan) -> bool:
    """Whether both plans send the same rows to the same target in the same form, whatever they make of its answers."""
    was, is_now = dict(decisive_parts(before, csv="")), dict(decisive_parts(now, csv=""))
    return all(pointer == "/output_mapping" for pointer, _ in _changed(was, is_now))


def decisive_parts(plan: Plan, csv: str, header: Sequence[str] | None = None) -> Iterator[tuple[_Part, Any]]:
    """All that decides the answers of a batch, part by part; `csv` is the JSON pointer of the CSV's URI.

    Without the names in the CSV's header, a digest of it is among them.
    """
    source = plan["source"]
    # Neither URI nor version: a copy elsewhere is the same CSV.
    yield (csv, "the CSV"), f"{source['size_bytes']:,} bytes with ETag {source['etag']}".replace('"', "")
    yield ("/csv_format/encoding", "the encoding"), source["encoding"]
    yield ("/csv_format/delimiter", "the delimiter"), source["delimiter"]
    dialect = dialect_of(source)
    yield ("/csv_format/quote", "the quote character"), dialect.quote
    yield ("/csv_format/escape", "what escapes quotes"), dialect.escape
    yield ("/csv_format/header_line", "the line of the header"), dialect.header_line
    yield ("/csv_format/ragged", "whether ragged rows are padded"), dialect.ragged == "pad"
    if header is None:
        yield (csv, "the digest of the header"), digest_of(source)
    for number, name in enumerate(header or (), start=1):
        yield (csv, f"column {number:,} of the CSV"), name
    yield from answering_parts(plan)


def answering_parts(plan: Plan) -> Iterator[tuple[_Part, Any]]:
    """The same without the CSV: what makes an answer of the cells in use."""
    target = plan["target"]
    yield ("/target", "the target"), target["arn"]
    yield ("/target/input_format", "the input format"), target["input_format"]
    # Named with its ARN, as revisions of two targets do not compare; plans of older stacks have none.
    if revision := target.get("revision"):
        yield ("/target", f"what is deployed as {target['arn']}"), revision
    # By its name and version, an agent may read from the registry what it is to do.
    if version := target.get("version"):
        yield ("/target", "the registered version"), f"{target['name']}@{version}"
    # One function may be many tools, and is told which of them it is to be.
    elif target["type"] == "tool":
        yield ("/target", "the name of the tool"), target["name"]
    yield from _mapping_parts(plan)


def _mapping_parts(plan: Plan) -> Iterator[tuple[_Part, Any]]:
    for field in plan["input"]["fields"]:
        yield ("/input_mapping", f"the input field {field['field']!r}"), field
    for name, value in plan["input"]["constants"].items():
        yield ("/input_mapping", f"the input field {name!r}"), {"value": value}
    yield ("/input_mapping", "the list of required columns"), plan["input"]["required"]
    for column in plan["output"]["columns"]:
        yield ("/output_mapping", f"the output column {column['name']!r}"), column
    if digest := _extraction_digest(plan["output"]):
        yield ("/output_mapping", "the digest of the extraction rules"), digest


def _extraction_digest(output: Output) -> str:
    return output["answer"]["extraction_digest"] if "answer" in output else extraction_digest(output)


def _changed(was: Mapping[_Part, Any], is_now: Mapping[_Part, Any]) -> list[_Part]:
    return [part for part in {**was, **is_now} if not same(was.get(part), is_now.get(part))]


def _change(part: _Part, was: Mapping[_Part, Any], is_now: Mapping[_Part, Any]) -> str:
    before, now = (json.dumps(parts.get(part), ensure_ascii=False) for parts in (was, is_now))
    if part not in was:
        return f"was not there, now it is {_cut(now)}"
    if part not in is_now:
        return f"was {_cut(before)}, now it is not there"
    # Of long texts that begin alike, what is shown begins shortly before the first difference.
    start = _first_difference(before, now) - _CONTEXT if max(len(before), len(now)) > _LONGEST else 0
    return f"was {_cut(before, start)}, now it is {_cut(now, start)}"


def _first_difference(before: str, now: str) -> int:
    shorter = min(len(before), len(now))
    return next((at for at in range(shorter) if before[at] != now[at]), shorter)


def _cut(text: str, start: int = 0) -> str:
    start = max(start, 0)
    shown = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if start + _LONGEST < len(text) else ''}"
