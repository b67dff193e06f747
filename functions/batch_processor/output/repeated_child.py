"""An Express child whose repetition runs at the same time: what both leave behind has every answer, in whichever order they come.

Each run stores its answers before it ends a round, and looks behind itself when it has: into the table once it has written a
part in which rows have failed, and for a part of the other run once it has left rows. So whichever of them is last to write the
part has seen all answers, or the other run writes it once more.
"""

from collections.abc import Callable, Collection
from typing import Any

from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.output import part_tally, row_batch
from batch_processor.results import raw_table, results_table
from batch_processor.results.express_round import Round

_READ_AT_ONCE = 100
# What a part says of rows that no answer can become better of.
_BEST = {"SUCCESS", "SKIPPED"}


def write_part(plan: Plan, loaded: Loaded, done: Round, elapsed_ms: Callable[[], int]) -> dict[str, Any]:
    """Writes the part of rows that all have their end, and once more if rows that failed in it have got an answer."""
    while True:
        results = [done.ended[index] for index in sorted(done.ended)]
        report = row_batch.write_settled(plan, loaded, results, elapsed_ms())
        if not _take_answers(plan, loaded, done):
            return report


def mend_part(plan: Plan, loaded: Loaded, done: Round, elapsed_ms: Callable[[], int]) -> None:
    """Of a run that has left rows: if the other one has written a part in which rows have failed, it gets what this one answered.

    Every row has its end then, and those of the rows left here are in the table.
    """
    standing = part_tally.standing(plan["work"], loaded["row_batch"])
    if standing is None or standing["statuses"].keys() <= _BEST:
        return
    for stored in _stored(plan, loaded, {**done.left, **done.again}):
        done.replace(stored["index"], stored)
    if not done.left and not done.again:
        write_part(plan, loaded, done, elapsed_ms)


def _take_answers(plan: Plan, loaded: Loaded, done: Round) -> bool:
    """Takes the answers that the table has of rows that have failed, and stores them as read; whether there are any."""
    answered = [stored for stored in _stored(plan, loaded, done.failed_now) if stored["status"] == "SUCCESS"]
    for stored in answered:
        done.replace(stored["index"], stored)
    if answered:
        raw_table.read_left(loaded["storage"], plan["work"], plan["output"], loaded["row_batch"])
    return bool(answered)


def _stored(plan: Plan, loaded: Loaded, wanted: Collection[int]) -> list[RowResult]:
    indexes = sorted(wanted)
    pieces = (indexes[start : start + _READ_AT_ONCE] for start in range(0, len(indexes), _READ_AT_ONCE))
    return [stored for piece in pieces for stored in results_table.results_of(loaded["storage"], plan["output"], piece)]
