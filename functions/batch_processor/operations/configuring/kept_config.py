"""Shows the configuration that a batch was given, and what its plan made of it."""

from typing import Any, NotRequired, TypedDict

from batch_processor.batch import manifest
from batch_processor.errors import UnknownBatch
from batch_processor.operations.deployment import Deployment


class PlannedBatch(TypedDict):
    """What the plan has: the target as it was found, the version of the CSV that was pinned, and where the output goes."""

    target: dict[str, Any]
    source: dict[str, Any]
    output_uri: str
    map_mode: str
    max_rows: NotRequired[int]


class KeptConfig(TypedDict):
    """The answer of show_batch_config; without `planned` the batch has not come to its rows."""

    batch: str
    execution_arn: str
    config: dict[str, Any]
    planned: NotRequired[PlannedBatch]


def show_batch_config(execution_arn: str, deployment: Deployment) -> KeptConfig:
    """The configuration as it was given, with the keys of the files that it named; UnknownBatch if nothing is left of it."""
    config = manifest.read_config(deployment.data_bucket, execution_arn)
    left = manifest.read_if_readable(deployment.data_bucket, execution_arn)
    name = execution_arn.rpartition(":")[2]
    if config is None:
        raise UnknownBatch(
            f"Nothing is left of the configuration of {name}: it was refused, or its work folder has been removed since "
            "(WorkFolderDays, or `batchctl erase`)"
        )
    kept = KeptConfig(batch=name, execution_arn=execution_arn, config=config)
    if left:
        plan = left["plan"]
        planned = PlannedBatch(
            target=dict(plan["target"]),
            source=dict(plan["source"]),
            output_uri=f"s3://{plan['output']['bucket']}/{plan['output']['key']}",
            map_mode=left["loaded"]["map_mode"],
        )
        if "max_rows" in plan:
            planned["max_rows"] = plan["max_rows"]
        kept["planned"] = planned
    return kept
