"""What decides the answers of a batch, part by part, to tell what is another in two batches that should be one."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from batch_processor.config.mentions import csv_pointer
from batch_processor.contract import Output, Plan
from batch_processor.document.problem import Problem
from batch_processor.extraction.stored_rules import extraction_digest

_LISTED = 20
_LONGEST, _ALIKE = 160, 20  # characters of a value
# A part is known by where a configuration says it, and by what it is.
_Part = tuple[str, str]


def differences(before: Plan, now: Plan, document: Any) -> Iterator[Problem]:
    """The parts that differ, each with the place in the document, what it was, and what it is now."""
    was, is_now = (dict(_parts(plan, csv_pointer(document))) for plan in (before, now))
    changed = [part for part in {**was, **is_now} if was.get(part) != is_now.get(part)]
    for part in islice(changed, _LISTED):
        pointer, name = part
        yield Problem(pointer, f"{name} {_told(part, was, is_now)}")
    if len(changed) > _LISTED:
        yield Problem(changed[-1][0], f"and {len(changed) - _LISTED} more differences")


def _parts(plan: Plan, csv: str) -> Iterator[tuple[_Part, Any]]:
    source, target = plan["source"], plan["target"]
    # Neither URI nor version: a copy elsewhere is the same CSV.
    yield (csv, "the CSV"), f"{source['size_bytes']:,} bytes with ETag {source['etag']}".replace('"', "")
    yield ("/csv_format/encoding", "the encoding"), source["encoding"]
    yield ("/csv_format/delimiter", "the delimiter"), source["delimiter"]
    for number, name in enumerate(source["header"], start=1):
        yield (csv, f"column {number} of the CSV"), name
    yield ("/target", "the target"), target["arn"]
    yield ("/target/input_format", "the input format"), target["input_format"]
    # Of another target it says nothing; and a stack of before does not have it.
    if revision := target.get("revision"):
        yield ("/target", f"what is deployed as {target['arn']}"), revision
    # An agent may read from the registry, by its version, what it does.
    if version := target.get("version"):
        yield ("/target", "the registered version"), version
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


def _told(part: _Part, was: Mapping[_Part, Any], is_now: Mapping[_Part, Any]) -> str:
    before, now = (json.dumps(parts.get(part), ensure_ascii=False) for parts in (was, is_now))
    if part not in was:
        return f"was not there, now it is {_cut(now)}"
    if part not in is_now:
        return f"was {_cut(before)}, now it is not there"
    # Long texts that begin alike are told from where they part.
    start = _parting(before, now) - _ALIKE if max(len(before), len(now)) > _LONGEST else 0
    return f"was {_cut(before, start)}, now it is {_cut(now, start)}"


def _parting(before: str, now: str) -> int:
    shorter = min(len(before), len(now))
    return next((at for at in range(shorter) if before[at] != now[at]), shorter)


def _cut(text: str, start: int = 0) -> str:
    start = max(start, 0)
    shown = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if start + _LONGEST < len(text) else ''}"
