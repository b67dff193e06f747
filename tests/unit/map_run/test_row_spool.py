import errno
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import BatchTooLarge
from batch_processor.map_run.row_spool import RowSpool


@given(st.dictionaries(st.integers(1, 50), st.text(), max_size=20), st.randoms())
def test_rows_are_found_by_number_in_whatever_order_they_came(rows: dict[int, str], random: Any) -> None:
    numbers = list(rows)
    random.shuffle(numbers)
    with RowSpool() as spool:
        for number in numbers:
            spool.put(number, {"cell": rows[number]})
            assert spool.get(number) == {"cell": rows[number]}
        assert {number: spool.get(number) for number in range(1, 52)} == {
            number: {"cell": rows[number]} if number in rows else None for number in range(1, 52)
        }
        assert (spool.count, spool.last) == (len(rows), max(rows, default=0))


def test_row_takes_the_place_of_the_one_before() -> None:
    with RowSpool() as spool:
        spool.put(2, "a much longer row than the other")
        spool.put(2, "short")
        assert (spool.get(2), spool.count, spool.last) == ("short", 1, 2)


def test_half_a_surrogate_pair_is_kept() -> None:
    with RowSpool() as spool:
        spool.put(1, "cut \ud83d")
        assert spool.get(1) == "cut \ud83d"


def test_number_far_away_takes_no_room_in_between() -> None:
    with RowSpool() as spool:
        spool.put(100_000_000, "far")
        assert spool.get(100_000_000) == "far"
        assert spool.get(99_999_999) is None


def test_full_disk_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with RowSpool() as spool:
        monkeypatch.setattr(os, "pwrite", refuse)
        with pytest.raises(BatchTooLarge, match="Raise EphemeralStorage of JsonToCsvFunction"):
            spool.put(1, "x")


def test_other_faults_of_the_disk_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EIO, "Input/output error")

    with RowSpool() as spool:
        monkeypatch.setattr(os, "pwrite", refuse)
        with pytest.raises(OSError, match="Input/output error"):
            spool.put(1, "x")
