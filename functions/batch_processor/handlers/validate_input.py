"""ValidateInput: the configuration becomes the plan, or the list of all that is wrong with it."""

from typing import Any

from batch_processor.batch import recording
from batch_processor.batch.names import describe_batch
from batch_processor.contract import Plan
from batch_processor.contract.number import START_ONCE_MORE, number_of, refuse_unlike
from batch_processor.logs import logger, start_log
from batch_processor.output.counting import beginning
from batch_processor.plan.caps import Caps
from batch_processor.plan.permissions import Permissions
from batch_processor.plan.validation import make_plan
from batch_processor.registry.tables import DynamoDbRegistries
from batch_processor.settings import read


def handle(event: dict[str, Any], context: object) -> Plan:
    """Takes {contract, input, execution: {id, name, started_at}}; returns the plan, or fails as `make_plan` does.

    `contract` is the definition's: StackUpdated if it is another one than this function makes plans of.
    """
    batch = describe_batch(event["execution"])
    start_log(batch["name"])
    recording.begin(batch)
    with recording.refusals(batch):
        refuse_unlike(number_of(event), START_ONCE_MORE)
        plan = make_plan(event["input"], batch, read(Permissions), read(Caps), DynamoDbRegistries.of_environment())
    recording.planned(plan, beginning(plan))
    logger.info("Compiled the plan", extra={"target": plan["target"], "source": plan["source"]["uri"]})
    return plan
