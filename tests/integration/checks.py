"""What holds for every batch, whatever befell it."""

from collections import Counter
from collections.abc import Callable

from tests.batch_run import BatchRun
from tests.integration.batches import Batches, Outcome, Rows


def check_rows(batches: Batches, outcome: Outcome, rows: Rows, echo: Callable[[str], str] = str) -> Counter[str]:
    """Every row once, in order, with its cells and either its own answer or a reason; one CSV, written once."""
    assert outcome.column("text") == rows.texts
    for row in outcome.rows:
        if row["_status"] == "SUCCESS":
            assert row["echo"] == echo(row["text"])
        else:
            assert row["_error_message"], row
    bucket, _, key = outcome.summary["csv_location"].removeprefix("s3://").partition("/")
    written = batches.s3.list_object_versions(Bucket=bucket, Prefix=key.removesuffix(".csv"))["Versions"]
    assert [version["Key"] for version in written if version["Key"].endswith(".csv")] == [key]
    return Counter(outcome.column("_status"))


def task_errors(batches: Batches, run: BatchRun) -> Counter[str]:
    """The errors of the tasks of a batch and its row batches."""
    parts = [BatchRun(batches.account, part["executionArn"]) for part in batches.row_batches(run)]
    events = [event for part in (run, *parts) for event in batches.events(part)]
    return Counter(event["taskFailedEventDetails"]["error"] for event in events if event["type"] == "TaskFailed")
