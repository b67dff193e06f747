"""What is known of a batch, whatever is left of it: by its manifest, its execution, or its name alone."""

import json
from dataclasses import dataclass
from typing import Any

from batch_processor.aws import s3, step_functions
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key, describe_batch
from batch_processor.batch.work_folder import manifest_key, work_location
from batch_processor.config.execution_input import merge_config
from batch_processor.config.locations import is_object_uri
from batch_processor.contract import Batch, Loaded, Location, Plan
from batch_processor.document.s3_uri import S3Uri, object_uri
from batch_processor.errors import BatchProcessorError
from batch_processor.operations.deployment import Deployment
from batch_processor.results.salvage import Salvage
from batch_processor.resumption.earlier_batch import is_running


@dataclass(frozen=True, slots=True)
class Traces:
    """A batch that may have been erased before. `state` is None once Step Functions has forgotten its execution.

    Without a plan it has come to no row, or all that could tell its plan is gone. `has_manifest` tells whether its work folder
    is still there. `config` and `csv` are the objects that it was given.
    """

    execution_arn: str
    state: step_functions.State | None
    plan: Plan | None
    loaded: Loaded | None
    has_manifest: bool
    config: S3Uri | None
    csv: S3Uri | None

    @property
    def name(self) -> str:
        return self.execution_arn.rpartition(":")[2]

    @property
    def batch(self) -> Batch:
        """The batch, as its plan has it if there is one."""
        if self.plan:
            return self.plan["batch"]
        return describe_batch({"id": self.execution_arn, "name": self.name, "started_at": ""})

    @property
    def key(self) -> str:
        """Its key in the batches table."""
        return self.plan["batch"]["key"] if self.plan else batch_key(self.execution_arn)

    def work(self, bucket: str) -> Location:
        """Its folder."""
        return self.plan["work"] if self.plan else work_location(bucket, self.key)


def traces_of(execution_arn: str, deployment: Deployment) -> Traces:
    """What is known of the batch of that execution; BatchProcessorError if its manifest is there and may not be read."""
    state = step_functions.state_of(execution_arn)
    left = manifest.read(deployment.data_bucket, execution_arn)
    if left is None:
        _refuse_unread(work_location(deployment.data_bucket, batch_key(execution_arn)))
    plan, loaded = (left["plan"], left["loaded"]) if left else _told_by_history(execution_arn, state)
    given = _given(execution_arn, state)
    csv = plan["source"]["uri"] if plan else _told(_whole(given), "csv_s3_uri", "input_csv_s3_uri")
    config = _told(given, "config_s3_uri")
    return Traces(execution_arn, state, plan, loaded, left is not None, _object(config), _object(csv))


def _refuse_unread(work: Location) -> None:
    """Taken for one that is gone, a manifest would go, and all that it alone names would stay."""
    bucket, key = work["bucket"], manifest_key(work)
    if next(s3.listed(bucket, key), None):
        s3.read(bucket, key)  # says why not


def _told_by_history(execution_arn: str, state: step_functions.State | None) -> tuple[Plan | None, Loaded | None]:
    if state is None or is_running(state.status):
        return None, None
    salvage = Salvage()
    salvage.read(step_functions.history(execution_arn))
    return salvage.plan, salvage.loaded


def _given(execution_arn: str, state: step_functions.State | None) -> Any:
    """The execution's input; None if it is forgotten."""
    text = step_functions.input_of(execution_arn) if state else None
    return json.loads(text) if text else None


def _told(document: Any, *keys: str) -> Any:
    """What the document has under the first of the keys that is there."""
    return next((document[key] for key in keys if key in document), None) if isinstance(document, dict) else None


def _object(uri: Any) -> S3Uri | None:
    # A URI that can name no object may be why its batch failed.
    return object_uri(uri) if is_object_uri(uri) else None


def _whole(given: Any) -> Any:
    """The input with the keys of the configuration object that it names, if that can still be read."""
    try:
        return merge_config(given, s3.read)
    except BatchProcessorError:
        return given
