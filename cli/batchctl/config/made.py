"""Writes the configuration that was made of a CSV and an agent, and shows what of it was guessed."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NotRequired, cast

from batch_processor.csv_file.csv_format import Encoding
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
    """The generated configuration, and the file that it was written to, if it is complete."""

    file: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    csv: str
    agent: str
    maps: Sequence[str]
    output: Path | None
    encoding: Encoding = "auto"

    @property
    def file(self) -> Path:
        """The file to write."""
        return self.output or Path(f"{PurePosixPath(self.csv).stem}.config.json")

    def command(self, *maps: str) -> str:
        """The command that asks for the same, with more columns said."""
        words = ["batchctl", "config", "new", self.csv, "--agent", self.agent]
        words += [word for text in (*self.maps, *maps) for word in ("--map", text)]
        words += ["--encoding", self.encoding] if self.encoding != "auto" else []
        words += ["--output", str(self.output)] if self.output else []
        return shlex.join(words)


def make_file(wish: Wish, as_json: str | None, where: Where) -> int:
    """The exit code: 2 if the agent requires a field that nothing was found for; then no file is written."""
    answer = Answer.of(as_json, MadeConfig)
    mappings = mappings_of(wish.maps)
    csv, file = wish.csv, wish.file
    if file.exists():
        raise WrongUsage(f"{file} exists, and is not written over. Give another name with --output.")
    if "://" not in csv and not Path(csv).is_file():
        raise WrongUsage(f"CSV: there is no file {csv}. Give one that exists, or s3://BUCKET/KEY.")
    with deployed(where) as deployment:
        made = generate_batch_config(csv, wish.agent, deployment, mappings, wish.encoding)
    config = made["config"] if "://" in csv else {**made["config"], "csv_s3_uri": _uploaded_uri(csv)}
    shown = cast("MadeConfig", {**made, "config": config})
    if not made["missing_required"]:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(json.dumps(config, ensure_ascii=False, indent=2) + "\n")
        shown["file"] = str(file)
    answer.give(shown, _show)
    if not answer.as_json:
        _tell(made, wish, where)
    return exit_codes.WRONG_USAGE if made["missing_required"] else exit_codes.DONE


def _uploaded_uri(csv: str) -> str:
    return f"s3://${{BUCKET}}/inputs/{Path(csv).name}"


def _show(made: MadeConfig) -> None:
    print(
        f"{made.get('file', 'Nothing written')}: {made['agent_name']}"
        + (f"@{made['version']}" if "version" in made else "")
    )
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


def _tell(made: GeneratedConfig, wish: Wish, where: Where) -> None:
    for question in made["questions"]:
        choices = ", ".join(
            shlex.join(["--map", f"{column}={question['field']}"]) for column in question["candidates"][:4]
        )
        note(f"\n{question['question']}" + (f"\n  {choices}" if choices else ""))
    if made["missing_required"]:
        note(f"\nThe agent requires what no column was found for: {', '.join(made['missing_required'])}.")
    for warning in made["warnings"]:
        note(f"\n{warning}")
    if made["unmapped_columns"]:
        note(f"\nNot sent: {', '.join(made['unmapped_columns'])}")
    if made["missing_required"]:
        tell_next(where, wish.command(*(f"COLUMN={field}" for field in made["missing_required"])))
        return
    words = [wish.csv, "--config", str(wish.file)]
    tell_next(
        where,
        shlex.join(["batchctl", "run", *words, "--max-rows", "20"]),
        shlex.join(["batchctl", "estimate", *words]),
    )
