"""LoadCSVData: the pinned CSV becomes the rows that the machine works on, in its payload or in S3."""

from dataclasses import dataclass
from typing import Any

from batch_processor.batch import manifest, recording
from batch_processor.contract import Loaded, LoadedRow, Plan, RowRange
from batch_processor.contract.number import START_ONCE_MORE, go_on_with, number_of, refuse_unlike
from batch_processor.csv_file.source import csv_input
from batch_processor.deadline import Deadline, deadline_of
from batch_processor.errors import BatchAtWork, BatchTooLarge
from batch_processor.loading.duplicates import RowInputs
from batch_processor.loading.first_rows import without_duplicates, write_first_rows
from batch_processor.loading.inline_rows import load_rows
from batch_processor.loading.map_mode import only_inline
from batch_processor.loading.row_files import KeptOriginals, write_rows
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines, RowsFound
from batch_processor.loading.sizing import distributed_loaded, most_line_bytes
from batch_processor.loading.tier import wants_express
from batch_processor.logs import logger, start_log
from batch_processor.output.counting import expected_cost
from batch_processor.results import results_table
from batch_processor.resumption.remaining_rows import remaining_rows
from batch_processor.settings import read

_OUT_OF_TIME = (
    "Reading the CSV takes longer than a function may run. Nothing was called, and nothing is owed. Split the file."
)
_NOT_COLLECTED = (
    "Finding what the Express children have left takes longer than a function may run. Every answer is kept: resume the batch, "
    "with execution_tier standard."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`row_batch_machine_arn` is the machine that runs the row batches of large batches."""

    row_batch_machine_arn: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, given}; returns {rows, loaded}, or fails with InvalidCsv or BatchTooLarge before anything is paid for.

    BatchAtWork if the machine is to wait first, as the plan says, before the batch goes on with an earlier one.

    `given` is empty, or {rows, loaded} of a row batch or an Express child that may have answers already, with `again`, the
    execution before this one, if a row batch is run once more. Behind the Express children it is {unfinished, loaded}: then
    what they have left is found. The rows of a large batch go to S3.
    """
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    is_row_batch = "rows" in event["given"]
    if is_row_batch:
        refuse_unlike(number_of(plan), go_on_with(plan["batch"]["name"]))
        rows, loaded = _again(plan, **event["given"])
    elif "unfinished" in event["given"]:
        # Imported where it is used: no other batch needs it.
        from batch_processor.loading.unfinished_rows import collect
        from batch_processor.results import unstored_answers

        refuse_unlike(number_of(plan), go_on_with(plan["batch"]["name"]))
        rows, loaded = [], collect(plan, event["given"]["loaded"], deadline_of(context, _NOT_COLLECTED))
        if loaded.get("fan_out", {}).get("is_rest"):  # the row batches find there what they need not call
            unstored_answers.store_all(plan, loaded)
    else:
        _refuse_early(plan)
        with recording.refusals(plan["batch"]):
            refuse_unlike(number_of(plan), START_ONCE_MORE)
            rows, loaded = _load(plan, deadline_of(context, _OUT_OF_TIME))
        recording.loaded(plan, loaded, expected_cost(plan, loaded, rows))
    logger.info("Loaded the rows", extra={"loaded": loaded})
    return {"rows": rows, "loaded": loaded}


def _refuse_early(plan: Plan) -> None:
    """BatchAtWork where the machine is to wait first: rows that are being called would be called, and paid for, twice."""
    if "earlier" in plan and (seconds := plan["earlier"].get("wait_seconds")):
        raise BatchAtWork(
            f"Express children of the batch {plan['earlier']['batch']} may still call rows and store answers: they end within "
            f"five minutes of their batch, which nobody can hasten. Go on with it in {seconds} s."
        )


def _load(plan: Plan, deadline: Deadline) -> tuple[list[LoadedRow], Loaded]:
    rows, loaded = _load_inline(plan) or ([], _distribute(plan, deadline))
    if "earlier" in plan:
        # Imported where it is used: it needs the modules that read answers, which no other batch needs here.
        from batch_processor.resumption.last_run import salvage_runs

        salvage_runs(plan, loaded["storage"], read(Settings).row_batch_machine_arn, deadline)
    if rows and plan.keys() & {"earlier", "cache"}:  # row batches find out by themselves
        rows = _remaining(plan, rows, loaded, RowRange(first=rows[0]["index"], last=rows[-1]["index"]))
    manifest.write(plan, loaded)
    return rows, loaded


def _load_inline(plan: Plan) -> tuple[list[LoadedRow], Loaded] | None:
    if plan["map_mode"] == "distributed" or wants_express(plan):
        return None
    try:
        with KeptOriginals(plan["work"]) as originals:
            rows, loaded = load_rows(csv_input(plan), plan, originals.add)
            originals.publish()
    except BatchTooLarge:
        if only_inline(plan):
            raise
        return None
    loaded["originals_kept"] = True
    return without_duplicates(plan, rows, loaded) if plan.get("deduplicate") else (rows, loaded)


def _distribute(plan: Plan, deadline: Deadline) -> Loaded:
    lines = RowLines(csv_input(plan), plan, RowFitness(plan, most_line_bytes(plan)))
    if not plan.get("deduplicate"):
        return distributed_loaded(plan, write_rows(lines, plan["work"], deadline))
    with RowInputs() as inputs:
        found = write_rows(lines, plan["work"], deadline, inputs.add)
        duplicates, line_bytes = write_first_rows(plan["work"], inputs, deadline)
    return distributed_loaded(plan, found, RowsFound(found.row_count - duplicates, line_bytes) if duplicates else None)


def _again(
    plan: Plan, rows: list[LoadedRow], loaded: Loaded, again: str | None = None
) -> tuple[list[LoadedRow], Loaded]:
    row_batch = loaded.get("row_batch") or RowRange(first=rows[0]["index"], last=rows[-1]["index"])
    loaded = {**loaded, "row_batch": row_batch}
    if loaded.get("tier") == "express" and not again:
        # Imported where it is used: no row batch of the Standard tier needs it.
        from batch_processor.output.express_rows import failed_for_good

        failed = failed_for_good(plan, loaded, [row["index"] for row in rows])
        rows = [row for row in rows if row["index"] not in failed]
    while again:
        from batch_processor.resumption.last_run import salvage_row_batch

        again = salvage_row_batch(plan, loaded["storage"], again, plan, loaded)
    return _remaining(plan, rows, loaded, row_batch), loaded


def _remaining(plan: Plan, rows: list[LoadedRow], loaded: Loaded, row_range: RowRange) -> list[LoadedRow]:
    earlier = plan["earlier"]["rows"] if "earlier" in plan else []
    store = loaded["storage"]
    remaining = remaining_rows(rows, results_table.answered(store, plan["output"], row_range, earlier), plan)
    if "cache" not in plan:
        return remaining
    # Imported where it is used: few batches share their answers.
    from batch_processor.results.answer_cache import recall

    # A row whose answer was paid for, and is looked for once more, has an attempt.
    recalled = recall(plan, store, [row for row in remaining if not row.keys() & {"problem", "attempt"}])
    return [row for row in remaining if row["index"] not in recalled]
