"""Takes over batches that were cut short, so that no answer of theirs is asked, and paid, for again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from batch_processor.aws import parts
from batch_processor.aws.answer_rules import with_answer_rules
from batch_processor.aws.settlement import Settlement
from batch_processor.aws.step_functions import executions_since, history
from batch_processor.batch import ROW_BATCH_PREFIX
from batch_processor.contract import Plan, RowRange
from batch_processor.errors import StorageUnavailable
from batch_processor.logs import logger
from batch_processor.salvage import Salvage

_ENDED_BADLY = ("ABORTED", "FAILED", "TIMED_OUT")


def take_over(plan: Plan, execution_arn: str) -> None:
    """Stores, for the batch of the plan, the answers that only the history of an earlier one's execution has.

    Of a large batch these are the histories of the row batches that did not get to their part of the CSV.
    StorageUnavailable while one of them runs: Step Functions stops them after the batch, and only if it can.
    """
    earlier = _read(execution_arn)
    # Step Functions forgets an execution after 90 days.
    if not earlier.plan or not earlier.loaded:
        return
    if earlier.loaded["map_mode"] == "distributed":
        for row_batch in list(_row_batches_without_part(earlier.plan)):
            take_over_rows(plan, row_batch)
    else:
        _keep(plan, earlier, execution_arn)


def take_over_rows(plan: Plan, execution_arn: str) -> None:
    """The same for one execution's own rows, which are those of a row batch or of a small batch."""
    _keep(plan, _read(execution_arn), execution_arn)


def _read(execution_arn: str) -> Salvage:
    salvage = Salvage()
    salvage.read(history(execution_arn, if_any=True))
    return salvage


def _keep(plan: Plan, salvage: Salvage, execution_arn: str) -> None:
    if not salvage.plan or not salvage.loaded:
        return
    if not salvage.over:
        raise StorageUnavailable(f"The history of {execution_arn} does not have its end yet.")
    if not salvage.ended:
        return  # it has seen to its answers itself
    salvage.plan["output"] = with_answer_rules(salvage.plan["output"])
    # They are kept as long as what the batch of the plan stores itself, and from now on.
    as_now = {"as_of": plan["batch"]["started_at"], "ttl_seconds": plan["storage"]["ttl_seconds"]}
    store: Any = {**salvage.loaded["storage"], **as_now}
    rows = salvage.loaded.get("row_batch", RowRange(first=1, last=salvage.loaded["row_count"]))
    found = salvage.row_results(salvage.ended)
    Settlement(salvage.plan, {**salvage.loaded, "storage": store}, rows, found).keep_all()
    logger.info("Took over", extra={"execution": execution_arn, "results": len(found)})


def _row_batches_without_part(earlier: Plan) -> Iterator[str]:
    batch = earlier["batch"]
    like = f"{batch['id'].rpartition(':')[0]}:{ROW_BATCH_PREFIX}{batch['key']}-"
    began = datetime.fromisoformat(batch["started_at"])
    if running := next(executions_since(began, like, "RUNNING"), None):
        raise StorageUnavailable(
            f"Row batches of the batch {batch['name']} still run, such as {running}. Wait for their end, or stop them."
        )
    written = {rows["first"] for rows in parts.written(earlier["work"])}
    for status in _ENDED_BADLY:
        for arn in executions_since(began, like, status):
            first, _, _ = arn.removeprefix(like).partition("-")
            if int(first) not in written:
                yield arn
