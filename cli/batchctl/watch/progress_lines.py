"""The live display of a batch: six lines, of nothing but what monitor_batch_execution answers."""

from collections.abc import Iterator

from rich.text import Text

from batch_processor.cost.money import money
from batch_processor.operations.running.progress import BatchProgress, LatestFailure
from batchctl import figures
from batchctl.harmless import harmless
from batchctl.watch.bar import Counts, cells

LEAVING = "Ctrl-C stops watching, not the batch"
_STAGES = {"checking": "CHECKING", "loading": "LOADING", "running": "RUNNING", "joining": "JOINING", "ended": "ENDED"}
_WAITING = {"throttled": "THROTTLED", "retries": "RETRYING", "concurrency": "WAITING"}
_DOING = {
    "checking": "checks the configuration, the target and the CSV's header",
    "loading": "reads the CSV and counts its rows",
    "joining": "joins the rows to one CSV",
    "ended": "has ended",
}
# From so many failed rows, and from such a share of those that are done, failures are what there is to say.
_MANY, _LARGE_SHARE = 5, 0.1
_NARROWEST_BAR = 10
_MOST_OF_A_NAME = 60
_MOST_OF_A_REASON = 300


def state(progress: BatchProgress) -> str:
    """The word at the top right."""
    if waiting := progress.get("waiting"):
        return _WAITING[waiting["reason"]]
    if progress["stage"] == "running" and _is_failing(progress):
        return "FAILURES"
    return _STAGES[progress["stage"]]


def live_lines(progress: BatchProgress, width: int, seconds_since: float) -> list[Text]:
    """The six lines, each as wide as the terminal at most; `seconds_since` is the age of the answer."""
    lines = (
        _spread(_name(progress), f"{state(progress)}  {figures.clock(progress['elapsed_seconds'] + seconds_since):>6}", width),
        _bar(progress, width),
        _rows(progress),
        f"cost     {_cost(progress)}",
        _event(progress),
        LEAVING,
    )  # fmt: skip
    return [_cut(line, width) for line in lines]


def plain_line(progress: BatchProgress) -> str:
    """All of it on one line, for a log."""
    total = progress.get("total_rows")
    done = f"{progress['rows_processed']:,}" + (f" of {figures.rows(total)}" if total is not None else " rows")
    parts = [
        f"{progress['batch']}  {state(progress)}",
        *([tier] if progress["stage"] == "running" and (tier := _tier(progress)) else []),
        done + _percent(progress),
        *(["failed " + _causes(progress)] if progress["rows_failed"] else []),
        *_pace(progress),
        *([waiting["words"]] if (waiting := progress.get("waiting")) else []),
    ]
    return "  ".join([figures.clock(progress["elapsed_seconds"]).rjust(7), *parts])


def _is_failing(progress: BatchProgress) -> bool:
    failed = progress["rows_failed"]
    return failed >= _MANY and failed >= _LARGE_SHARE * progress["rows_processed"]


def _name(progress: BatchProgress) -> str:
    parts = [progress["batch"], progress.get("target", "")]
    if most := progress.get("max_concurrency"):
        parts.append(f"{most:,} at a time")
    parts.append(_tier(progress))
    return "  ".join(harmless(part, _MOST_OF_A_NAME) for part in parts if part)


def _tier(progress: BatchProgress) -> str:
    """How the rows of a large batch run."""
    tier = progress.get("execution_tier")
    return f"{tier.title()} tier" if tier else ""


def _bar(progress: BatchProgress, width: int) -> str:
    total = progress.get("total_rows")
    if total is None:
        told = "rows not counted yet"
    else:
        told = f"{progress['rows_processed']:,} of {figures.rows(total)}{_percent(progress)}"
    answered = progress["rows_processed"] - progress["rows_failed"]
    counts = Counts(total, answered, progress["rows_failed"], progress["rows_in_flight"])
    return f"{cells(counts, max(_NARROWEST_BAR, width - len(told) - 3))}   {told}"


def _percent(progress: BatchProgress) -> str:
    percent = progress.get("percent_complete")
    # 100 % is what all rows are, and not what rounding makes of them.
    return "" if percent is None else f"  {min(int(percent), 100)}%"


def _rows(progress: BatchProgress) -> str:
    processed, failed, known = progress["rows_processed"], progress["rows_failed"], progress["failures_known_of"]
    if "rows_succeeded" in progress or known >= processed:
        counts = [f"answered {processed - failed:,}", f"failed {failed:,}"]
    else:  # of what was longer ago nobody has read whether it failed
        counts = [f"done {processed:,}", f"failed {failed:,} of the {known:,} looked at"]
    if taken := progress["rows_taken_over"]:
        counts.append(f"taken over {taken:,}")
    counts.append(f"in flight {progress['rows_in_flight']:,}")
    return "      ".join(["   ".join(counts), *_pace(progress)])


def _pace(progress: BatchProgress) -> Iterator[str]:
    if rate := progress.get("rows_per_second"):
        yield figures.rate(rate)
    if (left := progress.get("seconds_left")) is not None:
        error = progress.get("seconds_left_error")
        about = f" ±{figures.clock(error)}" if error and round(error) else ""
        done = progress.get("estimated_completion")
        yield f"left {figures.clock(left)}{about}" + (f", done about {figures.minute(done)}" if done else "")


def _cost(progress: BatchProgress) -> str:
    parts = []
    if so_far := progress.get("cost_so_far"):
        target = "" if "target_usd" in so_far else ", without the target's own price"
        parts.append(f"{money(so_far['usd'])} so far{target}")
    if (expected := progress.get("cost_expected_usd")) is not None:
        parts.append(f"{money(expected)} expected")
    return ", ".join(parts) or "not known yet"


def _event(progress: BatchProgress) -> str:
    if waiting := progress.get("waiting"):
        return f"waiting  {harmless(waiting['words'])}"
    if (latest := progress.get("latest")) and progress["stage"] == "running" and not _is_failing(progress):
        return f"latest   {_latest(latest)}"
    if progress["rows_failed"]:
        return f"failing  {_causes(progress)}"
    return f"stage    {_DOING[progress['stage']]}" if progress["stage"] in _DOING else "failing  nothing so far"


def _latest(latest: LatestFailure) -> str:
    where = f"row {latest['row']:,}" if "row" in latest else "a row"
    return f"{where}  {latest['cause']}  {harmless(latest['message'] or latest['error'], _MOST_OF_A_REASON)}"


def _causes(progress: BatchProgress) -> str:
    counted = sorted(progress["failures"], key=lambda each: -each["count"])
    told = ", ".join(f"{each['cause']} {each['count']:,}" for each in counted)
    unknown = progress["rows_failed"] - sum(each["count"] for each in counted)
    return ", ".join(filter(None, [told, f"{unknown:,} of causes not read yet" if unknown > 0 else ""]))


def _spread(left: str, right: str, width: int) -> str:
    return f"{left[: max(0, width - len(right) - 2)]:<{max(0, width - len(right))}}{right}"


def _cut(line: str, width: int) -> Text:
    text = Text(line, no_wrap=True)
    text.truncate(width, overflow="ellipsis")
    return text
