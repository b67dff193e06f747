"""Shows what is wrong with a configuration file."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from batch_processor.operations.configuring.check_answer import ConfigCheck, Remark
from batch_processor.operations.configuring.checking import Surroundings, check_config
from batch_processor.registry.entry import Entry
from batchctl import exit_codes
from batchctl.answer import Answer, note, tell_next
from batchctl.errors import WrongUsage
from batchctl.figures import counted
from batchctl.harmless import harmless
from batchctl.placeholders import constant
from batchctl.project import ROOT
from batchctl.where import HERE

_TEMPLATES = ("template.yaml", "examples/template.yaml", "examples/agents/template.yaml")
_OUTPUTS = re.compile(r"^Outputs:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^  ([A-Za-z]\w*):", re.MULTILINE)


def check_file(
    file: Path,
    csv: Path | None,
    agent_files: Sequence[Path] | None,
    upload_to: str | None,
    region: str | None,
    as_json: str | None,
) -> int:
    """The exit code: 0 if nothing is wrong, 2 if a batch would be refused for something."""
    answer = Answer.of(as_json, ConfigCheck)
    for name, path in (("FILE", file), ("--csv", csv)):
        if path and not path.is_file():
            raise WrongUsage(f"{name}: there is no file {path}. Give one that exists.")
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    around = Surroundings(csv, _entries(agent_files), upload_to, region, placeholders=tuple(_placeholders()))
    checked = check_config(file, around)
    answer.give(checked, _show)
    if not answer.as_json and checked["sound"]:
        tell_next(HERE, f"batchctl run {csv or 'CSV'} --config {file} --max-rows 20")
    return exit_codes.DONE if checked["sound"] else exit_codes.WRONG_USAGE


def _entries(paths: Sequence[Path] | None) -> list[Entry] | None:
    if not paths:
        return None
    from batchctl.registry.files import entry_files, read_all

    return [entry for file in read_all(entry_files(paths), None) for entry in file.entries]


def _placeholders() -> Iterator[str]:
    """The names that `batchctl run` fills in on a stack with the examples; a user's own stacks may have others."""
    yield "BUCKET"
    for name in _TEMPLATES:
        for block in _OUTPUTS.findall((ROOT / name).read_text(encoding="utf-8")):
            yield from map(constant, _OUTPUT.findall(block))


def _show(checked: ConfigCheck) -> None:
    verdict = "nothing is wrong" if checked["sound"] else counted(len(checked["problems"]), "problem")
    print(f"{checked['file']}: {verdict}")
    for problem in checked["problems"]:
        print(_told(problem))
    for warning in checked["warnings"]:
        note(f"\nLook at this:\n{_told(warning)}" if warning is checked["warnings"][0] else _told(warning))
    if checked["not_checked"]:
        note(f"\nChecked: {', '.join(checked['checked'])}. Not checked: {'; '.join(checked['not_checked'])}.")


def _told(remark: Remark) -> str:
    where = f"line {remark['line']}, " if "line" in remark else ""
    place = f"{where}{remark['pointer']}" if remark["pointer"] else ""
    return f"  {harmless(place)}\n    {harmless(remark['message'])}" if place else f"  {harmless(remark['message'])}"
