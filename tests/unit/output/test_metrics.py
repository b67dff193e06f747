import json
from typing import Any

import pytest

from batch_processor.contract import RowResult
from batch_processor.output.metrics import emit_batch_metrics
from batch_processor.results.tally import Tally
from tests.unit.plans import PLAN, failure, make_plan, success

SUMMARY = {"execution_time_ms": 60_500}


def emitted(capsys: pytest.CaptureFixture[str], *results: RowResult, target: str = "triage") -> dict[str, Any]:
    tally = Tally()
    for result in results:
        tally.count(result)
    emit_batch_metrics(make_plan(target={**PLAN["target"], "name": target}), SUMMARY, tally)
    metrics: dict[str, Any] = json.loads(capsys.readouterr().out)
    return metrics


def test_batch_is_measured_in_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    skipped: RowResult = {"index": 4, "status": "SKIPPED", "error": "EmptyRow", "message": "m"}
    metrics = emitted(capsys, success(1), failure(2, "E", "m"), failure(3, "E", "m", timeout=True), skipped)
    (described,) = metrics["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "BatchProcessor"
    assert {metric["Name"]: metric["Unit"] for metric in described["Metrics"]} == {
        "RowsProcessed": "Count",
        "RowsFailed": "Count",
        "RowsTimedOut": "Count",
        "RowsSkipped": "Count",
        "RowsNotRun": "Count",
        "BatchDuration": "Milliseconds",
        "RowProcessingTime": "Milliseconds",
    }
    assert metrics["RowsProcessed"] == [4]
    assert metrics["RowsFailed"] == [2]
    assert [metrics[f"Rows{name}"] for name in ("TimedOut", "Skipped", "NotRun")] == [[1], [1], [0]]
    assert metrics["BatchDuration"] == [60_500]
    assert metrics["RowProcessingTime"] == [1_000]


def test_metrics_are_by_target(capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("triage", "enrich"):
        metrics = emitted(capsys, success(1), target=target)
        assert metrics["Target"] == target
        assert ["Target" in dimensions for dimensions in metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"]] == [
            True
        ]


def test_batches_do_not_add_up_in_a_warm_function(capsys: pytest.CaptureFixture[str]) -> None:
    emitted(capsys, success(1), success(2))
    assert emitted(capsys, success(1))["RowsProcessed"] == [1]


def test_row_time_is_left_out_where_no_row_has_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "RowProcessingTime" not in emitted(capsys, {"index": 1, "status": "FAILED"})
