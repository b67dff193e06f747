"""ValidateInput: the configuration becomes the plan, or the list of all that is wrong with it."""

from collections.abc import Iterator
from typing import Any

from batch_processor.aws import earlier_batches, s3
from batch_processor.aws.registries import DynamoDbRegistries
from batch_processor.aws.targets import Deployed, look_at_target
from batch_processor.batch import manifest
from batch_processor.batch.names import ROW_BATCH_PREFIX, describe_batch
from batch_processor.batch.work_folder import source_key, work_location
from batch_processor.config import BatchConfig, Target, parse, request
from batch_processor.config.execution_input import merge_config
from batch_processor.config.header_problems import header_problems
from batch_processor.config.mentions import csv_pointer, csv_uri
from batch_processor.config.output_mapping import gives_columns
from batch_processor.config.target import TARGET_POINTERS, names_target
from batch_processor.contract import Batch, Location, Plan, Source
from batch_processor.csv_file.csv_input import CsvFormat
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.source import describe_source
from batch_processor.document.problem import Problem
from batch_processor.earlier_batch import EarlierBatch
from batch_processor.errors import InvalidConfiguration, InvalidCsv, SourceUnavailable
from batch_processor.extraction import stored_rules
from batch_processor.logs import logger, start_log
from batch_processor.permissions import Permissions
from batch_processor.plan import Surroundings, compile_plan, refuse_large
from batch_processor.registry import compatibility
from batch_processor.registry.resolution import Resolved, resolve
from batch_processor.settings import required


def handle(event: dict[str, Any], context: object) -> Plan:
    """Takes {input, execution: {id, name, started_at}}; returns the plan.

    Fails with InvalidConfiguration, which has the problems of the configuration, of its target as registered, of what it
    may use, of the batch that it goes on with, and of the CSV's header together; with SourceUnavailable or InvalidCsv
    where that is the only thing wrong.
    """
    batch = describe_batch(event["execution"])
    start_log(batch["name"])
    permissions = _permissions()
    bucket = permissions.data_bucket
    document, earlier, problems = earlier_batches.resolve(merge_config(event["input"], s3.read), batch, bucket)
    config, resolved, revision = _check(document, permissions, problems)
    problems += _name_problems(batch)
    source = _inspect(document, config, permissions, problems, keep_in=work_location(bucket, batch["key"]))
    if source:
        problems += _header_problems(document, config, resolved, Header(tuple(source["header"])))
    if problems or not config or not source:
        raise InvalidConfiguration(problems)
    plan = compile_plan(config, source, batch, Surroundings(bucket, permissions.topic_arn), revision)
    if earlier:
        plan = _go_on(earlier, plan, document)
    plan = stored_rules.hand_over(plan)
    refuse_large(plan)
    manifest.write_config(plan["work"], document)
    logger.info("Compiled the plan", extra={"target": plan["target"], "source": plan["source"]["uri"]})
    return plan


def _name_problems(batch: Batch) -> Iterator[Problem]:
    if batch["name"].startswith(ROW_BATCH_PREFIX):
        yield Problem(
            "",
            f"the execution is called {batch['name']}, and {ROW_BATCH_PREFIX} is what row batches are called, of whose "
            "failures nobody is told; start it under another name, or upload the config under another name",
        )


def _check(
    document: Any, permissions: Permissions, problems: list[Problem]
) -> tuple[BatchConfig | None, Resolved | None, str]:
    """The configuration, its target and the target's revision; what is wrong joins the problems."""
    try:
        config = parse(document)
    except InvalidConfiguration as exc:
        problems += exc.problems
        if names_target(document) and not any(problem.pointer.startswith(TARGET_POINTERS) for problem in exc.problems):
            # All problems at once: the target is looked up all the same.
            _resolve(document, problems)
        return None, None, ""
    resolved = _resolve(document, problems)
    if resolved:
        problems += compatibility.problems(document, config, resolved, DynamoDbRegistries.of_environment())
        config = compatibility.completed(config, resolved)
    if refused := list(permissions.problems(config)):
        problems += refused
        return config, resolved, ""
    target = _deployed(config.target)
    problems += _absences(config, target)
    return config, resolved, target.revision


def _resolve(document: Any, problems: list[Problem]) -> Resolved | None:
    """The target as the registries know it; why there is none joins the problems, once."""
    try:
        return resolve(request(document), DynamoDbRegistries.of_environment())
    except InvalidConfiguration as exc:
        problems += (problem for problem in exc.problems if problem not in problems)
    return None


def _deployed(target: Target) -> Deployed:
    if not target.arn:
        return Deployed(None)
    return look_at_target("agent" if target.is_state_machine else "tool", target.arn)


def _header_problems(
    document: Any, config: BatchConfig | None, resolved: Resolved | None, header: Header
) -> Iterator[Problem]:
    if not config or not resolved:
        yield from header_problems(document, header)
        return
    registered = [] if gives_columns(document.get("output_mapping", {})) else config.output.columns
    yield from header_problems(document, header, [column.name for column in registered])
    yield from compatibility.absent_inputs(config, resolved, header)


def _absences(config: BatchConfig, target: Deployed) -> Iterator[Problem]:
    """What the batch may use, but is not there."""
    if target.fault:
        yield Problem("/target", target.fault)
    prefix = config.output_prefix
    if prefix and not s3.bucket_exists(prefix.bucket):
        yield Problem("/output_s3_prefix", f"there is no bucket {prefix.bucket}, or the stack may not see it")


def _go_on(earlier: EarlierBatch, plan: Plan, document: Any) -> Plan:
    if changes := list(earlier.changes(plan, document)):
        raise InvalidConfiguration(changes)
    earlier_batches.claim(earlier, plan["batch"], plan["work"]["bucket"])
    return earlier.continued(plan)


def _inspect(
    document: Any, config: BatchConfig | None, permissions: Permissions, problems: list[Problem], keep_in: Location
) -> Source | None:
    """The CSV, if it can be found; what is wrong with it joins the other problems, or is raised if there are none."""
    uri = config.csv if config else csv_uri(document)
    csv_format = config.csv_format if config else CsvFormat()
    if not uri or not permissions.may_read(uri.bucket):
        return None
    try:
        pinned = s3.pin(uri.bucket, uri.key)
        # Without versions nothing keeps the object from being replaced before the output is written.
        kept = pinned if pinned.version_id else s3.copy(pinned, keep_in["bucket"], source_key(keep_in))
        return describe_source(pinned.uri, kept, csv_format)
    except (SourceUnavailable, InvalidCsv) as exc:
        if not problems:
            raise
        problems.append(Problem(csv_pointer(document), str(exc)))
        return None


def _permissions() -> Permissions:
    return Permissions(
        agent_arns=required("AGENT_ARN_PATTERN"),
        tool_arns=required("TOOL_ARN_PATTERN"),
        topic_arns=required("TOPIC_ARN_PATTERN"),
        input_buckets=required("INPUT_BUCKET_PATTERN"),
        output_buckets=required("OUTPUT_BUCKET_PATTERN"),
        data_bucket=required("DATA_BUCKET"),
        topic_arn=required("TOPIC_ARN"),
    )
