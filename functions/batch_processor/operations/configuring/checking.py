"""Checks a configuration file without a stack: all that can be told before anything is deployed, uploaded or paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from batch_processor.batch.own_bucket import config_refusal, csv_refusal, output_refusal
from batch_processor.config import BatchConfig, parse, request
from batch_processor.config.header_problems import header_problems
from batch_processor.config.mentions import csv_pointer
from batch_processor.config.output_mapping import gives_columns
from batch_processor.config.target import TARGET_POINTERS, names_target
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.header_search import told_elsewhere
from batch_processor.document.document_text import UnreadableDocument, read_object
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import object_uri
from batch_processor.document.wording import shown
from batch_processor.errors import InvalidConfiguration
from batch_processor.operations.configuring.check_answer import ConfigCheck, answer_of, with_scope
from batch_processor.operations.configuring.local_csv import LocalCsv, look_at
from batch_processor.operations.configuring.remarks import field_remarks, home_remarks, other_name, twice_named
from batch_processor.operations.configuring.stand_ins import (
    OWN_BUCKET,
    StoodIn,
    misspelt,
    stood_in,
    written_placeholders,
)
from batch_processor.plan.deployed_target import NOT_LOOKED_AT
from batch_processor.plan.express_tier import express_problems
from batch_processor.registry import compatibility
from batch_processor.registry.entries_at_hand import EntriesAtHand
from batch_processor.registry.entry import Entry
from batch_processor.registry.resolution import Resolved, resolve

_CONFIGS = "configs/"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a person said besides: the CSV, registry entries, where the file is uploaded to, the Region, known placeholders."""

    csv: Path | None = None
    entries: Sequence[Entry] | None = None
    upload_to: str | None = None
    region: str | None = None
    placeholders: Sequence[str] = ()


def check_config(path: Path, around: Surroundings) -> ConfigCheck:
    """All that is wrong with the file; OSError if it, or the CSV, cannot be read at all."""
    body = path.read_bytes()
    try:
        document = read_object(str(path), body)
    except UnreadableDocument as exc:
        problems = [Problem("", fault) for fault in exc.faults]
        problems += _place_problems(around.upload_to, path.name)
        problems += _csv_alone(around.csv) if around.csv else []
        answer = answer_of(path, problems, [], "", None)
    else:
        check = _Check(document, stood_in(document, around.placeholders), around)
        check.run(path.name)
        answer = answer_of(path, check.problems, check.warnings, body.decode("utf-8-sig"), check.header)
        if check.asks_for_express:
            answer["not_checked"].append("whether the target, as it is deployed, can run in the Express tier")
    return with_scope(answer, around.csv, knows_targets=around.entries is not None)


def refuse_unfit(document: dict[str, Any], csv: Path | None) -> None:
    """InvalidConfiguration has all that is wrong with a configuration whose placeholders are filled in, and with its CSV here."""
    check = _Check(document, stood_in(document, ()), Surroundings(csv))
    check.run("")
    if check.problems:
        raise InvalidConfiguration(list(dict.fromkeys(check.problems)))


class _Check:
    """One configuration being checked: problems and warnings in the order in which they are found."""

    def __init__(self, document: dict[str, Any], filled: StoodIn, around: Surroundings) -> None:
        self._written, self._filled, self._around = document, filled, around
        self._document = filled.document
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.header: Header | None = None
        self.asks_for_express = False

    def run(self, name: str) -> None:
        """Looks at everything."""
        self.problems += _place_problems(self._around.upload_to, name)
        self.problems += misspelt(self._written, self._around.placeholders)
        config, resolved = self._parsed()
        self._look_at_csv(config, resolved)
        self.problems = [Problem(found.pointer, self._filled.told(found.message)) for found in self.problems]
        self.warnings += self._remarks(config)

    def _parsed(self) -> tuple[BatchConfig | None, Resolved | None]:
        try:
            config = parse(self._document)
        except InvalidConfiguration as exc:
            self.problems += exc.problems
            about_target = any(problem.pointer.startswith(TARGET_POINTERS) for problem in exc.problems)
            if names_target(self._document) and not about_target:
                self._resolved()
            return None, None
        self.problems += self._own_bucket_problems(config)
        resolved = self._resolved()
        if resolved:
            registries = EntriesAtHand(self._around.entries or ())
            self.problems += compatibility.problems(self._document, config, resolved, registries)
            config = compatibility.completed(config, resolved)
        self.problems += express_problems(config, self._document, NOT_LOOKED_AT)
        self.asks_for_express = config.execution.tier == "express"
        return config, resolved

    def _resolved(self) -> Resolved | None:
        if self._around.entries is None:
            return None
        try:
            return resolve(request(_by_name(self._document)), EntriesAtHand(self._around.entries))
        except InvalidConfiguration as exc:
            self.problems += (problem for problem in exc.problems if problem not in self.problems)
        return None

    def _own_bucket_problems(self, config: BatchConfig) -> Iterator[Problem]:
        prefix = config.output_prefix
        if config.csv.bucket == OWN_BUCKET:
            stays = prefix is None or prefix.bucket == OWN_BUCKET
            if refusal := csv_refusal(config.csv, output_stays=stays):
                yield Problem(csv_pointer(self._document), refusal)
        if prefix and prefix.bucket == OWN_BUCKET and (refusal := output_refusal(prefix)):
            yield Problem("/output_s3_prefix", refusal)

    def _look_at_csv(self, config: BatchConfig | None, resolved: Resolved | None) -> None:
        if not self._around.csv:
            return
        at = csv_pointer(self._document)
        found, faults = look_at(self._around.csv, config.csv_format if config else CsvFormat())
        self.problems += (Problem(at, fault) for fault in faults)
        if not found:
            return
        self.header = found.header
        self.problems += self._header_problems(found, config, resolved)
        # Behind a header that is not the right one, the rows are wrong because of it.
        if found.fault and not any(problem.pointer.startswith("/input_mapping") for problem in self.problems):
            self.problems.append(Problem(at, str(found.fault)))

    def _header_problems(
        self, found: LocalCsv, config: BatchConfig | None, resolved: Resolved | None
    ) -> Iterator[Problem]:
        elsewhere = partial(told_elsewhere, sample=found.sample, dialect=found.dialect)
        if not config or not resolved:
            yield from header_problems(self._document, found.header, told_elsewhere=elsewhere)
            return
        by_registry = [] if gives_columns(self._document.get("output_mapping", {})) else config.output.columns
        names = [column.name for column in by_registry]
        yield from header_problems(self._document, found.header, names, elsewhere)
        yield from compatibility.absent_inputs(config, resolved, found.header)

    def _remarks(self, config: BatchConfig | None) -> Iterator[Problem]:
        wrong = "".join(problem.message for problem in misspelt(self._written, self._around.placeholders))
        placed = {written: at for written, at in written_placeholders(self._written) if written not in wrong}
        if placed:
            yield Problem(
                next(iter(placed.values())),
                f"{', '.join(placed)}: `batchctl run CSV --config FILE` fills this in; a file that is uploaded by hand needs "
                "what it stands for",
            )
        yield from field_remarks(self._document)
        yield from home_remarks(self._document, self._filled, self._around.region)
        if self.header:
            yield from twice_named(self.header)
        yield from other_name(self._document, self._around.csv)
        if config and config.resumption:
            yield Problem("/resume_from", "that batch is looked for when this one starts")


def _by_name(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the ARN of a target that has a name: which ARN a name has, the stack's registries alone know."""
    target = document.get("target")
    named = isinstance(target, dict) and target.get("name")
    kept = (
        {key: value for key, value in target.items() if key != "arn"} if named and isinstance(target, dict) else target
    )
    others = {key: value for key, value in document.items() if key != "agent_config" or not named}
    return {**others, "target": kept} if "target" in document else document


def _csv_alone(path: Path) -> list[Problem]:
    found, faults = look_at(path, CsvFormat())
    return [Problem("", fault) for fault in faults] + ([Problem("", str(found.fault))] if found and found.fault else [])


def _place_problems(uri: str | None, name: str) -> Iterator[Problem]:
    if uri is None:
        return
    place = object_uri(uri)
    if not uri.startswith("s3://") or not place.bucket:
        yield Problem(
            "", f"it is to be uploaded to {shown(uri)}, which is nowhere in S3; write s3://BUCKET/{_CONFIGS}{name}"
        )
    elif not place.key.startswith(_CONFIGS):
        file = place.key.rpartition("/")[2] or name
        refusal = config_refusal(place)
        yield Problem(
            "",
            refusal
            or f"as {uri} it would start nothing: only what is under {_CONFIGS} starts a batch; upload it as "
            f"s3://{place.bucket}/{_CONFIGS}{file}",
        )
    elif place.key.endswith("/"):
        yield Problem("", f"{uri} is a folder; upload it as {uri}{name}")
