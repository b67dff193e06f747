"""What an Express child leaves of its rows where not all of them have their end: an object in the work folder.

It is JSON: {rows: [{index, attempt}], told, calls, ms}. `rows` are those that are still to be run, each at its next attempt, and
those that have nothing to send: the Standard pass says so of them again. `told` are failed rows whose dead letters have been
sent. `calls` counts those that the child has made for `rows`, and `ms` is how long it had run: the Standard pass knows neither,
and both are paid for. A part of the same rows counts more than this, whichever was written first.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from batch_processor.aws import s3
from batch_processor.batch.work_folder import unfinished_key
from batch_processor.contract import Location, RowRange, RowResult
from batch_processor.errors import SourceUnavailable


@dataclass(slots=True)
class Unfinished:
    """`rows` has by row the attempt that is next."""

    rows: dict[int, int] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    calls: int = 0
    ms: int = 0

    @classmethod
    def of(cls, work: Location, rows: RowRange) -> "Unfinished":
        """What was left of these rows; nothing if there is no such object."""
        try:
            left = json.loads(s3.read(work["bucket"], unfinished_key(work, rows)))
        except SourceUnavailable:
            return cls()
        return cls({row["index"]: row["attempt"] for row in left["rows"]}, set(left["told"]))

    def write(self, work: Location, rows: RowRange) -> None:
        """Writes it, in place of what was left before."""
        document = {
            "rows": [{"index": index, "attempt": attempt} for index, attempt in sorted(self.rows.items())],
            "told": sorted(self.told),
            "calls": self.calls,
            "ms": self.ms,
        }
        body = json.dumps(document).encode()
        s3.write(work["bucket"], unfinished_key(work, rows), body, "application/json")

    @classmethod
    def left_by(cls, ended: Iterable[RowResult], rows: Mapping[int, int], told: set[int]) -> "Unfinished":
        """What is left of rows: those that have `ended` without being called are told so again."""
        skipped = [result["index"] for result in ended if result["status"] == "SKIPPED"]
        return cls({**dict.fromkeys(skipped, 1), **rows}, told)
