"""Makes the configuration of a batch from a CSV and an agent's name; asks where it is not sure, and never guesses silently."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.operations.analysis import structure
from batch_processor.operations.analysis.problems import FoundProblem
from batch_processor.operations.analysis.structure import CsvStructure
from batch_processor.operations.configuring import generation
from batch_processor.operations.configuring.generation import FieldMapping, GeneratedConfig, Question
from batch_processor.operations.deployment import Deployment
from batchctl import figures
from batchctl.answer import note
from batchctl.errors import WrongUsage
from batchctl.harmless import harmless
from batchctl.run.request import Request

_MOST_TOLD = 5
_HOW = {
    "given": "as you say",
    "same_name": "same name",
    "normalised": "same name but for its spelling",
    "synonym": "means the same",
    "similar": "similar name",
    "abbreviated": "name in short or another form",
    "in_part": "part of the name, and its cells",
    "described": "in the field's description",
    "by_type": "by what its cells are",
}


class MappingUnclear(WrongUsage):
    """Fields have no column that surely is theirs; the message has what to type for each."""


def configured(request: Request, deployment: Deployment) -> tuple[dict[str, Any], dict[str, str]]:
    """The configuration, and the mappings that were typed or answered.

    WrongUsage if the CSV is none, MappingUnclear if nobody could be asked what a required field is.
    """
    _tell_csv(
        request.csv, structure.analyze_csv_structure(request.csv, deployment=deployment, encoding=request.encoding)
    )
    mappings = dict(request.mappings)
    made = _generated(request, deployment, mappings)
    if (made["questions"] or made["missing_required"]) and request.asking.is_possible:
        mappings |= _answers(made, request)
        made = _generated(request, deployment, mappings)
    if made["missing_required"]:
        raise MappingUnclear(_unclear(made, request))
    _tell_mapping(made, mappings)
    return made["config"], mappings


def _generated(request: Request, deployment: Deployment, mappings: Mapping[str, str]) -> GeneratedConfig:
    return generation.generate_batch_config(
        request.csv, request.agent or "", deployment, mappings, encoding=request.encoding
    )


def _answers(made: GeneratedConfig, request: Request) -> dict[str, str]:
    answers: dict[str, str] = {}
    asked = {question["field"] for question in made["questions"]}
    for question in [
        *made["questions"],
        *(_open(field, made) for field in made["missing_required"] if field not in asked),
    ]:
        free = [column for column in question["candidates"] if column not in answers]
        if column := request.asking.choose(question["question"], free, is_likely=question["field"] in asked):
            answers[column] = question["field"]
    return answers


def _open(field: str, made: GeneratedConfig) -> Question:
    """What is asked about a required field that no column is like: any that is left may be it."""
    told = f"{made['agent_name']} needs {field}, and no column is like it. Which one is it?"
    return Question(field=field, question=told, candidates=made["unmapped_columns"], required=True)


def _unclear(made: GeneratedConfig, request: Request) -> str:
    asked = {question["field"]: question for question in made["questions"]}
    lines = [f"{made['agent_name']} needs {', '.join(made['missing_required'])}, and no column surely is that:"]
    options: list[str] = []
    for field in made["missing_required"]:
        candidates = asked[field]["candidates"] if field in asked else made["unmapped_columns"]
        lines.append(f"  {field}: {asked[field]['question'] if field in asked else 'no column is like it.'}")
        lines += [f"    {_option(column, field)}" for column in candidates[:_MOST_TOLD]]
        # Only what somebody may have meant is put into a command that is pasted.
        meant = next((column for column in asked[field]["candidates"]), "COLUMN") if field in asked else "COLUMN"
        options += ["--map", f"{meant}={field}"]
    return "\n".join(
        [*lines, "Say which column it is, such as:", f"  {request.where.completed(request.command(*options))}"]
    )


def _option(column: str, field: str) -> str:
    return shlex.join(["--map", f"{column}={field}"])


def _tell_csv(csv: str, found: CsvStructure) -> None:
    blocking = [problem for problem in found["problems"] if problem["blocks"]]
    if blocking:
        raise WrongUsage("\n".join(f"{csv}: {_told(problem)}" for problem in blocking))
    about = "" if found["row_count_is_exact"] else "about "
    columns = f"{len(found['columns']):,} column{'' if len(found['columns']) == 1 else 's'}"
    note(f"csv      {about}{figures.rows(found['row_count'])}, {columns}, {found['encoding']}")


def _told(problem: FoundProblem) -> str:
    # Most messages begin with the line that they are about.
    named = "line" in problem and not problem["message"].startswith(f"Line {problem['line']}")
    line = f"line {problem['line']}: " if named else ""
    return harmless(f"{line}{problem['message']} {problem['suggestion']}".strip())


def _tell_mapping(made: GeneratedConfig, mappings: Mapping[str, str]) -> None:
    version = f"@{made['version']}" if "version" in made else ""
    note(f"agent    {made['agent_name']}{version}")
    for number, line in enumerate(_mapped(made["mapping"])):
        note(f"{'' if number else 'mapping':<9}{line}")
    for question in made["questions"]:
        if question["field"] not in mappings.values():
            note(f"         {question['field']} stays empty: {harmless(question['question'])}")
            for column in question["candidates"][:1]:
                note(f"         if it is {harmless(column)}, add: {_option(column, question['field'])}")
    guesses = [f"'{each['column']}' is taken for '{each['field']}'" for each in made["mapping"] if each["guessed"]]
    for warning in made["warnings"]:
        # The mapping has the guesses already.
        if not warning.startswith(tuple(guesses)):
            note(f"         {harmless(warning)}")


def _mapped(mapping: list[FieldMapping]) -> Iterator[str]:
    width = max((len(each["field"]) for each in mapping), default=0)
    for each in mapping:
        sure = f", guessed ({each['confidence']:.0%} sure)" if each["guessed"] else ""
        yield f"{each['field']:<{width}} ← {harmless(each['column'], 40)}  ({_HOW[each['how']]}{sure})"
