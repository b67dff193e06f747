"""StartBatch: one execution for one config object, however often S3 tells of it."""

from dataclasses import dataclass
from typing import Any

from batch_processor.aws import step_functions
from batch_processor.batch import uploaded_config
from batch_processor.batch.trigger import execution_input, execution_name, fresh_execution_name, is_folder
from batch_processor.logs import logger, start_log
from batch_processor.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """`state_machine_arn` is that of the machine that batches are executions of."""

    state_machine_arn: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes EventBridge's `Object Created` event of S3; returns the execution's name and whether it was started.

    What cannot be read as a config starts a batch all the same, which then fails with the reason.
    If an execution that was given something else has the name, another one is taken, which nobody can know before.
    """
    detail, machine = event["detail"], read(Settings).state_machine_arn
    name = execution_name(detail)
    start_log(name)
    if is_folder(detail):
        logger.info("An empty object with a folder's name starts nothing")
        return {"execution_name": None, "started": False}
    document = uploaded_config.read(detail)
    if document is not None and uploaded_config.is_for_later(document):
        logger.info("A config that names no CSV starts nothing; it waits for an execution whose input names one")
        return {"execution_name": None, "started": False}
    given = execution_input(detail)
    started = step_functions.start_execution(machine, name, given)
    if not started and _was_given_other(machine, name, given):
        logger.warning("An execution that this config object did not start has its name; it gets another one")
        name = fresh_execution_name(detail)
        started = step_functions.start_execution(machine, name, given)
    logger.info("Started the batch" if started else "This config object was processed before; started nothing")
    return {"execution_name": name, "started": started}


def _was_given_other(machine_arn: str, name: str, given: str) -> bool:
    # As texts: what somebody else gave may be nothing that can be read.
    other = step_functions.input_of(f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}")
    return other is not None and other != given
