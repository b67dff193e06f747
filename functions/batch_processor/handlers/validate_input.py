"""ValidateInput: the configuration becomes the plan, or the list of all that is wrong with it."""

from typing import Any

from batch_processor.aws import s3
from batch_processor.config import BatchConfig, parse
from batch_processor.config.pointers import find_pointers
from batch_processor.contract import Plan, Source
from batch_processor.csv_input import SAMPLE_BYTES, CsvInput, detect_delimiter, detect_encoding
from batch_processor.errors import InvalidConfiguration, InvalidCsv
from batch_processor.execution_input import merge_config
from batch_processor.logs import logger, start_log
from batch_processor.permissions import Permissions
from batch_processor.plan import Surroundings, compile_plan, describe_batch
from batch_processor.settings import required


def handle(event: dict[str, Any], context: object) -> Plan:
    """Takes {input, execution: {id, name, started_at}}; returns the plan or fails with InvalidConfiguration or InvalidCsv."""
    batch = describe_batch(event["execution"])
    start_log(batch["name"])
    document = merge_config(event["input"], s3.read)
    config = parse(document)
    permissions = _permissions()
    if problems := list(permissions.problems(config)):
        raise InvalidConfiguration(problems)
    surroundings = Surroundings(permissions.data_bucket, permissions.topic_arn)
    plan = compile_plan(config, _inspect(config), batch, surroundings, find_pointers(document))
    logger.info("Compiled the plan", extra={"target": plan["target"], "source": plan["source"]["uri"]})
    return plan


def _inspect(config: BatchConfig) -> Source:
    """Pins the CSV, and finds out its encoding, its delimiter and its header."""
    pinned = s3.pin(config.csv.bucket, config.csv.key)
    sample = pinned.read_range(0, SAMPLE_BYTES)
    encoding = detect_encoding(sample, config.csv_format.encoding)
    declared = config.csv_format.delimiter
    delimiter = detect_delimiter(sample, encoding) if declared == "auto" else declared
    header = next(CsvInput(pinned.open, encoding, delimiter).records(), None)
    if header is None:
        raise InvalidCsv(f"{pinned.uri} is empty; the first line must be a header.")
    source = Source(
        uri=pinned.uri,
        bucket=pinned.bucket,
        key=pinned.key,
        etag=pinned.etag,
        size_bytes=pinned.size_bytes,
        encoding=encoding,
        delimiter=delimiter,
        header=header.cells,
    )
    if pinned.version_id:
        source["version_id"] = pinned.version_id
    return source


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
