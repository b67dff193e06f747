"""What is wrong between a configuration and the header of the CSV."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from batch_processor.config.mentions import Mention, mentioned_columns, mentioned_outputs
from batch_processor.config.template_text import is_like_json
from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN
from batch_processor.csv_file.column_names import look_alike, shown_name
from batch_processor.csv_file.header import Header
from batch_processor.document.pointers import pointer
from batch_processor.document.problem import Problem

# Of a name in double braces, which may be text that is meant: `{{titel}}` is meant to be `title`, `{{title_case}}` is not.
_LEAST_LIKENESS = 0.8
# Likely the same name, misspelt, rather than another one.
_LEAST_MISSPELT = 0.6
_BETWEEN_NAMES = re.compile(r"[.|]")


def header_problems(
    document: Any,
    header: Header,
    registered_fields: Iterable[str] = (),
    told_elsewhere: Callable[[list[str]], str] = lambda _: "",
) -> Iterator[Problem]:
    """What is wrong between a configuration, as the user wrote it, and the header of the CSV.

    `registered_fields` are those that become columns because the configuration names none; `told_elsewhere` says where
    the columns that are missing may stand instead.
    """
    yield from _missing(list(mentioned_columns(document)), header, told_elsewhere)
    output = document.get("output_mapping", {}) if isinstance(document, dict) else None
    if isinstance(output, dict) and output.get("include_original", True):
        registered = [Mention(name, pointer(document, ("output_mapping",))) for name in registered_fields]
        yield from _hidden([*mentioned_outputs(document), *registered], header)
        yield from _metadata_collisions(header, with_metadata=bool(output.get("add_metadata", True)))


def _missing(mentions: list[Mention], header: Header, told_elsewhere: Callable[[list[str]], str]) -> Iterator[Problem]:
    columns = [mention for mention in mentions if mention.braces != 2]
    # A header that has no column of all is hardly the right one, also if none of them is required.
    lost = not any(header.has(column.name) for column in columns)
    elsewhere = ""
    if names := [column.name for column in columns if _is_absent(column, header) and (lost or not column.optional)]:
        elsewhere = told_elsewhere(names)
    for mention in mentions:
        fault = _fault(mention, header, optional=mention.optional and not lost)
        if fault and mention.braces != 2 and _is_absent(mention, header):
            fault, elsewhere = f"{fault}{elsewhere}", ""
        if fault:
            yield Problem(mention.pointer, fault)


def _fault(column: Mention, header: Header, *, optional: bool) -> str | None:
    if column.braces == 2:
        meant = _named_in(column.name, header) or header.nearest(column.name, _LEAST_LIKENESS)
        text = f"{{{{{column.name}}}}} is the text {{{column.name}}} in every row"
        return f"{text}; did you mean {{{meant}}}, with single braces?" if meant else None
    if column.field and header.has(column.field) and not header.has(column.name):
        return _wrong_way_round(column, header)
    try:
        header.locate(column.name)
    except LookupError as exc:
        if optional and not header.has(column.name):
            return None
        if column.braces and is_like_json(column.name) and not header.has(column.name):
            if header.has(name := column.name.strip()):
                return (
                    f"{{{column.name}}} has blanks within its braces, which the column's name has not; write {{{name}}}"
                )
            return f"{{{column.name}}} reads as a column, and the CSV has none of that name; write {{{{ and }}}} for braces"
        return str(exc)
    return None


def _wrong_way_round(column: Mention, header: Header) -> str:
    how = f"{json.dumps(column.field, ensure_ascii=False)}: {json.dumps(column.name, ensure_ascii=False)}"
    mend = "exchange them" if column.pointer.endswith(("/csv_column", "/source")) else f"write {how}"
    absent = f"the CSV has no column {shown_name(column.name)}"
    if meant := header.nearest(column.name, _LEAST_MISSPELT):
        return f"{absent}; did you mean {shown_name(meant)}? If column and field are the wrong way round, {mend}"
    return f"{absent}, it has {shown_name(column.field)}: the mapping is the wrong way round, as the column comes first; {mend}"


def _named_in(text: str, header: Header) -> str | None:
    """The column in `customer | upper` or `row.customer`, as other languages of templates write it."""
    return next((name for part in _BETWEEN_NAMES.split(text) if header.has(name := part.strip())), None)


def _is_absent(column: Mention, header: Header) -> bool:
    is_json = column.braces and is_like_json(column.name)
    if column.field and header.has(column.field):
        return False
    return not is_json and not header.has(column.name) and not look_alike(column.name, header.addresses)


def _hidden(columns: Iterable[Mention], header: Header) -> Iterator[Problem]:
    for column in columns:
        if column.name in header.names:
            yield Problem(
                column.pointer,
                f"the CSV has a column {shown_name(column.name)} already, which this one would hide; rename it in the CSV, "
                "or give this one another name under output_mapping.columns, or set include_original to false",
            )


def _metadata_collisions(header: Header, *, with_metadata: bool) -> Iterator[Problem]:
    for name in (*METADATA_COLUMNS, SURPLUS_COLUMN):
        if name in header.names and (with_metadata or name == SURPLUS_COLUMN):
            yield Problem(
                "/output_mapping",
                f"the CSV has a column {name!r} already, which is the name of a metadata column; rename it in the CSV, "
                f"or set {'' if name == SURPLUS_COLUMN else 'add_metadata or '}include_original to false",
            )
