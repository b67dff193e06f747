"""ExtractStructuredOutput: a target's answer becomes the row's new cells."""

import json
from typing import Any

from batch_processor.contract import RowResult
from batch_processor.logs import logger, start_log
from batch_processor.structured_output import extract_cells


def handle(event: dict[str, Any], context: object) -> RowResult:
    """Takes {batch, index, answer, output, result_bytes, spill, log_level}; returns the row's result.

    An answer beyond the row's share of the results payload is put into S3 and marked as spilled.
    """
    start_log(event["batch"], event["log_level"])
    logger.debug("Extracting", extra={"row": event["index"], "answer": event["answer"]})
    cells = extract_cells(event["answer"], event["output"])
    result: RowResult = {"index": event["index"], "status": "SUCCESS", "cells": cells}
    if len(json.dumps(result, ensure_ascii=False).encode()) <= event["result_bytes"]:
        return result
    from batch_processor.aws import spill  # boto3 only where a row needs it: this runs once for every row

    spill.put_cells(event["spill"], event["index"], cells)
    return {"index": event["index"], "status": "SUCCESS", "spilled": True}
