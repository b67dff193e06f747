"""Salvages the runs of earlier batches, so that no answer of theirs is asked, and paid, for again."""

import re
from collections.abc import Iterator
from datetime import datetime

from batch_processor.aws.step_functions import executions_since, history
from batch_processor.batch.names import row_batch_prefixes
from batch_processor.contract import Loaded, Location, Plan, RowRange, RowStore
from batch_processor.deadline import Deadline
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.logs import logger
from batch_processor.results.salvage import Salvage
from batch_processor.results.settlement import Settlement
from batch_processor.resumption import kept_histories
from batch_processor.resumption.fingerprint import fingerprint

_ENDED_BADLY = ("ABORTED", "FAILED", "TIMED_OUT")
# What follows the key in the name of a row batch: its first row, and digits if it ran again.
_ROW_BATCH = re.compile(r"\d+(-[0-9a-f]{6})?")


def salvage_runs(plan: Plan, store: RowStore, row_batch_machine_arn: str, deadline: Deadline) -> None:
    """Stores, for the plan's batch, the answers that only the histories of earlier runs have.

    A large batch has them in the histories of row batches that did not succeed. StorageUnavailable when the deadline is
    near: those already salvaged stay so, and another attempt goes on with the others. Also while a row batch of the named
    batch runs: Step Functions stops row batches after their batch, and not always. Nobody waits for those of others, nor
    fails because of them.
    """
    earlier = plan["earlier"]
    for execution_arn in earlier["runs"]:
        is_named = execution_arn.rpartition(":")[2] == earlier["batch"]
        if not is_named and deadline.is_near:
            logger.warning("No time to salvage", extra={"execution": execution_arn})
            continue
        try:
            _salvage_run(plan, store, execution_arn, row_batch_machine_arn, deadline)
        except BatchProcessorError:
            if is_named:
                raise
            logger.warning("Not salvaged", extra={"execution": execution_arn}, exc_info=True)


def _salvage_run(
    plan: Plan, store: RowStore, execution_arn: str, row_batch_machine_arn: str, deadline: Deadline
) -> None:
    earlier = _read(execution_arn, Salvage())
    # Step Functions forgets an execution after 90 days.
    if not earlier.plan or not earlier.loaded:
        return
    if earlier.loaded["map_mode"] == "distributed":
        for row_batch in list(_row_batches_to_read(earlier.plan, plan["work"], row_batch_machine_arn)):
            if deadline.is_near:
                raise StorageUnavailable(
                    f"The histories of {execution_arn} take longer to read than a function may run."
                )
            salvage_row_batch(plan, store, row_batch, earlier.plan, earlier.loaded)
    else:
        _keep(plan, store, earlier, execution_arn)


def salvage_row_batch(plan: Plan, store: RowStore, execution_arn: str, earlier: Plan, loaded: Loaded) -> str | None:
    """Stores answers that only a row batch's history has; returns the ARN of the execution that it repeated, if any.

    `earlier` and `loaded` are its batch's: what the row batch's own input says of these is not relied on.
    """
    salvage = _read(execution_arn, Salvage(earlier, loaded, is_row_batch=True))
    _keep(plan, store, salvage, execution_arn)
    kept_histories.mark_salvaged(plan["work"], execution_arn)
    return salvage.again


def _read(execution_arn: str, salvage: Salvage) -> Salvage:
    salvage.read(history(execution_arn, if_any=True))
    return salvage


def _keep(plan: Plan, store: RowStore, salvage: Salvage, execution_arn: str) -> None:
    if not salvage.plan or not salvage.loaded:
        return
    if not salvage.over:
        raise StorageUnavailable(f"The history of {execution_arn} does not have its end yet.")
    if not salvage.ended:
        return  # it succeeded, and has stored its answers itself
    made_by = fingerprint(salvage.plan)
    salvage.plan = {**salvage.plan, "output": with_answer_rules(salvage.plan["output"])}
    # They are the plan's batch's from now on, and kept as long as those that it makes itself.
    loaded: Loaded = {**salvage.loaded, "storage": {**store, "fingerprint": made_by}}
    rows = salvage.loaded.get("row_batch", RowRange(first=1, last=salvage.loaded["row_count"]))
    results = salvage.row_results(salvage.ended)
    Settlement(salvage.plan, loaded, rows, results).keep_all(plan["work"])
    logger.info("Salvaged", extra={"execution": execution_arn, "results": len(results)})


def _row_batches_to_read(earlier: Plan, work: Location, row_batch_machine_arn: str) -> Iterator[str]:
    name = earlier["batch"]["name"]
    if running := next(_row_batches(earlier, row_batch_machine_arn, "RUNNING"), None):
        raise StorageUnavailable(
            f"Row batches of the batch {name} still run, such as {running}. Wait for their end, or stop them."
        )
    # By the earlier batch itself, or by this one before it was broken off.
    salvaged = kept_histories.salvaged(earlier["work"]) | kept_histories.salvaged(work)
    for status in _ENDED_BADLY:
        found = _row_batches(earlier, row_batch_machine_arn, status)
        yield from (arn for arn in found if arn.rpartition(":")[2] not in salvaged)


def _row_batches(earlier: Plan, row_batch_machine_arn: str, status: str) -> Iterator[str]:
    since = datetime.fromisoformat(earlier["batch"]["started_at"])
    for arn_prefix in row_batch_prefixes(earlier["batch"], row_batch_machine_arn):
        executions = executions_since(since, arn_prefix, status)
        yield from (arn for arn in executions if _ROW_BATCH.fullmatch(arn.removeprefix(arn_prefix)))
