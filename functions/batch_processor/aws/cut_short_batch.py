"""Takes over a batch that was cut short, so that no finished row of it is asked, and paid, for again."""

from batch_processor.aws.answer_rules import with_answer_rules
from batch_processor.aws.settlement import Settlement
from batch_processor.aws.step_functions import history, running_executions
from batch_processor.batch import ROW_BATCH_PREFIX, batch_key
from batch_processor.contract import RowRange
from batch_processor.errors import StorageUnavailable
from batch_processor.logs import logger
from batch_processor.salvage import Salvage


def take_over(execution_arn: str) -> None:
    """Stores the answers that only the history of the batch's execution has.

    SalvageAnswers does so too, but an event may call it long after. StorageUnavailable while row batches of it still
    run, which Step Functions stops after the batch, and only if it can.
    """
    if running := next(running_executions(execution_arn, f"{ROW_BATCH_PREFIX}{batch_key(execution_arn)}-"), None):
        raise StorageUnavailable(
            f"Row batches of {execution_arn} still run, such as {running}. Wait for their end, or stop them."
        )
    salvage = Salvage()
    salvage.read(history(execution_arn, if_any=True))
    # Row batches store each row themselves. Step Functions forgets an execution after 90 days.
    if not salvage.plan or not salvage.loaded or salvage.loaded["map_mode"] == "distributed":
        return
    if not salvage.ended:
        raise StorageUnavailable(f"The history of {execution_arn} does not have its end yet.")
    salvage.plan["output"] = with_answer_rules(salvage.plan["output"])
    found = salvage.row_results(salvage.ended)
    rows = RowRange(first=1, last=salvage.loaded["row_count"])
    Settlement(salvage.plan, salvage.loaded, rows, found).keep_all()
    logger.info("Took the earlier batch over", extra={"execution": execution_arn, "results": len(found)})
