"""Opens what a request for a Map Run's CSV names, and tells all that is wrong with it at once."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from batch_processor.aws import s3
from batch_processor.batch.own_bucket import csv_refusal, output_refusal
from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import S3Uri
from batch_processor.errors import InvalidConfiguration, InvalidCsv, SourceUnavailable
from batch_processor.map_run.manifest import Manifest
from batch_processor.map_run.request import MapResultsRequest
from batch_processor.map_run.result_files import OriginalCsv, open_csv, read_manifest

_Opened = TypeVar("_Opened")


def open_named(
    event: dict[str, Any], request: MapResultsRequest, data_bucket: str
) -> tuple[Manifest, OriginalCsv | None]:
    """The manifest, and the CSV if the request names one; InvalidConfiguration has all that is wrong with them.

    `event` is the request as it was written.
    """
    problems = list(_output_problems(request, data_bucket))
    output_stays = request.output_prefix is None or request.output_prefix.bucket == data_bucket

    def readable(uri: S3Uri) -> S3Uri:
        if uri.bucket == data_bucket and (refusal := csv_refusal(uri, output_stays=output_stays)):
            raise ValueError(f"{uri}: {refusal}")
        return uri

    def read_listed() -> Manifest:
        manifest = read_manifest(readable(request.manifest))
        for file in manifest.files:
            readable(S3Uri(file.bucket, file.key))
        return manifest

    manifest = _opened("/results", read_listed, problems)
    uri = request.csv
    csv = _opened("/csv_s3_uri", lambda: open_csv(readable(uri), request.csv_format), problems) if uri else None
    if csv:
        problems += header_problems(event, Header(tuple(csv.header)))
    refuse(problems)
    assert manifest
    return manifest, csv


def refuse(problems: list[Problem]) -> None:
    """Raises InvalidConfiguration with the problems, if there are any."""
    if problems:
        raise InvalidConfiguration(problems)


def _output_problems(request: MapResultsRequest, data_bucket: str) -> Iterator[Problem]:
    prefix = request.output_prefix
    if not prefix:
        return
    if prefix.bucket == data_bucket:
        if refusal := output_refusal(prefix):
            yield Problem("/output_s3_prefix", refusal)
    elif not s3.bucket_exists(prefix.bucket):
        yield Problem("/output_s3_prefix", f"there is no bucket {prefix.bucket}, or the stack may not see it")


def _opened(pointer: str, look: Callable[[], _Opened], problems: list[Problem]) -> _Opened | None:
    """What `look` returns; if it fails, None, and the reason is added to `problems`."""
    try:
        return look()
    except (SourceUnavailable, InvalidCsv, ValueError) as exc:
        problems.append(Problem(pointer, str(exc)))
        return None
