"""Original rows read back as lines, by the index."""

import csv
import io

import pytest

from batch_processor.contract import Location, RowRange
from batch_processor.errors import SourceUnavailable
from batch_processor.loading import original_lines as module
from batch_processor.loading.original_lines import PIECE_BYTES, original_lines
from batch_processor.loading.original_rows import OriginalRows
from tests.functional.account import DATA, put
from tests.functional.s3_calls import calls_of

WORK = Location(bucket=DATA, prefix="work/night-1a2b3c4d/")
HOSTILE = [["Ana", "a@x.org"], ["Ç\r\na", 'say "é"'], ["Bo"], ["", ""], ["\ufeffx", "\0\n"], ["Cy", "1,5", "=1"]]


def keep(rows: list[list[str]]) -> None:
    originals = OriginalRows()
    for cells in rows:
        originals.add(cells)
    text, index = originals.take()
    put(f"{WORK['prefix']}originals.csv", text)
    put(f"{WORK['prefix']}originals.index", index + originals.end())


def lines(first: int, last: int) -> list[str]:
    return list(original_lines(WORK, RowRange(first=first, last=last)))


def as_lines(rows: list[list[str]]) -> list[str]:
    found = []
    for cells in rows:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(cells)
        found.append(text.getvalue()[:-2])
    return found


@pytest.mark.parametrize(("first", "last"), [(1, 6), (2, 2), (3, 5), (6, 6), (1, 0)])
def test_rows_of_a_range_come_back_as_they_were_written(first: int, last: int) -> None:
    keep(HOSTILE)
    assert lines(first, last) == as_lines(HOSTILE)[first - 1 : last]


def test_rows_of_several_reads_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS_A_READ", 4)
    keep(HOSTILE * 3)
    assert lines(2, 18) == as_lines(HOSTILE * 3)[1:]


def test_wide_rows_are_read_in_pieces_that_are_bounded() -> None:
    half = PIECE_BYTES // 2
    rows = [["x" * size, "y"] for size in (half - 100, half - 100, 10, 2 * PIECE_BYTES, 10, half, half, half)]
    keep(rows)
    with calls_of("GetObject") as read:
        assert lines(1, 8) == as_lines(rows)
    spans = [[int(end) for end in call["Range"].removeprefix("bytes=").split("-")] for call in read[1:]]
    sizes = [last - first + 1 for first, last in spans]
    # Three rows; the one that is larger than a piece; two; and then those of which two are more than a piece.
    assert [round(size / half) for size in sizes] == [2, 4, 1, 1, 1]


def test_a_request_brings_many_rows() -> None:
    keep([["Ana", "a@x.org"]] * 400)
    with calls_of("GetObject") as read, calls_of("HeadObject") as looked:
        assert len(lines(1, 400)) == 400
    assert (len(read), len(looked)) == (2, 0)


def test_originals_that_change_while_they_are_read_are_told() -> None:
    keep([["x" * PIECE_BYTES, "y"]] * 2)
    found = original_lines(WORK, RowRange(first=1, last=2))
    next(found)
    put(f"{WORK['prefix']}originals.csv", b"another\r\n")
    with pytest.raises(SourceUnavailable, match="has changed since it was pinned"):
        next(found)


def test_originals_that_are_gone_are_told() -> None:
    with pytest.raises(SourceUnavailable, match=r"originals\.index: there is no such object"):
        lines(1, 1)
