"""Finds the batch that somebody means: by its name, its execution's ARN, or a beginning that no other name has."""

from itertools import islice

from batch_processor.aws import s3, step_functions
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.errors import UnknownBatch
from batch_processor.operations.deployment import Deployment

_SHOWN = 10


def named_batch(text: str, deployment: Deployment) -> str:
    """The ARN of the batch's execution; UnknownBatch if there is none, or several, or another machine's.

    An ARN is taken as it is: Step Functions forgets executions after 90 days, and what they left may be there still.
    """
    if text.startswith("arn:"):
        if text.rpartition(":")[0] != deployment.execution_arn("").rpartition(":")[0] or text.endswith(":"):
            raise UnknownBatch(f"{text} is no batch of this stack; its batches are {deployment.execution_arn('NAME')}")
        return text
    exact = deployment.execution_arn(text)
    if not text or step_functions.status_of(exact) is not None or _has_folder(exact, deployment):
        return _refuse_empty(text, exact)
    found = list(islice(step_functions.named_like(deployment.machine_arn, text), _SHOWN + 1))
    if len(found) == 1:
        return found[0]
    raise UnknownBatch(_several(text, found) if found else _none(text, exact))


def _refuse_empty(text: str, exact: str) -> str:
    if not text:
        raise UnknownBatch("No batch is named; give its name, its ARN, or the beginning of its name")
    return exact


def _has_folder(execution_arn: str, deployment: Deployment) -> bool:
    folder = work_location(deployment.data_bucket, batch_key(execution_arn))
    return next(s3.listed(folder["bucket"], folder["prefix"]), None) is not None


def _several(text: str, found: list[str]) -> str:
    names = [arn.rpartition(":")[2] for arn in found[:_SHOWN]]
    more = " and others" if len(found) > _SHOWN else ""
    return f"The names of several batches begin with {text}: {', '.join(names)}{more}; give more of it"


def _none(text: str, exact: str) -> str:
    return (
        f"No batch is called {text}, nor does the name of one begin so. Step Functions forgets batches after 90 days; for one "
        f"that is older, give its ARN: {exact}"
    )
