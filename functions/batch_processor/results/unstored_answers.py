"""Keeps answers of an Express child that the results table did not take when they came, until it does.

They come to the child's end along with their rows. Whoever reads them there may die, or find that the table still takes
nothing: what comes behind all children finds them in the work folder then, and calls no row again that was answered.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from batch_processor.aws import s3
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.batch.work_folder import unstored_key, unstored_prefix
from batch_processor.contract import Loaded, Location, Plan, RowRange
from batch_processor.results import raw_table

# What an answer comes with (statemachine/source/express_row.yaml, CarryAnswer).
_TOLD = ("index", "answer", "attempt", "at", "ms")


def leave(work: Location, rows: RowRange, results: Iterable[Mapping[str, Any]]) -> None:
    """Leaves those of the results that have an answer along, in place of what was left of these rows before."""
    if answers := [{name: result[name] for name in _TOLD} for result in results if "answer" in result]:
        body = json.dumps(answers).encode()
        s3.write(work["bucket"], unstored_key(work, rows), body, "application/json")


def store_all(plan: Plan, loaded: Loaded) -> None:
    """Stores all that were left, read; what the table has by now stays if it is better. Run again it does no more."""
    work = plan["work"]
    left = ((found["Key"], found["Size"]) for found in s3.listed(work["bucket"], unstored_prefix(work)))
    with closing(read_ahead(left, partial(_read, work), lambda found: found[1])) as read:
        for _, answers in read:
            for told in answers:
                raw_table.put_unstored(loaded["storage"], work, plan["output"], told)


def _read(work: Location, found: tuple[str, int]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(s3.read(work["bucket"], found[0]))
    return answers
