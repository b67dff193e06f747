import csv
import io
import struct
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.loading.original_rows import OFFSET_BYTES, OriginalRows

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def unpacked(index: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(index) // OFFSET_BYTES}Q", index))


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8), st.integers(1, 4))
@example([["é", "𝄞"], ["\r", "\n"], [""], ['"', ","]], 1)
def test_any_rows_are_found_by_their_offsets(rows: list[list[str]], at_a_time: int) -> None:
    originals, text, index = OriginalRows(), b"", b""
    for start in range(0, len(rows), at_a_time):
        for cells in rows[start : start + at_a_time]:
            originals.add(cells)
        piece = originals.take()
        text, index = text + piece[0], index + piece[1]
    offsets = unpacked(index + originals.end())
    assert offsets[-1] == len(text)
    found = [text[start:end].decode() for start, end in pairwise(offsets)]
    assert [list(csv.reader(io.StringIO(row, newline=""), strict=True)) for row in found] == [[row] for row in rows]


def test_rows_are_written_as_rfc_4180_has_them() -> None:
    originals = OriginalRows()
    assert originals.add(["a", 'say "b"', "1,5", "x\ny"]) == 27
    assert originals.take() == (b'a,"say ""b""","1,5","x\ny"\r\n', b"\0" * 8)


def test_nothing_is_nothing_and_ends_at_its_beginning() -> None:
    originals = OriginalRows()
    assert originals.take() == (b"", b"")
    assert originals.end() == b"\0" * 8
