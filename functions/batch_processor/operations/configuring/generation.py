"""Makes the configuration of a batch from a CSV and the name of a target."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from batch_processor.config import parse, request
from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.column_names import shown_name, why_not_found
from batch_processor.csv_file.csv_format import Encoding
from batch_processor.csv_file.header import Header
from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import suggestion
from batch_processor.errors import InvalidConfiguration, InvalidCsv
from batch_processor.operations.agents.compatibility import missing_of, output_fields
from batch_processor.operations.agents.targets import Target, find_target
from batch_processor.operations.analysis.structure import CsvStructure, study
from batch_processor.operations.configuring.document import Wanted, config_document
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.matching.evidence import CsvColumn
from batch_processor.operations.matching.fields import InputField, input_fields
from batch_processor.operations.matching.match import Asked, Match, match
from batch_processor.operations.matching.scoring import Candidate, How
from batch_processor.operations.registries import registries_of
from batch_processor.registry import compatibility
from batch_processor.registry.lookup import Registries
from batch_processor.registry.resolution import resolve


class FieldMapping(TypedDict):
    """Where an input field comes from; `guessed` says that somebody should look at it."""

    field: str
    column: str
    how: How
    confidence: float
    guessed: bool
    required: bool


class Question(TypedDict):
    """What could not be told from names and cells: the candidates, best first, and what to type for each."""

    field: str
    question: str
    candidates: list[str]
    required: bool


class GeneratedConfig(TypedDict):
    """The answer of generate_batch_config.

    `config` is valid as it stands unless `missing_required` names a field. `questions` ask about what was not sure enough to be
    mapped.
    """

    config: dict[str, Any]
    mapping: list[FieldMapping]
    unmapped_columns: list[str]
    missing_required: list[str]
    warnings: list[str]
    questions: list[Question]
    agent_name: str
    version: NotRequired[str]


def generate_batch_config(
    csv_uri: str,
    agent_name: str,
    deployment: Deployment,
    mappings: Mapping[str, str] | None = None,
    encoding: Encoding = "auto",
) -> GeneratedConfig:
    """The configuration; `mappings` {column: field} are taken as given, as in column_mappings, and so is `encoding`.

    IncompatibleAgent or AgentNotFound if it is none that batches can use, with those that they can; InvalidCsv and
    SourceUnavailable if the CSV cannot be read; InvalidConfiguration has all that is wrong with `mappings`.
    """
    registries = registries_of(deployment)
    target = find_target(agent_name, deployment, registries)
    structure, seen = study(csv_uri, encoding=encoding)
    if seen is None:
        raise InvalidCsv(" ".join((structure["problems"][0]["message"], structure["problems"][0]["suggestion"])))
    columns = [CsvColumn(column) for column in seen.columns]
    fields = input_fields(target.entry, registries)
    if problems := list(_mapping_problems(mappings or {}, fields, seen.header)):
        raise InvalidConfiguration(problems)
    found = match(fields, columns, mappings) if fields else _all_columns(columns, mappings or {}, target)
    wanted = Wanted(csv_uri, target, found.mapped, output_fields(target, registries), structure["csv_format"])
    config, warnings = config_document(wanted, structure["columns"], deployment)
    missing = missing_of(fields or (), found) or ([] if found.mapped else [field.name for field in fields or ()])
    warnings = [*found.warnings, *_empty_cells(found), *warnings, *_of_csv(structure)]
    return _answer(
        target, found, structure, config, missing, [*warnings, *_checked(config, missing, seen.header, registries)]
    )


def _answer(
    target: Target,
    found: Match,
    structure: CsvStructure,
    config: dict[str, Any],
    missing: list[str],
    warnings: list[str],
) -> GeneratedConfig:
    used = {pair.column.name for pair in found.mapped}
    answer = GeneratedConfig(
        config=config,
        mapping=[_mapping(pair) for pair in found.mapped],
        unmapped_columns=[name for name in structure["columns"] if name not in used],
        missing_required=missing,
        warnings=list(dict.fromkeys(warnings)),
        questions=[_question(asked) for asked in found.asked],
        agent_name=target.name,
    )
    if target.entry.own_version:
        answer["version"] = target.entry.own_version
    return answer


def _mapping(pair: Candidate) -> FieldMapping:
    return FieldMapping(
        field=pair.field.name,
        column=pair.column.name,
        how=pair.how,
        confidence=pair.confidence,
        guessed=pair.is_guess,
        required=pair.field.required,
    )


def _question(asked: Asked) -> Question:
    typed = " or ".join(f"{column}={asked.field.name}" for column in asked.columns)
    return Question(
        field=asked.field.name,
        question=f"{asked.why} Say it as a mapping, column=field: {typed}".strip(),
        candidates=list(asked.columns),
        required=asked.field.required,
    )


def _mapping_problems(
    mappings: Mapping[str, str], fields: Sequence[InputField] | None, header: Header
) -> Iterator[Problem]:
    """What is wrong with the mappings that were given: unknown names, the wrong way round, a field twice."""
    known = [field.name for field in fields] if fields else None
    filled: dict[str, str] = {}
    for column, field in mappings.items():
        at = f"/mappings/{escaped(column)}"
        if not header.has(column) and header.has(field) and (known is None or column in known):
            yield Problem(at, f"it is the wrong way round: write the column first, {field}={column}")
            continue
        if not header.has(column):
            yield Problem(at, f"the CSV has no column {shown_name(column)}; {why_not_found(column, header.addresses)}")
        elif column not in header.addresses:
            yield Problem(
                at, f"several columns are called {shown_name(column)}; {why_not_found(column, header.addresses)}"
            )
        if known is not None and field not in known:
            yield Problem(at, f"the target has no input {shown_name(field)}; {suggestion(field, known)}")
        elif field in filled:
            yield Problem(
                at, f"{shown_name(field)} is given the column {shown_name(filled[field])} already; give it one"
            )
        filled.setdefault(field, column)


def _all_columns(columns: Sequence[CsvColumn], given: Mapping[str, str], target: Target) -> Match:
    """Every column under its own name: what a target that says nothing of its input can be sent."""
    told = (
        f"{target.name} is registered without an input_schema, so every column is sent under its own name; register one"
    )
    pairs = [
        Candidate(InputField(given.get(column.name, column.name), required=False), column, _how(column, given), 1.0)
        for column in columns
    ]
    return Match(mapped=pairs, warnings=[told])


def _how(column: CsvColumn, given: Mapping[str, str]) -> How:
    return "given" if column.name in given else "same_name"


def _empty_cells(found: Match) -> Iterator[str]:
    for pair in found.mapped:
        profile = pair.column.profile
        if pair.field.required and profile["empty_cells"]:
            yield (
                f"{profile['empty_cells']:,} of {profile['cells']:,} cells of {shown_name(pair.column.name)} are empty, and "
                f"{shown_name(pair.field.name)} is required"
            )


def _of_csv(structure: CsvStructure) -> Iterator[str]:
    for problem in structure["problems"]:
        refused = "a batch would be refused: " if problem["blocks"] else "of the CSV: "
        yield f"{refused}{problem['message']} {problem['suggestion']}"


def _checked(config: dict[str, Any], missing: Sequence[str], header: Header, registries: Registries) -> Iterator[str]:
    """What a batch would say of the configuration; nothing of one that is not complete."""
    if missing:
        return
    try:
        parsed = parse(config)
        resolved = resolve(request(config), registries)
    except InvalidConfiguration as exc:
        yield from map(str, exc.problems)
        return
    yield from map(str, compatibility.problems(config, parsed, resolved, registries))
    yield from map(str, header_problems(config, header))
