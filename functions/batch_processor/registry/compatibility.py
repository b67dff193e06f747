"""Whether a batch can work with its target: what it sends, what it asks for, and what the target is registered to have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from batch_processor.config import BatchConfig, OutputColumn, request
from batch_processor.config.extraction import Rule, finds_others, named_fields
from batch_processor.config.input_mapping import written_fields
from batch_processor.config.output_mapping import NO_COLUMN, OutputColumns, written_columns
from batch_processor.config.target import PROMPTED
from batch_processor.csv_file.header import Header
from batch_processor.document.json_path import MISSING, follow
from batch_processor.document.pointers import pointer
from batch_processor.document.problem import Problem
from batch_processor.document.shape import Location
from batch_processor.document.wording import choices, nearest, shown
from batch_processor.registry.compatible_agents import incompatible_agent
from batch_processor.registry.entry import Document
from batch_processor.registry.json_schema import known_properties, main_schema
from batch_processor.registry.lookup import Registries
from batch_processor.registry.output_fields import hint
from batch_processor.registry.resolution import Resolved
from batch_processor.registry.rule_fit import misfits

# The keywords of an input schema that are about single properties.
_PROPERTY_KEYWORDS = ("$schema", "$id", "$defs", "definitions", "properties", "patternProperties")


def completed(config: BatchConfig, resolved: Resolved) -> BatchConfig:
    """The configuration, with what it leaves out taken from the registries."""
    target = replace(
        config.target,
        name=resolved.name,
        type=resolved.type,
        arn=resolved.arn,
        input_format=resolved.input_format,
        version=resolved.version,
        runs=resolved.runs,
        price=resolved.price,
        idempotent=resolved.idempotent,
        deterministic=resolved.deterministic,
    )
    extraction = _rules(config, resolved)
    columns = config.output.columns or tuple(OutputColumn(name, (name,)) for name in default_fields(config, resolved))
    # An agent without structured output can fit a schema only by what extraction rules find.
    schema = resolved.output_schema if resolved.structured_output_enabled or extraction else None
    output = replace(config.output, columns=columns, schema=schema, extraction=extraction)
    return replace(config, target=target, output=output, needs_a_cell=_needs_a_cell(config, resolved))


def _needs_a_cell(config: BatchConfig, resolved: Resolved) -> bool:
    needed = {*_required(resolved), *(("prompt",) if resolved.input_format in PROMPTED else ())}
    return any(field["field"] in needed and "value" not in field for field in config.fields)


def default_fields(config: BatchConfig, resolved: Resolved) -> tuple[str, ...]:
    """The fields that become columns because the configuration names none."""
    if config.output.columns:
        return ()
    return resolved.output_fields or named_fields(_rules(config, resolved))


def problems(document: Document, config: BatchConfig, resolved: Resolved, registries: Registries) -> Iterator[Problem]:
    """Why a parsed configuration and its target do not go together."""
    if not _is_compatible(config, resolved):
        incompatible = incompatible_agent(resolved.name, registries.overview("agent"))
        words = (f"{incompatible['error']}:", incompatible["message"], incompatible["suggestion"])
        yield Problem(request(document).pointer, " ".join(filter(None, words)))
    yield from _type_problems(document, config, resolved)
    yield from _form_problems(document, config, resolved)
    yield from _input_problems(document, resolved)
    yield from _output_problems(document, config, resolved)
    yield from _rule_problems(document, config, resolved)


def absent_inputs(config: BatchConfig, resolved: Resolved, header: Header) -> Iterator[Problem]:
    """A problem for each optional column that the CSV lacks although the target requires the input that it fills."""
    for field in config.fields:
        column = field.get("column", "")
        if field["field"] in _required(resolved) and field.get("required") is False and not header.has(column):
            yield Problem(
                "/input_mapping",
                f"the CSV has no column {shown(column)}, and the {resolved.type} requires what it fills, "
                f"{shown(field['field'])}; map another column or a value to it",
            )


def _is_compatible(config: BatchConfig, resolved: Resolved) -> bool:
    if resolved.structured_output_enabled or _rules(config, resolved):
        return True
    # Columns with a path are for such agents: they are looked for in the whole answer.
    return bool(config.output.columns) and all(column.legacy for column in config.output.columns)


def _type_problems(document: Document, config: BatchConfig, resolved: Resolved) -> Iterator[Problem]:
    """A problem if the mapping that counts is for the other kind of target."""
    match config.output.extraction_at:
        case ("output_mappings", name, _):
            kind = follow((at := ("output_mappings", name, "type")), document)
            if kind is not MISSING and kind != resolved.type:
                yield _problem(document, at, f"{shown(kind)} is not what the target is, {shown(resolved.type)}")


def _form_problems(document: Document, config: BatchConfig, resolved: Resolved) -> Iterator[Problem]:
    form = resolved.input_format
    if form in PROMPTED and resolved.type == "tool":
        yield _problem(
            document, ("target", "input_format"), f"the format {form} is for agents; leave input_format out for a tool"
        )
    elif form == "messages" and all(field["field"] != "prompt" for field in config.fields):
        yield _problem(
            document,
            ("input_mapping",),
            "the agent is registered to take messages, which need an input field 'prompt', the text of the message; map it",
        )


def _input_problems(document: Document, resolved: Resolved) -> Iterator[Problem]:
    mapped = dict(written_fields(document["input_mapping"]))
    for name in _required(resolved):
        if name not in mapped:
            yield _problem(
                document,
                ("input_mapping",),
                f"the {resolved.type} requires the input {shown(name)}; map a column or a value to it",
            )
    known = known_properties(resolved.input_schema)
    also = ("prompt",) if resolved.input_format in PROMPTED else ()
    for name, location in mapped.items():
        if known is not None and name not in (*known, *also):
            told = _exchanged(name, location[-1], known) or f"{hint(name, known) or _listed(known)}"
            yield _problem(
                document, ("input_mapping", *location), f"the {resolved.type} has no input {shown(name)}{told}"
            )
    yield from _static_problems(document, resolved.input_schema)


def _exchanged(field: str, column: str | int, known: Sequence[str]) -> str:
    """The remark that a mapping is the wrong way round, if what stands in the place of its column is an input.

    Of a field that is nearly called so it is more likely that it is misspelt.
    """
    if column == field or column not in known or nearest(field, known) == column:
        return ""
    return f", it has {shown(column)}: the mapping is the wrong way round; write {shown(field)}: {shown(column)}"


def _static_problems(document: Document, schema: Document | None) -> Iterator[Problem]:
    values = document["input_mapping"].get("static_values")
    if schema is None or not isinstance(values, dict):
        return
    # Imported where they are used: most configurations have no static values.
    from batch_processor.json_schema.budget import TooManySteps, bounded
    from batch_processor.json_schema.dialect import make_validator
    from batch_processor.json_schema.reasons import reason

    about_properties = {**schema, **main_schema(schema)}
    property_schema = {key: about_properties[key] for key in _PROPERTY_KEYWORDS if key in about_properties}
    validator = make_validator(property_schema)
    at: Location = ("input_mapping", "static_values")
    try:
        with bounded(validator.schema):
            errors = list(validator.iter_errors(values))
    except TooManySteps as exc:
        yield _problem(document, at, f"whether the values fit the registered input schema cannot be told: {exc}")
        return
    for error in errors:
        told = f"{shown(error.instance)} does not fit the registered input schema: {reason(error)}"
        yield _problem(document, (*at, *error.absolute_path), told)


def _output_problems(document: Document, config: BatchConfig, resolved: Resolved) -> Iterator[Problem]:
    defaults = default_fields(config, resolved)
    if not config.output.columns and not defaults:
        known = "" if resolved.is_registered else "; or register the target, with the fields of its answers"
        yield _problem(document, ("output_mapping",), f"{NO_COLUMN}{known}")
    for finding in OutputColumns.contradictions({"structured_output_fields": list(defaults)}):
        yield _problem(document, ("output_mapping",), f"among the registered output fields {finding.message}")
    allowed = _allowed_outputs(config, resolved)
    for name, location in _asked_for(document.get("output_mapping", {}), config):
        if allowed is not None and name not in allowed:
            lacking = (
                "the extraction rules find"
                if _are_closed(_rules(config, resolved))
                else f"the {resolved.type}'s answers have"
            )
            message = f"{lacking} no field {shown(name)}{hint(name, allowed) or _listed(allowed)}"
            yield _problem(document, ("output_mapping", *location), message)


def _rule_problems(document: Document, config: BatchConfig, resolved: Resolved) -> Iterator[Problem]:
    # If answers have a structured output of their own, that is checked, and not the fields that rules find.
    if resolved.output_schema is None or resolved.structured_output_enabled or not _rules(config, resolved):
        return
    own = bool(config.output.extraction)
    at = pointer(document, config.output.extraction_at) if own else request(document).pointer
    yield from (Problem(at, message) for message in misfits(_rules(config, resolved), resolved.output_schema))


def _asked_for(mapping: Document, config: BatchConfig) -> Iterator[tuple[str, Location]]:
    """The fields of the structured output that become columns, by name or by a path that begins with it."""
    yield from (found for found in written_columns(mapping) if found[1][0] == "structured_output_fields")
    for index, column in enumerate(column for column in config.output.columns if column.legacy):
        match column.source:
            case ("structured_output", str(name), *_):
                yield name, ("columns", index, "source")


def _allowed_outputs(config: BatchConfig, resolved: Resolved) -> tuple[str, ...] | None:
    """The fields that a column can ask for; None if it can ask for any."""
    rules = _rules(config, resolved)
    if _are_closed(rules):
        return named_fields(rules)
    known = resolved.known_outputs
    return None if known is None else tuple(dict.fromkeys([*known, *named_fields(rules)]))


def _rules(config: BatchConfig, resolved: Resolved) -> tuple[Rule, ...]:
    return config.output.extraction or resolved.extraction


def _are_closed(rules: Sequence[Rule]) -> bool:
    return bool(rules) and not finds_others(rules)


def _required(resolved: Resolved) -> tuple[str, ...]:
    return tuple(main_schema(resolved.input_schema or {}).get("required", ()))


def _listed(known: Sequence[str]) -> str:
    return f"; use {choices(known)}" if known else ""


def _problem(document: Document, location: Location, message: str) -> Problem:
    return Problem(pointer(document, location), message)
