from batchctl.watch.ending import block
from tests.cli.shapes import OUTPUT, explanation, results


def test_block_says_what_failed_where_and_what_to_do() -> None:
    assert block(results(), explanation(), "batch-output/tickets-20261121.csv", 120) == [
        f"{'54 OF 2,000 ROWS FAILED, 1,946 ANSWERED':<110}DONE  5:19",
        "time     5:19, 6.3 rows/s",
        "cost     $1.83 (expected $1.81)",
        'failed   41 invalid_answer  lines 88, 131, 240  "category" is missing        → make it optional, retry',
        "         13 timeout         rows 51, 618, 700   no answer\ufffd[31m within 120 s  → raise timeout_seconds",
        "output   batch-output/tickets-20261121.csv",
        f"summary  {OUTPUT.replace('.csv', '.summary.json')}",
    ]


def test_what_to_do_stands_below_where_the_line_is_too_short() -> None:
    lines = block(results(), explanation(), None, 80)
    assert lines[3:5] == [
        'failed   41 invalid_answer  lines 88, 131, 240  "category" is missing',
        "            → make it optional, retry",
    ]


def test_batch_that_failed_says_why_and_has_no_output() -> None:
    failed = results(
        status="FAILED", error="InvalidConfiguration", reason="The configuration has 2 problems:\n- a\n- b",
        output_csv_uri=None, summary_uri=None, rows_total=0, rows_processed=0, rows_failed=0, failures=[], cost=None,
        processing_time_seconds=1.2,
    )  # fmt: skip
    error = explanation()["groups"][0] | {"what_to_do": "mend them"}
    lines = block(failed, explanation(groups=[], batch_error=error), None, 80)
    assert lines == [
        "THE BATCH FAILED: InvalidConfiguration                              FAILED  0:01",
        "why      The configuration has 2 problems:",
        "         - a",
        "         - b",
        "do       mend them",
        "time     1.2 s",
    ]


def test_many_kinds_of_failures_are_cut() -> None:
    group = explanation()["groups"][0]
    lines = block(results(), explanation(groups=[group] * 9), None, 80)
    assert "         and 3 more kinds" in lines


def test_narrow_terminal_has_the_verdict_whole() -> None:
    assert block(results(), None, None, 20)[0] == "54 OF 2,000 ROWS FAILED, 1,946 ANSWERED  DONE  5:19"


def test_tier_is_told_where_it_was_express_or_would_have_saved_something() -> None:
    def tier(**keys: object) -> list[str]:
        return [line for line in block(results(**keys), None, None, 120) if line.startswith("tier")]

    assert tier() == tier(execution_tier="standard", execution_tier_reason="execution_tier is standard") == []
    assert tier(execution_tier="express", execution_tier_reason="the target is idempotent") == ["tier     Express"]
    told = {"execution_tier": "standard", "execution_tier_reason": "say it", "express_would_save_usd": 12.5}
    assert tier(**told) == ["tier     Standard; Express would have saved $12.50: say it"]
