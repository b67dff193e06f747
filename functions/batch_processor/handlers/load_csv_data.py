"""LoadCSVData: the pinned CSV becomes the rows that the machine works on."""

from typing import Any

from batch_processor.aws.source import csv_input
from batch_processor.contract import Plan
from batch_processor.logs import logger, start_log
from batch_processor.row_loading import load_rows


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan}; returns {rows, loaded}, or fails with InvalidCsv or BatchTooLarge before anything is paid for."""
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    rows, loaded = load_rows(csv_input(plan), plan)
    logger.info("Loaded the CSV", extra={"loaded": loaded})
    return {"rows": rows, "loaded": loaded}
