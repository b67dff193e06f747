"""The places that hold something of a batch and can be reached. docs/personal-data.md has all places; a test compares them."""

import re
from collections.abc import Iterator

from batch_processor.batch.names import PARTIAL
from batch_processor.batch.own_bucket import OUTPUTS
from batch_processor.batch.work_folder import config_key, kept_histories_prefix, manifest_key
from batch_processor.contract import Location
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.conversations import Conversations
from batch_processor.operations.erasure.letters import dead_letters, undelivered_events
from batch_processor.operations.erasure.listed_batch import ListedBatch
from batch_processor.operations.erasure.objects import Uploads, folder_versions, object_versions
from batch_processor.operations.erasure.place import Place
from batch_processor.operations.erasure.rows import Rows
from batch_processor.operations.erasure.traces import Traces
from batch_processor.output.publishing import partial
from batch_processor.output.summary import summary_key


def places_of(traces: Traces, deployment: Deployment) -> list[Place]:
    """What is the batch's own, but for what goes last."""
    work = traces.work(deployment.data_bucket)
    return [
        *_rows(traces, deployment),
        dead_letters(deployment.dead_letter_queue_url, traces.execution_arn),
        undelivered_events(deployment.undelivered_event_queue_url, traces.batch, deployment.row_batch_machine_arn),
        *_outputs(traces, deployment),
        ListedBatch(deployment.batches_table, traces.key, f"{deployment.batches_table}, {traces.key}"),
        Uploads(work["bucket"], work["prefix"], f"s3://{work['bucket']}/{work['prefix']}"),
        folder_versions("work folder", work["bucket"], work["prefix"], lambda key: not _tells(work, key)),
        Conversations(deployment.data_bucket, traces.name),
    ]


def last_places_of(traces: Traces, deployment: Deployment) -> list[Place]:
    """What tells where all else is, and that nobody saves answers any more: without it, no erasure could go on."""
    work = traces.work(deployment.data_bucket)
    manifest = folder_versions("manifest", work["bucket"], work["prefix"], lambda key: _tells(work, key))
    if not traces.plan:
        return [manifest]
    output = partial(traces.plan)["output"]
    return [object_versions("partial output's summary", output["bucket"], summary_key(output["key"])), manifest]


def _tells(work: Location, key: str) -> bool:
    # The marks of row batches whose answers are saved are empty.
    folders = (f"{work['prefix']}successors/", kept_histories_prefix(work))
    return key in (manifest_key(work), config_key(work)) or key.startswith(folders)


def csv_of(traces: Traces) -> list[Place]:
    """Every version of the CSV that was given to the batch, and other batches may have been given as well."""
    return [object_versions("input CSV", traces.csv.bucket, traces.csv.key)] if traces.csv else []


def config_of(traces: Traces) -> list[Place]:
    """The same of its configuration, which tells where the CSV is as long as there is no plan."""
    return [object_versions("configuration", traces.config.bucket, traces.config.key)] if traces.config else []


def _rows(traces: Traces, deployment: Deployment) -> Iterator[Place]:
    if not traces.plan:
        return
    loaded = traces.loaded
    shelf = loaded["storage"] if loaded else {**traces.plan["storage"], "mode": "dynamodb", "as_of": ""}
    where = f"{deployment.results_table}, {shelf['batch_id']}"
    yield Rows(deployment.results_table, shelf, loaded["row_count"] if loaded else 1, where)  # type: ignore[arg-type]


def _outputs(traces: Traces, deployment: Deployment) -> Iterator[Place]:
    if not traces.plan:
        # One that is known and has no plan has written none: those of its name are an earlier batch's.
        if not traces.state:
            yield _outputs_by_name(traces.name, deployment)
        return
    output, unfinished = traces.plan["output"], partial(traces.plan)["output"]
    yield object_versions("output CSV", output["bucket"], output["key"])
    yield object_versions("output's summary", output["bucket"], summary_key(output["key"]))
    yield object_versions("partial output CSV", unfinished["bucket"], unfinished["key"])
    for each in (output, unfinished):
        yield Uploads(each["bucket"], each["key"], f"s3://{each['bucket']}/{each['key']}", each["key"].__eq__)


def _outputs_by_name(name: str, deployment: Deployment) -> Place:
    """Outputs of a batch whose plan nobody knows any more: their names end in the batch's, behind when it began."""
    ending = re.compile(rf"-\d{{8}}T\d{{6}}Z-{re.escape(name)}({re.escape(PARTIAL)})?\.(csv|summary\.json)\Z")
    bucket = deployment.data_bucket
    return folder_versions("outputs of that name", bucket, f"{OUTPUTS}/", lambda key: bool(ending.search(key)))
