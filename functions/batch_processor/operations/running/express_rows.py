"""Counts the rows of Express children that run: they have no history, so the parts tell which there are, and the table the rest.

Children are begun in the order of their rows. So those that run are the first ranges without a part, as many as run at once;
of these a few are looked at, and the others are taken to be alike.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from batch_processor.aws import dynamodb
from batch_processor.contract import FAILURES, Loaded, Plan, RowRange
from batch_processor.operations.running.newest_rows import LatestFailure
from batch_processor.operations.running.pace import pace_of
from batch_processor.operations.running.row_batches import FailedLately, RunningRows
from batch_processor.output import parts
from batch_processor.output.pieces import Part, row_count
from batch_processor.results.causes import cause_of
from batch_processor.results.stored_row import Item, counts, index_of, partitions, row_id

# A child's items are read as a whole: some 50 read units each time that somebody looks.
_MOST_LOOKED_AT = 4
_NAMES = ("row_id", "status", "timestamp", "ttl", "since", "error_message", "calls")


def unfinished_ranges(plan: Plan, loaded: Loaded, *, is_rest: bool) -> tuple[list[RowRange], int]:
    """The ranges of the children that run, and how many rows have a part.

    With `is_rest` no child runs any more: then these are all ranges that row batches are to finish.
    """
    size, at_once = loaded["storage"]["partition_rows"], loaded["row_batches_at_once"]
    with_part = 0
    gaps: list[RowRange] = []
    for piece in parts.found_pieces(plan["work"], loaded["row_count"]):
        if isinstance(piece, Part):
            with_part += row_count(piece.rows)
        elif is_rest or len(gaps) < at_once:
            wanted = None if is_rest else at_once - len(gaps)
            gaps += islice(_by_child(piece, size), wanted)
    return gaps, with_part


def running_rows(table: str, loaded: Loaded, ranges: Sequence[RowRange], in_flight: int, now: datetime) -> RunningRows:
    """The rows of those ranges, of which so many are on their way."""
    looked_at = min(len(ranges), _MOST_LOOKED_AT)
    if not looked_at:
        return RunningRows()
    chosen = [ranges[place * len(ranges) // looked_at] for place in range(looked_at)]
    seen = sum((_rows_of(table, loaded, rows, now) for rows in chosen), RunningRows())
    found = seen.times(len(ranges) / looked_at)
    left = max(sum(map(row_count, ranges)) - found.done, 0)
    return RunningRows(
        length=found.length,
        done=found.done,
        in_flight=min(in_flight, left),
        statuses=found.statuses,
        causes=found.causes,
        pace=found.pace,
        paid=found.paid,
        latest=found.latest,
    )


def _rows_of(table: str, loaded: Loaded, rows: RowRange, now: datetime) -> RunningRows:
    statuses: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    calls, ended_at, latest = 0, [], None
    for item in _items(table, loaded, rows):
        status, ended = item["status"]["S"], datetime.fromisoformat(item["timestamp"]["S"])
        ended_at.append(ended)
        calls += int(item["calls"]["N"]) if "calls" in item else 1
        if status not in FAILURES:
            # An answer that nobody has read yet is taken for one that can be.
            statuses["SKIPPED" if status == "SKIPPED" else "SUCCESS"] += 1
            continue
        statuses[status] += 1
        error, _, message = item["error_message"]["S"].partition(": ")
        cause = cause_of(error, message)
        causes[cause] += 1
        if latest is None or latest.failure.ended_at <= ended:
            latest = FailedLately(LatestFailure(cause, error, message, ended), index_of(item["row_id"]["S"]))
    ended_at.sort()
    done = len(ended_at)
    return RunningRows(
        length=row_count(rows),
        done=done,
        statuses=statuses,
        causes=causes,
        pace=pace_of(ended_at, ended_at[0] if ended_at else None, now),
        paid=Counter(called=done, calls=calls, extractions=statuses["SUCCESS"]),
        latest=latest,
    )


def _items(table: str, loaded: Loaded, rows: RowRange) -> Iterator[Item]:
    """The items of the rows that count."""
    store = loaded["storage"]
    for partition in partitions(store, rows):
        pages = dynamodb.query(
            f"Counting rows in the table {table}",
            TableName=table,
            KeyConditionExpression="batch_id = :partition AND row_id BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":partition": {"S": partition},
                ":first": {"S": row_id(rows["first"])},
                ":last": {"S": row_id(rows["last"])},
            },
            ProjectionExpression=", ".join(f"#{name}" for name in _NAMES),
            ExpressionAttributeNames={f"#{name}": name for name in _NAMES},
        )
        yield from (item for page in pages for item in page if counts(item, store, store["as_of"]))


def _by_child(rows: RowRange, size: int) -> Iterator[RowRange]:
    """The range cut where the partitions of the table are, one for each child."""
    first = rows["first"]
    while first <= rows["last"]:
        last = min((first - 1) // size * size + size, rows["last"])
        yield RowRange(first=first, last=last)
        first = last + 1
