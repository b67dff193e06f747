"""JsonToCsv: the results of somebody's own Distributed Map become the CSV that the batch processor would have written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from batch_processor.logs import logger, start_log
from batch_processor.map_run.opening import open_named, refuse
from batch_processor.map_run.output import describe_output, publish, summarize, write_summary
from batch_processor.map_run.request_document import parse_request
from batch_processor.map_run.result_files import read_results
from batch_processor.map_run.results import ResultReader
from batch_processor.map_run.row_spool import RowSpool
from batch_processor.map_run.rows import MapRows
from batch_processor.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """`data_bucket` is the stack's own, where the output goes by default."""

    data_bucket: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes the request that docs/json-to-csv.md describes; returns the summary, which has csv_location.

    Fails with InvalidConfiguration, which has the problems of the request, of the results and of the CSV together.
    """
    started_at = datetime.now(UTC)
    request = parse_request(event)
    start_log(str(request.manifest))
    data_bucket = read(Settings).data_bucket
    manifest, csv = open_named(event, request, data_bucket)
    output = describe_output(request, manifest, csv, data_bucket)
    wants_rows = request.places.input_row is not None or (request.output.include_original and not csv)
    with RowSpool() as spool:
        rows = MapRows(request, ResultReader(output, request.places, with_cells=wants_rows), spool)
        read_results(manifest, rows)
        problems = list(rows.problems(csv.row_count if csv else None))
        refuse(problems if csv else [*problems, *header_problems(event, Header(tuple(rows.columns)))])
        tally = publish(rows, manifest, csv, output)
    summary = summarize(request, manifest, csv, output, tally, started_at)
    write_summary(output, summary)
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary
