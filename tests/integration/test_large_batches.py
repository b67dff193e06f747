"""Batches that fan out to row batches, on the deployed stack."""

import csv
import io
import json
from collections import Counter
from typing import Any, NamedTuple

import pytest

from batch_processor.batch.names import batch_key
from batchctl.account import Account
from batchctl.local.stack import MAIN, LocalStack
from tests.batch_run import BatchError
from tests.integration.batches import Batches, Outcome, behaviours, to_csv
from tests.integration.worker_processes import Peaks, needs_proc

pytestmark = pytest.mark.distributed

ROWS = 10_000


def _many_rows(count: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("id", "text", "note"))
    writer.writerows((f"{i:06}", f"text {i}", 'say "ä", 😀\n' if i % 97 == 0 else "") for i in range(1, count + 1))
    return text.getvalue().encode()


class TenThousand(NamedTuple):
    """A batch of so many rows: what was given, what came of it, and the memory that functions took for it."""

    given: bytes
    outcome: Outcome
    peaks: Peaks


@pytest.fixture(scope="module")
def ten_thousand(account: Account) -> TenThousand:
    batches, given, peaks = Batches(account, map_mode="distributed"), _many_rows(ROWS), Peaks()
    policy: dict[str, Any] = {"execution_config": {"max_concurrency": 40, "retry_policy": {"max_attempts": 2}}}
    run = batches.start(batches.config(given, **policy))
    summary = run.wait(lambda _: peaks.look(account.emulator) if isinstance(account, LocalStack) else None)
    return TenThousand(given, batches.outcome(summary), peaks)


def test_ten_thousand_rows_come_out_once_each_in_order_with_their_cells(ten_thousand: TenThousand) -> None:
    given, outcome, _ = ten_thousand
    assert [row[:3] for row in outcome.table] == list(csv.reader(io.StringIO(given.decode(), newline="")))
    assert outcome.column("echo") == [f"text {i}" for i in range(1, ROWS + 1)]
    assert Counter(outcome.column("_status")) == {"SUCCESS": ROWS}
    assert (outcome.summary["row_count"], outcome.summary["map_mode"]) == (ROWS, "distributed")


@needs_proc
def test_no_function_takes_more_than_256_megabytes_for_them(ten_thousand: TenThousand, account: Account) -> None:
    if not isinstance(account, LocalStack):
        pytest.skip("the processes are not on this machine")
    product = {name: peak for name, peak in ten_thousand.peaks.items() if name.startswith(f"{MAIN.name}-")}
    for function in ("ValidateInput", "LoadCsvData", "ExtractStructuredOutput", "AggregateResults"):
        assert any(f"-{function}Func" in name for name in product), product
    assert max(product.values()) < 256, product


def test_functions_may_do_all_that_joining_in_two_levels_takes(batches: Batches) -> None:
    """The machine does so with outputs of 20 GB; here its calls are made by hand on a small one."""
    run = batches.start(
        batches.config(_many_rows(300), execution_config={"max_concurrency": 40}, map_mode="distributed")
    )
    outcome = batches.outcome(run.wait())
    manifest = json.loads(batches.read(f"s3://{batches.bucket}/work/{batch_key(run.execution_arn)}/manifest.json"))
    plan, loaded = manifest["plan"], manifest["loaded"]
    [every_row] = _aggregate(batches, plan=plan, loaded=loaded, cut=True)["ranges"]
    assert every_row == {"first": 1, "last": 300}
    boundary = loaded["fan_out"]["batch_rows"]
    ranges = [{"first": 1, "last": boundary}, {"first": boundary + 1, "last": 300}]
    assert [_aggregate(batches, plan=plan, loaded=loaded, range=rows) for rows in ranges] == ranges
    plan["output"]["key"] = plan["output"]["key"].replace(".csv", "-again.csv")
    summary = _aggregate(batches, plan=plan, loaded={**loaded, "joined": ranges}, results=[])
    assert batches.outcome(summary).body == outcome.body
    assert summary["row_batches"] == outcome.summary["row_batches"]


def _aggregate(batches: Batches, **payload: Any) -> Any:
    function = batches.function("AggregateResults")
    answer = batches.account.client("lambda").invoke(FunctionName=function, Payload=json.dumps(payload))
    return json.loads(answer["Payload"].read())


def test_mode_is_chosen_by_the_rows_and_the_summary_says_why(batches: Batches) -> None:
    small = batches.run(behaviours("echo"), map_mode="auto").summary
    large = batches.run(_many_rows(1_200), map_mode="auto", execution_config={"max_concurrency": 40}).summary
    assert (small["map_mode"], large["map_mode"]) == ("inline", "distributed")
    assert "1,200 rows" in large["map_mode_reason"]
    assert small["map_mode_reason"]


def test_rows_of_a_row_batch_that_dies_have_the_reason_and_the_others_their_answers(batches: Batches) -> None:
    policy: dict[str, Any] = {"execution_config": {"max_concurrency": 4, "retry_policy": {"max_attempts": 1}}}
    run = batches.start(batches.config(behaviours(*["echo"] * 20, *["hang"] * 2, *["echo"] * 20), **policy))
    stopped = batches.stop_a_row_batch(run, row=22)
    outcome = batches.outcome(run.wait())
    statuses = Counter(outcome.column("_status"))
    assert statuses["SUCCESS"] + statuses["FAILED"] + statuses["NOT_RUN"] == 42
    assert statuses["FAILED"] >= 1
    reasons = {(row["_status"], row["_error_message"].split(":")[0]) for row in outcome.rows if row["echo"] == ""}
    # Those on their way have failed; those that never ran have the reason of the row batch.
    assert reasons <= {("FAILED", "RowInterrupted"), ("NOT_RUN", "Operator")}, (stopped, reasons)
    assert outcome.column("text") == [f"text {i}" for i in range(1, 43)]


def test_first_failed_row_of_a_large_batch_ends_it_and_is_named(batches: Batches) -> None:
    rows = ["echo"] * 5 + ["fail"] + ["wait"] * 200
    policy = {"execution_config": {"continue_on_error": False, "retry_policy": {"max_attempts": 1}}}
    run = batches.start(batches.config(behaviours(*rows), **policy))
    with pytest.raises(BatchError, match=r"Batch\.RowFailed\nRow 6 failed .*ToolBroke") as failed:
        run.wait()
    location = str(failed.value).rpartition(": ")[2]
    partial = Outcome({}, batches.read(location))
    assert partial.column("text") == [f"text {i}" for i in range(1, 207)]
    assert "ToolBroke" in partial.rows[5]["_error_message"]


def test_trial_runs_the_first_rows_only(batches: Batches) -> None:
    outcome = batches.run(behaviours(*["echo"] * 50), max_rows=7)
    assert outcome.column("text") == [f"text {i}" for i in range(1, 8)]
    assert outcome.summary["max_rows"] == 7


def test_header_without_rows_is_a_header_without_rows(batches: Batches) -> None:
    assert batches.run(to_csv(("id", "text"))).table[0][:2] == ["id", "text"]
