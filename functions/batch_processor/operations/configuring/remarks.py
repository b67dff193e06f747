"""Remarks on a configuration that is sound: what somebody should look at before it is paid for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from batch_processor.config.mentions import csv_pointer
from batch_processor.config.output_mapping import written_columns
from batch_processor.csv_file.header import Header
from batch_processor.document.pointers import escaped, pointer
from batch_processor.document.problem import Problem
from batch_processor.document.wording import nearest, shown
from batch_processor.operations.configuring.stand_ins import StoodIn

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z]+:(?P<region>[a-z0-9-]*):(?P<account>[0-9]*):")


def field_remarks(document: Any) -> Iterator[Problem]:
    """Yield output fields that look like several in one text."""
    mapping = document.get("output_mapping") if isinstance(document, dict) else None
    for name, location in written_columns(mapping) if isinstance(mapping, dict) else ():
        if location[0] == "structured_output_fields" and re.search(r"[,;]\s*\w", name):
            fields = json.dumps(re.split(r"\s*[,;]\s*", name), ensure_ascii=False)
            told = f"this is one field, whose name has a comma; if several are meant, write {fields}"
            yield Problem(pointer(document, ("output_mapping", *location)), told)


def home_remarks(document: Any, filled: StoodIn, region: str | None) -> Iterator[Problem]:
    """Batches call nothing of another account or Region, so that ARNs of several cannot all be right."""
    homes: dict[tuple[str, str], str] = {}
    for at, text in _texts(document):
        arn = _ARN.match(text)
        if not arn or text in filled.meanings:
            continue
        home = (arn["region"], arn["account"])
        if region and arn["region"] != region:
            yield Problem(
                at, f"it is in {arn['region']}, and this shell's Region is {region}; a batch calls its own Region only"
            )
        elif homes and home not in homes:
            other = next(iter(homes))
            yield Problem(
                at,
                f"it is of {home[0]}, account {home[1]}, and {homes[other]} of {other[0]}, account {other[1]}; a batch calls "
                "what is in its own account and Region only",
            )
        homes.setdefault(home, at)


def _texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{at}/{escaped(str(key))}")
    elif isinstance(value, str) and not at.startswith(("/input_mapping", "/output_mapping")):
        yield at, value


def twice_named(header: Header) -> Iterator[Problem]:
    """Yield column names that the header has more than once."""
    twice = [name for name in dict.fromkeys(header.names) if name and header.names.count(name) > 1]
    for name in twice:
        named = [a for a, n in zip(header.addresses, header.names, strict=True) if n == name]
        yield Problem("", f"the CSV has {len(named)} columns {shown(name)}; a mapping calls them {', '.join(named)}")


def other_name(document: Any, csv: Path | None) -> Iterator[Problem]:
    """Yield the remark that the configuration names another file than the one at hand."""
    uri = document.get(csv_pointer(document)[1:]) if isinstance(document, dict) else None
    if not csv or not isinstance(uri, str):
        return
    name = uri.rpartition("/")[2]
    if name and name != csv.name:
        near = " (a misspelling?)" if nearest(name, [csv.name]) else ""
        yield Problem(csv_pointer(document), f"it names {name}, and what was checked is {csv.name}{near}")
