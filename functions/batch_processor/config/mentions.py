"""Which columns and output columns a configuration names, and where, to be compared with the CSV's header.

Reads the document as the user wrote it, so that the header can be checked along with a configuration that has problems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from batch_processor.config.input_mapping import is_flat
from batch_processor.config.output_mapping import written_columns
from batch_processor.config.template_text import Placeholder, doubled_names, parse_template
from batch_processor.document.pointers import pointer
from batch_processor.document.s3_uri import S3Uri, object_uri
from batch_processor.document.shape import Location


@dataclass(frozen=True)
class Mention:
    """A name and the JSON pointer of where it is given; `optional` columns need not exist.

    In a template a name stands in braces. In double ones it is text, unless it is a column's, which was meant then.
    `field` is the input field that a mapping fills by it, which is a column's name where both stand the wrong way round.
    """

    name: str
    pointer: str
    optional: bool = False
    braces: Literal[0, 1, 2] = 0
    field: str = ""


def csv_pointer(document: Any) -> str:
    """The JSON pointer of the CSV's URI in the document."""
    return "/csv_s3_uri" if isinstance(document, dict) and "csv_s3_uri" in document else "/input_csv_s3_uri"


def csv_uri(document: Any) -> S3Uri | None:
    """The CSV's URI, if it can be made out; None also where csv_format is given, which might be what is wrong."""
    if not isinstance(document, dict) or "csv_format" in document:
        return None
    text = document.get(csv_pointer(document)[1:])
    uri = object_uri(text) if isinstance(text, str) and text.startswith("s3://") else None
    return uri if uri and uri.bucket and uri.key else None


def mentioned_columns(document: Any) -> Iterator[Mention]:
    """Yield the CSV columns that the input mapping reads, as far as they can be made out."""
    mapping = document.get("input_mapping") if isinstance(document, dict) else None
    if isinstance(mapping, dict):
        fields = dict(_counterparts(mapping))
        for location, name, optional in _columns_read(mapping):
            if isinstance(name, str):
                field = fields.get(location)
                at = pointer(document, ("input_mapping", *location))
                yield Mention(name, at, optional, field=field if isinstance(field, str) else "")
        yield from _in_templates(document, mapping)


def mentioned_outputs(document: Any) -> Iterator[Mention]:
    """Yield the output columns, as far as they can be made out."""
    mapping = document.get("output_mapping") if isinstance(document, dict) else None
    if isinstance(mapping, dict):
        for name, location in written_columns(mapping):
            yield Mention(name, pointer(document, ("output_mapping", *location)))


def _columns_read(mapping: Mapping[str, Any]) -> Iterator[tuple[Location, Any, bool]]:
    if is_flat(mapping):
        yield from (((column,), column, False) for column in mapping)
        return
    mappings = mapping.get("column_mappings")
    if isinstance(mappings, dict):
        yield from ((("column_mappings", column), column, False) for column in mappings)
    for index, entry in _objects(mappings):
        location: Location = ("column_mappings", index, "csv_column")
        yield location, entry.get("csv_column"), entry.get("required") is False
    for index, entry in _objects(mapping.get("columns")):
        yield ("columns", index, "source"), entry.get("source"), False
    for field, config in _transformation_configs(mapping):
        at: Location = ("transformations", field, "config")
        yield from ((at + location, name, False) for location, name in _transformation_columns(config))


def _counterparts(mapping: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    """The field that stands beside each column, by the column's location."""
    mappings = mapping if is_flat(mapping) else mapping.get("column_mappings")
    at: Location = () if is_flat(mapping) else ("column_mappings",)
    if isinstance(mappings, dict):
        yield from (((*at, column), field) for column, field in mappings.items())
    for index, entry in _objects(mappings):
        yield (*at, index, "csv_column"), entry.get("agent_input_field")
    for index, entry in _objects(mapping.get("columns")):
        yield ("columns", index, "source"), entry.get("name")


def _transformation_columns(config: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    yield ("column",), config.get("column")
    columns, variables = config.get("columns"), config.get("variables")
    yield from ((("columns", index), name) for index, name in enumerate(columns if isinstance(columns, list) else []))
    variables = variables if isinstance(variables, dict) else {}
    yield from ((("variables", name), column) for name, column in variables.items())


def _in_templates(document: Any, mapping: Mapping[str, Any]) -> Iterator[Mention]:
    for field, config in _transformation_configs(mapping):
        at = pointer(document, ("input_mapping", "transformations", field, "config", "template"))
        template, variables = config.get("template"), config.get("variables")
        for name, braces in _names(template):
            if not isinstance(variables, dict) or name not in variables:
                yield Mention(name, at, braces=braces)


def _names(template: Any) -> Iterator[tuple[str, Literal[1, 2]]]:
    if not isinstance(template, str):
        return
    try:
        pieces = parse_template(template)
    except ValueError:
        return
    names = [piece.name for piece in pieces if isinstance(piece, Placeholder)]
    doubled = doubled_names(template)
    # A template without any column is refused with the first of these, which then must be one.
    yield from ((name, 1) for name in names or doubled[:1])
    yield from ((name, 2) for name in doubled if names)


def _transformation_configs(mapping: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    transformations = mapping.get("transformations")
    for field, transformation in transformations.items() if isinstance(transformations, dict) else ():
        config = transformation.get("config") if isinstance(transformation, dict) else None
        if isinstance(config, dict):
            yield field, config


def _objects(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    entries = enumerate(value) if isinstance(value, list) else ()
    return ((index, entry) for index, entry in entries if isinstance(entry, dict))
