"""Salvages the last run of an earlier batch, so that no answer of it is asked, and paid, for again."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from batch_processor.aws.step_functions import executions_since, history
from batch_processor.batch.names import row_batch_prefixes
from batch_processor.contract import Loaded, Plan, RowRange
from batch_processor.errors import StorageUnavailable
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.logs import logger
from batch_processor.results.salvage import Salvage
from batch_processor.results.settlement import Settlement
from batch_processor.resumption import kept_histories

_ENDED_BADLY = ("ABORTED", "FAILED", "TIMED_OUT")
# What follows the key in the name of a row batch: its first row, and digits if it ran again.
_ROW_BATCH = re.compile(r"\d+(-[0-9a-f]{6})?")


def salvage_last_run(plan: Plan, execution_arn: str, row_batch_machine_arn: str) -> None:
    """Stores, for the plan's batch, the answers that only the histories of an earlier run have.

    A large batch has them in the histories of row batches that did not succeed; those already salvaged stay so if the
    function runs out of time. StorageUnavailable while a row batch runs: Step Functions stops row batches after their
    batch, and not always.
    """
    earlier = _read(execution_arn, Salvage())
    # Step Functions forgets an execution after 90 days.
    if not earlier.plan or not earlier.loaded:
        return
    if earlier.loaded["map_mode"] == "distributed":
        for row_batch in list(_row_batches_to_read(earlier.plan, row_batch_machine_arn)):
            salvage_row_batch(plan, row_batch, earlier.plan, earlier.loaded)
    else:
        _keep(plan, earlier, execution_arn)


def salvage_row_batch(plan: Plan, execution_arn: str, earlier: Plan, loaded: Loaded) -> str | None:
    """Stores answers that only a row batch's history has; returns the ARN of the execution that it repeated, if any.

    `earlier` and `loaded` are its batch's: what the row batch's own input says of these is not relied on.
    """
    salvage = _read(execution_arn, Salvage(earlier, loaded, is_row_batch=True))
    _keep(plan, salvage, execution_arn)
    kept_histories.mark_salvaged(earlier["work"], execution_arn)
    return salvage.again


def _read(execution_arn: str, salvage: Salvage) -> Salvage:
    salvage.read(history(execution_arn, if_any=True))
    return salvage


def _keep(plan: Plan, salvage: Salvage, execution_arn: str) -> None:
    if not salvage.plan or not salvage.loaded:
        return
    if not salvage.over:
        raise StorageUnavailable(f"The history of {execution_arn} does not have its end yet.")
    if not salvage.ended:
        return  # it succeeded, and has stored its answers itself
    salvage.plan["output"] = with_answer_rules(salvage.plan["output"])
    # The answers are kept from now on, and as long as those that the plan's batch stores itself.
    as_now = {"as_of": plan["batch"]["started_at"], "ttl_seconds": plan["storage"]["ttl_seconds"]}
    store: Any = {**salvage.loaded["storage"], **as_now}
    rows = salvage.loaded.get("row_batch", RowRange(first=1, last=salvage.loaded["row_count"]))
    results = salvage.row_results(salvage.ended)
    Settlement(salvage.plan, {**salvage.loaded, "storage": store}, rows, results).keep_all()
    logger.info("Salvaged", extra={"execution": execution_arn, "results": len(results)})


def _row_batches_to_read(earlier: Plan, row_batch_machine_arn: str) -> Iterator[str]:
    name = earlier["batch"]["name"]
    if running := next(_row_batches(earlier, row_batch_machine_arn, "RUNNING"), None):
        raise StorageUnavailable(
            f"Row batches of the batch {name} still run, such as {running}. Wait for their end, or stop them."
        )
    salvaged = kept_histories.salvaged(earlier["work"])
    for status in _ENDED_BADLY:
        found = _row_batches(earlier, row_batch_machine_arn, status)
        yield from (arn for arn in found if arn.rpartition(":")[2] not in salvaged)


def _row_batches(earlier: Plan, row_batch_machine_arn: str, status: str) -> Iterator[str]:
    since = datetime.fromisoformat(earlier["batch"]["started_at"])
    for arn_prefix in row_batch_prefixes(earlier["batch"], row_batch_machine_arn):
        executions = executions_since(since, arn_prefix, status)
        yield from (arn for arn in executions if _ROW_BATCH.fullmatch(arn.removeprefix(arn_prefix)))
