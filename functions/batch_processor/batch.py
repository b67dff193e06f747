"""What a batch is called by: the folder it works in, its row batches, and the executions of its agents."""

import hashlib
from collections.abc import Mapping

from batch_processor.contract import Batch

# With "-<row>-<attempt>" behind it, the name of an agent's execution stays within 80 characters.
_KEY_NAME_CHARACTERS = 44
_KEY_DIGEST_CHARACTERS = 8


def batch_key(execution_arn: str) -> str:
    """What the folder and the executions of a batch are named by: its name, cut, and a digest of the whole ARN."""
    return _key(execution_arn, execution_arn)


def describe_batch(execution: Mapping[str, str]) -> Batch:
    """The batch of an execution {id, name, started_at}."""
    arn, started_at = execution["id"], execution["started_at"]
    return Batch(
        id=arn,
        name=execution["name"],
        key=batch_key(arn),
        # An ARN comes back when the stack is deployed anew; the agents that answered under it are still to be found then.
        origin_key=_key(arn, f"{arn} {started_at}"),
        started_at=started_at,
    )


def _key(execution_arn: str, identity: str) -> str:
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_KEY_DIGEST_CHARACTERS]
    return f"{execution_arn.rpartition(':')[2][:_KEY_NAME_CHARACTERS]}-{digest}"
