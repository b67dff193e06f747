"""Joining large answers, 4 GB of them: what the processor and the memory of one invocation have to do with them."""

import random
import tempfile
from functools import cache
from pathlib import Path

from batch_processor import limits
from benchmarks.aggregator import BATCH_ROWS, WORK, join, measure, plain_loop, put_originals, write_parts
from benchmarks.local_storage import LocalStorage
from benchmarks.report import table

ROW_COUNTS = (1_000, 10_000, 100_000)
_ANSWER_CHARACTERS = 40_000
# As models write: prose, a list whose lines get apostrophes, quotes.
_WORDS = ("invoice", "well-known", "the", "customer,", "\n-", "said:", '"no"', "+49 30 123", "überfällig", "and", "of")


@cache
def _cells() -> list[str]:
    choose = random.Random(1)
    text = " ".join(choose.choices(_WORDS, k=_ANSWER_CHARACTERS // 5))
    return [text[:_ANSWER_CHARACTERS], "high", "0.97"]


def _plain_loop(folder: Path, row_count: int) -> float:
    return plain_loop(folder, row_count, _cells())


def _write_parts(folder: Path, row_count: int) -> float:
    return write_parts(folder, row_count, _cells(), from_table=True)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in LocalStorage(folder).path(f"{WORK['prefix']}parts/x").parent.iterdir())


def run() -> str:
    """The table. Its largest batch takes 4 GB of the disk, for as long as it is measured."""
    lines = []
    for count in ROW_COUNTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            put_originals(folder, count)
            plain, _ = measure(_plain_loop, folder, count)
            parts, _ = measure(_write_parts, folder, count)
            size = _bytes(folder)
            joining, megabytes = measure(join, folder, count)
        network = size / limits.PASSED_BYTES_A_SECOND
        share = (network + joining) / 900
        figures = (
            f"{size / 1e9:.2f}",
            f"{plain:.1f}",
            f"{parts / plain:.1f}x",
            f"{joining:.1f}",
            f"{joining / plain:.1f}x",
        )
        lines.append([f"{count:,}", *figures, f"{network:.0f}", f"{share:.0%}", f"{megabytes:.0f}"])
    header = (
        *("rows", "GB", "csv loop, s", "parts, ratio", "joining, s", "joining, ratio", "network at 37.5 MB/s, s"),
        *("of 15 minutes", "joining, MB peak"),
    )
    return table(f"Answers of {_ANSWER_CHARACTERS // 1000} KB in row batches of {BATCH_ROWS} (CPU)", header, lines)
