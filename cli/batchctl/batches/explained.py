"""Shows why rows failed."""

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.failures.explanation import FailureExplanation, FailureGroup, explain_failures
from batchctl.account import deployed
from batchctl.answer import Answer, tell_next
from batchctl.figures import counted, share
from batchctl.harmless import harmless
from batchctl.tables import facts
from batchctl.where import Where

_ROWS_SHOWN = 8


def show_failures(batch: str, as_json: str | None, where: Where) -> None:
    """Prints the causes, the most frequent first."""
    answer = Answer.of(as_json, FailureExplanation)
    with deployed(where) as deployment:
        explained = explain_failures(named_batch(batch, deployment), deployment)
    answer.give(explained, _show)
    if not answer.as_json:
        tell_next(where, *explained["next_steps"])


def _show(explained: FailureExplanation) -> None:
    failed, total = explained["rows_failed"], explained["rows_total"]
    so_far = "" if explained["complete"] else " so far; the batch still runs"
    told = "No row failed" if not failed else f"{failed:,} of {counted(total, 'row')} failed ({share(failed, total)})"
    print(f"{harmless(explained['batch'])}: {told}{so_far}")
    if "batch_error" in explained:
        print(f"\nThe batch itself ended:\n{_group(explained['batch_error'], of_rows=False)}")
    for group in explained["groups"]:
        print(f"\n{_group(group)}")


def _group(group: FailureGroup, *, of_rows: bool = True) -> str:
    numbers = group.get("lines") or group["first_rows"]
    unit = "line" if group.get("lines") else "row"
    told: list[tuple[str, object]] = [
        (group["cause"], f"{group['count']:,} ({group['share']:.0%})" if of_rows else group["error"])
    ]
    if of_rows:
        more = " …" if group["count"] > min(len(numbers), _ROWS_SHOWN) else ""
        told.append((unit if len(numbers) == 1 else f"{unit}s", ", ".join(map(str, numbers[:_ROWS_SHOWN])) + more))
        told.append(("error", group["error"]))
    told += [("example", group["example"]), ("probably", group["probable_reason"]), ("do", group["what_to_do"])]
    if command := group.get("command"):
        told.append(("type", command))
    return facts([(name, value) for name, value in told if value])
