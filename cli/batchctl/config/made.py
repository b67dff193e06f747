"""Writes the configuration that was made of a CSV and an agent, and shows what of it was guessed."""

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from batch_processor.operations.configuring.generation import FieldMapping, GeneratedConfig, generate_batch_config
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.errors import WrongUsage
from batchctl.run.request import mappings_of
from batchctl.tables import Column, table
from batchctl.where import Where

_HOW = {
    "given": "as given",
    "same_name": "same name",
    "normalised": "same but for case, blanks and signs",
    "synonym": "another word for it",
    "similar": "similar name",
    "abbreviated": "name in short or another form",
    "in_part": "part of the name, and its cells",
    "described": "in the field's description",
    "by_type": "by its cells",
}


class MadeConfig(GeneratedConfig):
    """The generated configuration, and the file that it was written to."""

    file: str


def make_file(csv: str, agent: str, maps: Sequence[str], output: Path | None, as_json: str | None, where: Where) -> int:
    """The exit code: 2 if the agent requires a field that nothing was found for; the file is written all the same."""
    answer = Answer.of(as_json, MadeConfig)
    mappings = mappings_of([*maps])
    file = output or Path(f"{PurePosixPath(csv).stem}.config.json")
    if file.exists():
        raise WrongUsage(f"{file} exists, and is not written over. Give another name with --output.")
    if "://" not in csv and not Path(csv).is_file():
        raise WrongUsage(f"CSV: there is no file {csv}. Give one that exists, or s3://BUCKET/KEY.")
    with deployed(where) as deployment:
        made = generate_batch_config(csv, agent, deployment, mappings)
    config = made["config"] if "://" in csv else {**made["config"], "csv_s3_uri": _uploaded_uri(csv)}
    with file.open("x", encoding="utf-8") as opened:
        opened.write(json.dumps(config, ensure_ascii=False, indent=2) + "\n")
    shown: MadeConfig = {**made, "config": config, "file": str(file)}
    answer.give(shown, _show)
    if not answer.as_json:
        _tell(made, csv, file, where)
    return exit_codes.WRONG_USAGE if made["missing_required"] else exit_codes.DONE


def _uploaded_uri(csv: str) -> str:
    return f"s3://${{BUCKET}}/inputs/{Path(csv).name}"


def _show(made: MadeConfig) -> None:
    print(f"{made['file']}: {made['agent_name']}" + (f"@{made['version']}" if "version" in made else ""))
    if made["mapping"]:
        print()
        print(mapping_table(made["mapping"]))


def mapping_table(mapping: Sequence[FieldMapping]) -> str:
    """Which column fills which field, how that was found, and how sure it is."""
    columns = (
        Column("field", 8),
        Column("column", 8),
        Column("found by", 8),
        Column("sure", align="right"),
        Column(""),
    )
    rows = [
        (
            f"{each['field']}{'*' if each['required'] else ''}",
            each["column"],
            _HOW.get(each["how"], each["how"]),
            f"{each['confidence']:.0%}",
            "guessed: look at it" if each["guessed"] else "",
        )
        for each in mapping
    ]
    return table(columns, rows)


def _tell(made: GeneratedConfig, csv: str, file: Path, where: Where) -> None:
    for question in made["questions"]:
        choices = ", ".join(f"--map '{column}={question['field']}'" for column in question["candidates"][:4])
        note(f"\n{question['question']}" + (f"\n  {choices}" if choices else ""))
    if made["missing_required"]:
        note(f"\nThe agent requires what no column was found for: {', '.join(made['missing_required'])}.")
    for warning in made["warnings"]:
        note(f"\n{warning}")
    if made["unmapped_columns"]:
        note(f"\nNot sent: {', '.join(made['unmapped_columns'])}")
    if not made["missing_required"]:
        tell_next(
            where, f"batchctl run {csv} --config {file} --max-rows 20", f"batchctl estimate {csv} --config {file}"
        )
