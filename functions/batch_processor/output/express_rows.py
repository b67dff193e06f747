"""Ends a round of an Express child: reads the answers that the machine has stored, and writes what became of the rows.

Run again, as a whole or after it was cut off anywhere, or beside a repetition of its child, it comes to the same end: raw
answers stay until what was read of them takes their place, and all else is written over. A dead letter may be sent twice then.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from batch_processor.contract import Loaded, Plan
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.loading.first_rows import with_following
from batch_processor.output import letters, part_tally, repeated_child
from batch_processor.output.letters import Letter
from batch_processor.output.unfinished import Unfinished
from batch_processor.results import raw_table, results_table, unstored_answers
from batch_processor.results.express_round import Round, attempts_of
from batch_processor.results.stored_row import input_in
from batch_processor.results.tally import tally_of


@dataclass(frozen=True, slots=True)
class RoundClock:
    """The child's time: whether that for reading `is_over`, and whether it `has_time_for_calls`, of another round.

    `elapsed_ms` is the child's age in milliseconds, which its cost goes by.
    """

    is_over: Callable[[], bool]
    has_time_for_calls: Callable[[], bool]
    elapsed_ms: Callable[[], int]


class NextRow(TypedDict):
    """A row that is to be run once more, and at which attempt."""

    index: int
    attempt: int


class RoundReport(TypedDict):
    """What became of the child's rows.

    `again` are rows whose answer could not be read and that have an attempt left: for another round, where there is time for
    one. `left` counts the rows that are without an end otherwise. With neither the part is written, and `status` is
    PART_WRITTEN, else ROWS_LEFT. The counts are of rows that have their end.
    """

    status: str
    first: int
    last: int
    again: list[NextRow]
    left: int
    rows_total: int
    rows_succeeded: int
    rows_failed: int
    rows_timed_out: int
    rows_skipped: int
    rows_not_run: int


def end_round(plan: Plan, loaded: Loaded, results: Sequence[Mapping[str, Any]], clock: RoundClock) -> RoundReport:
    """Ends a round; `results` tell what became of the rows that were run, in this round behind those of rounds before.

    Answers that are not read when time is over stay as they are; their rows are left. Without a part, the work folder gets what
    is left (output/unfinished.py), rows to be run again among it.
    """
    plan = {**plan, "output": with_answer_rules(plan["output"])}
    work, rows = plan["work"], loaded["row_batch"]
    unstored_answers.leave(work, rows, results)
    done = Round(plan, loaded, raw_table.own_items(loaded["storage"], rows))
    last = {result["index"]: result for result in results}
    done.take_all(last, clock.is_over)
    if not clock.has_time_for_calls():
        done.leave_all()
    _store(plan, loaded, done)
    before = Unfinished.of(work, rows) if done.failed_now or len(last) < len(results) else Unfinished()
    told = before.told | _send_letters(plan, loaded, done, before.told)
    if done.again or done.left:
        unfinished = Unfinished.left_by(done.ended.values(), {**done.left, **done.again}, told)
        replace(unfinished, calls=done.calls_without_end, ms=clock.elapsed_ms()).write(work, rows)
        left = _left(plan, loaded, done)
        repeated_child.mend_part(plan, loaded, done, clock.elapsed_ms)
        return left
    report = repeated_child.write_part(plan, loaded, done, clock.elapsed_ms)
    if before.rows:
        Unfinished(told=told).write(work, rows)
    written: Any = {**report, "again": [], "left": 0}
    checked: RoundReport = written
    return checked


def failed_for_good(plan: Plan, loaded: Loaded, rows: Sequence[int]) -> set[int]:
    """Those of the rows that this batch has called as often as it may, or as could help: they are not run again.

    Answers that could not be read are stored as such, or an Express child's next one would not take their place. In the
    Standard pass dead letters are sent: the child that called these rows has died before it could, as nothing has told that they
    ended. Called again, it sends them again.
    """
    plan = {**plan, "output": with_answer_rules(plan["output"])}
    store = loaded["storage"]
    done = Round(plan, loaded, raw_table.own_items(store, loaded["row_batch"]))
    done.take_stored(rows)
    raw_table.put_unreadable(store, done.unreadable)
    if loaded["fan_out"].get("is_rest"):
        letters.send(plan, [_letter(done, index) for index in sorted(done.failed_now)])
    return done.failed_now


def _store(plan: Plan, loaded: Loaded, done: Round) -> None:
    """Stores what was read, and what the machine could not store; answers that others have stored meanwhile count more."""
    store, output = loaded["storage"], plan["output"]
    raw_table.put_read(plan["work"], done.read)
    for reading in done.carried:
        raw_table.put_reading(store, plan["work"], output, reading)
    better = [
        *raw_table.put_unreadable(store, done.unreadable),
        *results_table.put_failures(store, done.failed),
    ]
    for index in better:
        for stored in results_table.results(store, output, {"first": index, "last": index}):
            if stored["status"] == "SUCCESS":
                done.replace(index, stored)


def _send_letters(plan: Plan, loaded: Loaded, done: Round, told: set[int]) -> set[int]:
    """Sends the failed rows that nobody was told of; returns them. Of those of a part that stands somebody was."""
    failed = sorted(done.failed_now - told)
    if not failed or _has_ended(plan, loaded):
        return set(failed)
    refused = letters.send(plan, [_letter(done, index) for index in failed])
    for index, error in refused.items():
        reason = done.ended[index].get("message", "")
        done.ended[index]["message"] = f"The dead letter queue did not take the row ({error}). {reason}"
    return set(failed)


def _has_ended(plan: Plan, loaded: Loaded) -> bool:
    """Whether the child has come to its end before: its part stands, or waits for the results of earlier rows."""
    work, rows = plan["work"], with_following(plan, loaded)["row_batch"]
    return part_tally.standing(work, rows) is not None or part_tally.unsettled(work, rows) is not None


def _letter(done: Round, index: int) -> Letter:
    result, item = done.ended[index], done.items.get(index, {})
    message = result.get("message", "")
    told: dict[str, Any] = {
        "attempts": attempts_of(result),
        "error": result.get("error", ""),
        "reason": message,
        "cause": message,
        # The machine has left what only the letter says.
        **(json.loads(item["letter"]["S"]) if "letter" in item else {}),
    }
    return Letter(row=index, input=input_in(item), unread=done.unread_of(index), **told)


def _left(plan: Plan, loaded: Loaded, done: Round) -> RoundReport:
    tally = tally_of(plan)
    for result in done.ended.values():
        tally.count(result)
    again = [NextRow(index=index, attempt=attempt) for index, attempt in sorted(done.again.items())]
    report: Any = {"status": "ROWS_LEFT", **loaded["row_batch"], "again": again, "left": len(done.left), **tally.counts}
    checked: RoundReport = report
    return checked
