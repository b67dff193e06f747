"""What a batch is called by: the folder it works in, its row batches, and the executions of its agents."""

import hashlib
from collections.abc import Mapping

from batch_processor.contract import Batch

# What the names of row batches began with before there was a machine for them: they were the batch machine's then.
FORMER_ROW_BATCH_PREFIX = "row-batch-"

# What the name of a batch's partial CSV has behind the batch's name.
PARTIAL = ".partial"

# 128 bits, so that nobody finds a name whose digest is another's. With "-<row>-<attempt>-<run>" behind it, 21 characters
# more, the name of an agent's execution stays within 80.
_KEY_NAME_CHARACTERS = 25
_KEY_DIGEST_CHARACTERS = 32
# As keys of batches were that began before.
_FORMER_KEY_NAME_CHARACTERS = 44
_FORMER_KEY_DIGEST_CHARACTERS = 8


def batch_key(execution_arn: str) -> str:
    """The key in the names of a batch's folder and row batches: its name, cut, and a digest of its execution's ARN."""
    return _key(execution_arn, execution_arn)


def former_batch_key(execution_arn: str) -> str:
    """The key that a batch has which began when digests were shorter."""
    digest = _digest(execution_arn)[:_FORMER_KEY_DIGEST_CHARACTERS]
    return f"{execution_arn.rpartition(':')[2][:_FORMER_KEY_NAME_CHARACTERS]}-{digest}"


def describe_batch(execution: Mapping[str, str]) -> Batch:
    """The batch of an execution {id, name, started_at}."""
    arn, started_at = execution["id"], execution["started_at"]
    return Batch(
        id=arn,
        name=execution["name"],
        key=batch_key(arn),
        origin_key=_origin_key(arn, started_at),
        started_at=started_at,
    )


def is_row_batch(execution_arn: str, row_batch_machine_arn: str) -> bool:
    """Whether the execution is one of the row batch machine, which only the batch machine starts."""
    return execution_arn.startswith(f"{_executions(row_batch_machine_arn)}:")


def row_batch_prefixes(batch: Batch, row_batch_machine_arn: str) -> list[str]:
    """What the ARNs of a batch's row batches begin with, up to the first row; the second if it began long ago.

    Of a batch whose key is as they are now, no row batch was an execution of the batch machine, which anybody may give one
    of such a name: nobody's batch would begin while it runs.
    """
    prefixes = [f"{_executions(row_batch_machine_arn)}:{batch['key']}-"]
    if batch["key"] != batch_key(batch["id"]):
        batch_machine = batch["id"].rpartition(":")[0]
        prefixes.append(f"{batch_machine}:{FORMER_ROW_BATCH_PREFIX}{batch['key']}-")
    return prefixes


def _executions(machine_arn: str) -> str:
    return machine_arn.replace(":stateMachine:", ":execution:")


def has_own_origin(batch: Batch) -> bool:
    """Whether the batch names its agent executions itself, and not as the batch that it resumes has named them."""
    return batch["origin_key"] == _origin_key(batch["id"], batch["started_at"])


def _origin_key(execution_arn: str, started_at: str) -> str:
    # A stack that is deployed anew has the same ARNs, and agents that answered under the old one are still to be found:
    # the start tells them apart.
    return _key(execution_arn, f"{execution_arn} {started_at}")


def _key(execution_arn: str, identity: str) -> str:
    return f"{execution_arn.rpartition(':')[2][:_KEY_NAME_CHARACTERS]}-{_digest(identity)[:_KEY_DIGEST_CHARACTERS]}"


def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
