"""Finds the batch that somebody means: by its name, its execution's ARN, a beginning that no other name has, or @last."""

import re
from itertools import islice

from batch_processor.aws import executions, s3, step_functions
from batch_processor.batch import batches_table
from batch_processor.batch.batches_table import BatchRecord
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.document.wording import shown
from batch_processor.errors import UnknownBatch
from batch_processor.limits import EXECUTION_NAME_CHARACTERS
from batch_processor.operations.deployment import Deployment

LAST = "@last"
_SHOWN = 10
_NEAR = 5
# Among so many of the newest batches a misspelt name is looked for, and one with failed rows.
_LOOKED_THROUGH = 300
_LEAST_LIKENESS = 70
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_NAME = re.compile(rf"[^\s<>{{}}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{{1,{EXECUTION_NAME_CHARACTERS}}}")


def named_batch(text: str, deployment: Deployment) -> str:
    """The ARN of the batch's execution; UnknownBatch if there is none, or several, or another machine's.

    An ARN is taken as it is: Step Functions forgets executions after 90 days, and what they left may be there still.
    """
    if text == LAST:
        return _last(deployment)
    if text.startswith("arn:"):
        if text.rpartition(":")[0] != deployment.execution_arn("").rpartition(":")[0] or text.endswith(":"):
            raise UnknownBatch(f"{text} is no batch of this stack; its batches are {deployment.execution_arn('NAME')}")
        return text
    exact = deployment.execution_arn(text)
    if text and not _NAME.fullmatch(text):
        raise UnknownBatch(
            f"{shown(text)} is no name of a batch: those have at most {EXECUTION_NAME_CHARACTERS} characters, and no spaces, "
            "wildcards, brackets, slashes or colons; `batchctl list` shows them"
        )
    if not text or step_functions.status_of(exact) is not None or _has_left(exact, deployment):
        return _refuse_empty(text, exact)
    found = list(islice(step_functions.named_like(deployment.machine_arn, text), _SHOWN + 1))
    if len(found) == 1:
        return found[0]
    raise UnknownBatch(_several(text, found) if found else _none(text, exact, deployment))


def last_with_failed_rows(deployment: Deployment) -> str | None:
    """The ARN of the newest batch that has ended with rows to run again, and that none went on with; None without one."""
    gone_on_with: set[str] = set()
    for record in _newest(deployment):
        if record["name"] not in gone_on_with and _has_rows_to_run(record):
            return record["execution_arn"]
        if "resumed_from" in record:
            gone_on_with.add(record["resumed_from"])
    return None


def _has_rows_to_run(record: BatchRecord) -> bool:
    return record["status"] != "RUNNING" and record["rows_failed"] + record["rows_not_run"] > 0


def _last(deployment: Deployment) -> str:
    if newest := batches_table.newest(deployment.batches_table, 1).records:
        return newest[0]["execution_arn"]
    raise UnknownBatch("There is no last batch: the table of batches has none yet. Start one with `batchctl run`")


def _newest(deployment: Deployment) -> list[BatchRecord]:
    found: list[BatchRecord] = []
    token = ""
    while len(found) < _LOOKED_THROUGH:
        page = batches_table.newest(deployment.batches_table, 100, token=token)
        found += page.records
        if not (token := page.next):
            break
    return found


def _refuse_empty(text: str, exact: str) -> str:
    if not text:
        raise UnknownBatch("No batch is named; give its name, its ARN, the beginning of its name, or @last")
    return exact


def _has_left(execution_arn: str, deployment: Deployment) -> bool:
    key = batch_key(execution_arn)
    folder = work_location(deployment.data_bucket, key)
    if next(s3.listed(folder["bucket"], folder["prefix"]), None) is not None:
        return True
    return batches_table.find(deployment.batches_table, key) is not None


def _several(text: str, found: list[str]) -> str:
    names = [arn.rpartition(":")[2] for arn in found[:_SHOWN]]
    more = " and others" if len(found) > _SHOWN else ""
    return f"The names of several batches begin with {text}: {', '.join(names)}{more}; give more of it"


def _none(text: str, exact: str, deployment: Deployment) -> str:
    near = _near(text, deployment)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return (
        f"No batch is called {text}, nor does the name of one begin so.{meant} Step Functions forgets batches after 90 days; "
        f"for one that is older, give its ARN: {exact}"
    )


def _near(text: str, deployment: Deployment) -> list[str]:
    from rapidfuzz import fuzz, process  # 20 ms that only a misspelt name takes

    names = list(islice(executions.names(deployment.machine_arn), _LOOKED_THROUGH))
    # Whoever types a name types its beginning.
    cut = {name: name[: len(text) + 1] for name in names}
    found = process.extract(text, cut, scorer=fuzz.ratio, limit=_NEAR, score_cutoff=_LEAST_LIKENESS)
    return [name for _, _, name in found]
