"""The block that a batch ends with: the verdict, time, cost, why rows failed, and where the output is."""

from collections.abc import Iterator

from batch_processor.cost.money import money
from batch_processor.operations.failures.explanation import FailureExplanation, FailureGroup
from batch_processor.operations.running.outcome import BatchResults
from batchctl import figures
from batchctl.harmless import harmless
from batchctl.watch import verdict

_LABEL_WIDTH = 9
_MOST_GROUPS = 6
_MOST_LINES = 3
_MOST_OF_AN_EXAMPLE = 60
_MOST_OF_A_REASON = 1_000


def block(
    results: BatchResults,
    failures: FailureExplanation | None,
    output: str | None,
    width: int,
    summary: str | None = None,
) -> list[str]:
    """The lines; `output` and `summary` are where they lie on this disk, if they were fetched."""
    return [
        _headline(results, width),
        *_reason(results, failures),
        *_labelled("time", [_time(results)] if results["status"] != "RUNNING" else []),
        *_labelled("cost", _cost(results)),
        *_labelled("tier", _tier(results)),
        *_labelled("failed", _groups(results, failures, width)),
        *_labelled("output", [place] if (place := output or results.get("output_csv_uri")) else []),
        *_labelled("summary", [place] if (place := summary or results.get("summary_uri")) else []),
        *_labelled("link", [link] if (link := results.get("download_url")) else []),
    ]


def _headline(results: BatchResults, width: int) -> str:
    verdict_, colon, more = verdict.sentence(results).partition(":")
    left = f"{verdict_.upper()}{colon}{more}"
    right = f"{verdict.word(results)}  {figures.clock(results['processing_time_seconds'])}"
    return f"{left:<{max(0, width - len(right))}}{right}" if len(left) + len(right) < width else f"{left}  {right}"


def _reason(results: BatchResults, failures: FailureExplanation | None) -> Iterator[str]:
    """Why the batch as a whole failed, and what to do about it."""
    if results["status"] not in ("FAILED", "PARTIAL"):
        return
    if reason := results.get("reason"):
        first, *more = reason.strip().splitlines() or [""]
        yield from _labelled("why", [harmless(line, _MOST_OF_A_REASON) for line in (first, *more)])
    if failures and (error := failures.get("batch_error")):
        yield from _labelled("do", [harmless(error["what_to_do"], _MOST_OF_A_REASON)])


def _time(results: BatchResults) -> str:
    seconds = results["processing_time_seconds"]
    mean = f"a row {figures.duration(ms / 1000)} on average" if (ms := results.get("mean_row_ms")) else ""
    parts = [figures.duration(seconds), figures.pace(results["rows_processed"], seconds), mean]
    return ", ".join(filter(None, parts))


def _cost(results: BatchResults) -> list[str]:
    cost, expected = results.get("cost"), results.get("cost_expected_usd")
    if cost is None:
        return []
    told = money(cost["usd"]) + ("" if "target_usd" in cost else ", without the target's own price")
    return [told if expected is None else f"{told} (expected {money(expected)})"]


def _tier(results: BatchResults) -> list[str]:
    """Express; or what it would have saved, and what to do about it."""
    if results.get("execution_tier") == "express":
        return ["Express"]
    saved = results.get("express_would_save_usd")
    return [f"Standard; Express would have saved {money(saved)}: {results['execution_tier_reason']}"] if saved else []


def _groups(results: BatchResults, failures: FailureExplanation | None, width: int) -> list[str]:
    if failures is None or not failures["groups"]:
        return [f"{each['count']:,} {each['cause']}" for each in results["failures"]]
    groups = failures["groups"]
    table = [_cells(group) for group in groups[:_MOST_GROUPS]]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for group, cells in zip(groups, table, strict=False):
        told = "  ".join(cell.ljust(space) for cell, space in zip(cells, widths, strict=True))
        lines += _with_action(told, f"→ {harmless(group['what_to_do'])}", width - _LABEL_WIDTH)
    more = len(groups) - _MOST_GROUPS
    return [*lines, f"and {more:,} more kinds"] if more > 0 else lines


def _cells(group: FailureGroup) -> tuple[str, str, str]:
    kind, numbers = ("line", group["lines"]) if group.get("lines") else ("row", group["first_rows"])
    plural = "" if len(numbers) == 1 else "s"
    where = f"{kind}{plural} {', '.join(map(str, numbers[:_MOST_LINES]))}" if numbers else ""
    return (
        f"{group['count']:,} {group['cause']}",
        where,
        harmless(group["example"] or group["error"], _MOST_OF_AN_EXAMPLE),
    )


def _with_action(told: str, action: str, width: int) -> list[str]:
    """What to do stands beside what happened, or below it where both are too long for a line."""
    if len(told) + len(action) + 2 <= width:
        return [f"{told}  {action}"]
    return [told.rstrip(), f"   {action}"]


def _labelled(label: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{'' if number else label:<{_LABEL_WIDTH}}{line}"
