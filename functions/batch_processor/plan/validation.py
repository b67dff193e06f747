"""Checks everything about a batch that can be checked for free, and compiles its plan if nothing is wrong."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch import manifest
from batch_processor.batch.names import FORMER_ROW_BATCH_PREFIX, PARTIAL
from batch_processor.batch.own_bucket import config_refusal
from batch_processor.batch.work_folder import source_key, work_location
from batch_processor.config import BatchConfig, Target, parse, request
from batch_processor.config.execution_input import merge_config
from batch_processor.config.header_problems import header_problems
from batch_processor.config.mentions import csv_pointer, csv_uri
from batch_processor.config.output_mapping import gives_columns
from batch_processor.config.target import TARGET_POINTERS, names_target
from batch_processor.contract import Batch, Location, Plan
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.dialect import dialect_of
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.header_search import told_elsewhere
from batch_processor.csv_file.source import Described, describe_source
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri
from batch_processor.document.wording import unseen
from batch_processor.errors import InvalidConfiguration, InvalidCsv, SourceUnavailable
from batch_processor.extraction import stored_rules
from batch_processor.limits import MOST_CONFIG_BYTES
from batch_processor.plan import nesting
from batch_processor.plan.caps import Caps
from batch_processor.plan.compiling import Surroundings, compile_plan, refuse_large
from batch_processor.plan.deployed_target import NOT_LOOKED_AT, Deployed, look_at_target
from batch_processor.plan.express_tier import express_problems
from batch_processor.plan.permissions import Permissions, moved_output
from batch_processor.plan.rules_file import with_rules
from batch_processor.registry import compatibility
from batch_processor.registry.resolution import Resolved, resolve
from batch_processor.registry.tables import DynamoDbRegistries
from batch_processor.resumption import lookup
from batch_processor.resumption.earlier_batch import EarlierBatch


def make_plan(given: Any, batch: Batch, permissions: Permissions, caps: Caps, registries: DynamoDbRegistries) -> Plan:
    """The plan of what the execution was `given`; its answer rules may be in S3, its header and configuration are kept there.

    Fails with InvalidConfiguration, which has the problems of the configuration, of its target as registered, of what it
    may use, of the batch that it resumes, and of the CSV's header together; with SourceUnavailable or InvalidCsv
    where that is the only thing wrong; with BatchTooLarge if the plan is too large.
    """
    bucket = permissions.data_bucket
    given, started_by = nesting.without_parent(given)
    document, earlier, problems = lookup.resolve(merge_config(given, _config_reader(bucket)), batch, bucket)
    config, resolved, deployed = _check(document, permissions, caps, registries, problems)
    problems += _name_problems(batch)
    if started_by and (depth := nesting.depth(started_by, permissions)):
        batch = {**batch, "depth": depth}
        problems += nesting.problems(started_by, depth, caps.most_nested_batches)
    found = _inspect(document, config, permissions, problems, keep_in=work_location(bucket, batch["key"]))
    if found:
        problems += _csv_problems(document, config, resolved, found, alone=not problems)
    if problems or not config or not found:
        raise InvalidConfiguration(problems)
    header = found.header
    surroundings = Surroundings(bucket, permissions.topic_arn, caps.most_rows, caps.most_days)
    plan = compile_plan(config, found.source, header, batch, surroundings, deployed)
    if earlier:
        plan = _resume(earlier, plan, header, document)
    plan = stored_rules.hand_over(plan)
    refuse_large(plan)
    manifest.write_header(plan["work"], header.names)
    manifest.write_config(plan["work"], document)
    return plan


def _name_problems(batch: Batch) -> Iterator[Problem]:
    if batch["name"].startswith(FORMER_ROW_BATCH_PREFIX):
        yield Problem(
            "",
            f"the execution is called {batch['name']}, and {FORMER_ROW_BATCH_PREFIX} is what row batches were called; a "
            "batch that goes on with an older one would take this one for a part of it; start it under another name, or "
            "upload the config under another name",
        )
    if batch["name"].endswith(PARTIAL):
        yield Problem(
            "",
            f"the execution is called {batch['name']}, and so ends the name of the CSV that a failed batch leaves: the output "
            f"could stand in the place of {batch['name'].removesuffix(PARTIAL)}'s; start it under another name",
        )


def _config_reader(own_bucket: str) -> Callable[[str, str, str | None], bytes]:
    """Reads config files: no more of one than a configuration may have, and none that batches have left behind."""

    def read(bucket: str, key: str, version_id: str | None) -> bytes:
        refusal = config_refusal(S3Uri(bucket, key)) if bucket == own_bucket else None
        if refusal:
            raise InvalidConfiguration([Problem("/config_s3_uri", refusal)])
        pinned = s3.pin(bucket, key, version_id)
        if pinned.size_bytes > MOST_CONFIG_BYTES:
            size = f"it has {pinned.size_bytes:,} bytes, and a configuration at most {MOST_CONFIG_BYTES:,}"
            raise InvalidConfiguration(
                [Problem("/config_s3_uri", f"{pinned.uri}: {size}; is it the file that was meant?")]
            )
        return pinned.read_range(0, pinned.size_bytes)

    return read


def _check(
    document: Any, permissions: Permissions, caps: Caps, registries: DynamoDbRegistries, problems: list[Problem]
) -> tuple[BatchConfig | None, Resolved | None, Deployed]:
    """The configuration, its target and what of that is deployed; what is wrong is added to `problems`."""
    try:
        config = with_rules(parse(document), document, _config_reader(permissions.data_bucket))
    except InvalidConfiguration as exc:
        problems += exc.problems
        if names_target(document) and not any(problem.pointer.startswith(TARGET_POINTERS) for problem in exc.problems):
            # All problems at once: the target is looked up all the same.
            _resolve(document, registries, problems)
        return None, None, NOT_LOOKED_AT
    resolved = _resolve(document, registries, problems)
    if resolved:
        problems += compatibility.problems(document, config, resolved, registries)
        config = compatibility.completed(config, resolved)
    config = caps.kept_to(config, document)
    problems += caps.problems(config, document)
    if refused := list(permissions.problems(config)):
        problems += refused
        return config, resolved, NOT_LOOKED_AT
    deployed = _deployed(config.target)
    problems += _absences(config, deployed)
    problems += express_problems(config, document, deployed)
    return config, resolved, deployed


def _resolve(document: Any, registries: DynamoDbRegistries, problems: list[Problem]) -> Resolved | None:
    """The target as the registries know it; if there is none, the reason is added to `problems`, once."""
    try:
        return resolve(request(document), registries)
    except InvalidConfiguration as exc:
        problems += (problem for problem in exc.problems if problem not in problems)
    return None


def _deployed(target: Target) -> Deployed:
    if not target.arn:
        return NOT_LOOKED_AT
    return look_at_target("agent" if target.is_state_machine else "tool", target.arn)


def _csv_problems(
    document: Any, config: BatchConfig | None, resolved: Resolved | None, found: Described, *, alone: bool
) -> list[Problem]:
    """What is wrong with the CSV's header and rows; InvalidCsv if only the rows are, and nothing else is (`alone`)."""
    problems = list(_header_problems(document, config, resolved, found))
    # Behind a header that is not the right one, the rows are wrong because of it.
    if found.fault and not any(problem.pointer.startswith("/input_mapping") for problem in problems):
        if alone and not problems:
            raise found.fault
        problems.append(Problem(csv_pointer(document), str(found.fault)))
    return problems


def _header_problems(
    document: Any, config: BatchConfig | None, resolved: Resolved | None, found: Described
) -> Iterator[Problem]:
    header = found.header
    elsewhere = partial(told_elsewhere, sample=found.sample, dialect=dialect_of(found.source))
    if not config or not resolved:
        yield from header_problems(document, header, told_elsewhere=elsewhere)
        return
    registered = [] if gives_columns(document.get("output_mapping", {})) else config.output.columns
    yield from header_problems(document, header, [column.name for column in registered], elsewhere)
    yield from compatibility.absent_inputs(config, resolved, header)


def _absences(config: BatchConfig, target: Deployed) -> Iterator[Problem]:
    """A problem for each thing that the batch may use but that does not exist."""
    if target.fault:
        yield Problem("/target", target.fault)
    prefix = config.output_prefix
    if prefix and not s3.bucket_exists(prefix.bucket):
        yield Problem("/output_s3_prefix", f"there is no bucket {prefix.bucket}, or the stack may not see it")


def _resume(earlier: EarlierBatch, plan: Plan, header: Header, document: Any) -> Plan:
    if obstacles := [*moved_output(earlier.plan, plan), *earlier.changes(plan, document, header.names)]:
        raise InvalidConfiguration(obstacles)
    return earlier.resumed_plan(plan, lookup.relatives(earlier, plan, plan["work"]["bucket"]))


def _inspect(
    document: Any, config: BatchConfig | None, permissions: Permissions, problems: list[Problem], keep_in: Location
) -> Described | None:
    """The CSV as described; what is wrong with it is added to `problems`, or raised if there are no others."""
    uri = config.csv if config else csv_uri(document)
    csv_format = config.csv_format if config else CsvFormat()
    if not uri or not (permissions.may_read(uri, config.output_prefix) if config else permissions.may_show(uri)):
        return None
    try:
        pinned = s3.pin(uri.bucket, uri.key)
        # Without versions nothing keeps the object from being replaced before the output is written.
        kept = pinned if pinned.version_id else s3.copy(pinned, keep_in["bucket"], source_key(keep_in))
        return describe_source(pinned.uri, kept, csv_format)
    except (SourceUnavailable, InvalidCsv) as exc:
        remark = unseen(uri.key)
        told = f"{exc} Of the key, {remark}." if remark and isinstance(exc, SourceUnavailable) else str(exc)
        if not problems:
            raise type(exc)(told) from exc
        problems.append(Problem(csv_pointer(document), told))
        return None
