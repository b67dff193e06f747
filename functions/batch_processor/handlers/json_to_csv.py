"""JsonToCsv: the results of somebody's own Distributed Map become the CSV that the batch processor would have written."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from batch_processor.aws import s3
from batch_processor.aws.map_results import OriginalCsv, open_csv, read_manifest, read_results
from batch_processor.aws.map_results_output import describe_output, publish, summarize, write_summary
from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration, InvalidCsv, SourceUnavailable
from batch_processor.logs import logger, start_log
from batch_processor.map_manifest import Manifest
from batch_processor.map_results import ResultReader
from batch_processor.map_results_document import parse_request
from batch_processor.map_results_request import MapResultsRequest
from batch_processor.map_rows import MapRows
from batch_processor.row_spool import RowSpool
from batch_processor.settings import required

_Found = TypeVar("_Found")
_OWN_FOLDERS = {"configs": "is where every new object starts a batch", "work": "is cleared from time to time"}


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes the request that docs/json-to-csv.md describes; returns the summary, which has csv_location.

    Fails with InvalidConfiguration, which has the problems of the request, of the results and of the CSV together.
    """
    started_at = datetime.now(UTC)
    request = parse_request(event)
    start_log(str(request.manifest))
    manifest, csv = _open(event, request)
    output = describe_output(request, manifest, csv, required("DATA_BUCKET"))
    wants_rows = request.places.input_row is not None or (request.output.include_original and not csv)
    with RowSpool() as spool:
        rows = MapRows(request, ResultReader(output, request.places, with_cells=wants_rows), spool)
        read_results(manifest, rows)
        problems = list(rows.problems(csv.row_count if csv else None))
        _refuse(problems if csv else [*problems, *header_problems(event, Header(tuple(rows.columns)))])
        tally = publish(rows, manifest, csv, output)
    summary = summarize(request, manifest, csv, output, tally, started_at)
    write_summary(output, summary)
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary


def _open(event: dict[str, Any], request: MapResultsRequest) -> tuple[Manifest, OriginalCsv | None]:
    problems = list(_output_problems(request))
    manifest = _found("/results", lambda: read_manifest(request.manifest), problems)
    uri = request.csv
    csv = _found("/csv_s3_uri", lambda: open_csv(uri, request.csv_format), problems) if uri else None
    if csv:
        problems += header_problems(event, Header(tuple(csv.header)))
    _refuse(problems)
    assert manifest
    return manifest, csv


def _output_problems(request: MapResultsRequest) -> Iterator[Problem]:
    prefix = request.output_prefix
    if not prefix:
        return
    folder = prefix.key.partition("/")[0]
    if prefix.bucket == required("DATA_BUCKET") and folder in _OWN_FOLDERS:
        yield Problem("/output_s3_prefix", f"{folder}/ {_OWN_FOLDERS[folder]}; choose another prefix")
    elif not s3.bucket_exists(prefix.bucket):
        yield Problem("/output_s3_prefix", f"there is no bucket {prefix.bucket}, or the stack may not see it")


def _found(pointer: str, look: Callable[[], _Found], problems: list[Problem]) -> _Found | None:
    """What is found; why it is not joins the problems."""
    try:
        return look()
    except (SourceUnavailable, InvalidCsv, ValueError) as exc:
        problems.append(Problem(pointer, str(exc)))
        return None


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidConfiguration(problems)
