"""Places in large CSVs: only whole records between sure line starts, whatever stands at a place's beginning."""

import csv
import io
import random
import tracemalloc
from collections.abc import Callable

import pytest

from batch_processor.operations.analysis import samples
from batch_processor.operations.analysis.survey import WHOLE_BYTES, Survey, survey
from benchmarks.virtual_csv import VirtualFile

GIGABYTE = 10**9


def block(row: Callable[[int], list[str]], encoding: str = "utf-8", size: int = 1024 * 1024) -> tuple[bytes, int]:
    """Whole rows of about that size, and how many they are."""
    text, rows = io.StringIO(newline=""), 0
    writer = csv.writer(text, lineterminator="\n")
    while text.tell() < size:
        writer.writerow(row(rows))
        rows += 1
    return text.getvalue().encode(encoding), rows


def surveyed(
    header: str, row: Callable[[int], list[str]], size: int, encoding: str = "utf-8", mark: bytes = b""
) -> tuple[Survey, int, VirtualFile]:
    """What is seen of a virtual file of that size, and how many rows it has."""
    data, rows = block(row, encoding)
    file = VirtualFile(mark + f"{header}\n".encode(encoding), data, size // len(data))
    return survey(file, 5), rows * file.blocks, file


def plain_row(number: int) -> list[str]:
    return [f"{number:07d}", f"user{number}@example.com", "x" * random.Random(number).randint(5, 120)]


def quoted_row(number: int) -> list[str]:
    """A third of the rows has a cell of several lines with quotes and delimiters in it, as long as many rows."""
    many = 'first line,\nthe second "one", and\n\nmore, much more\n' * random.Random(number).randint(1, 30)
    return [f"{number:07d}", f"user{number}@example.com", many if number % 3 == 0 else "short"]


@pytest.mark.parametrize("row", [plain_row, quoted_row], ids=["plain", "cells of many lines"])
@pytest.mark.parametrize("size", [WHOLE_BYTES * 2, 5 * GIGABYTE], ids=["16 MB", "5 GB"])
def test_the_estimate_is_within_its_error(row: Callable[[int], list[str]], size: int) -> None:
    seen, rows, _ = surveyed("id,email,text", row, size)
    assert not seen.row_count_is_exact
    assert abs(seen.row_count - rows) <= rows * max(seen.row_count_error, 0.01)
    assert seen.row_count_error < 0.1
    assert seen.faults == []
    assert all(len(record) == 3 for record in seen.first_rows)


def test_no_row_is_read_that_is_none() -> None:
    seen, _, _ = surveyed("id,email,text", quoted_row, GIGABYTE)
    emails = seen.columns[1]
    assert emails.cells > 10_000
    assert all(cell.startswith("user") for cell in emails.kept)
    assert all(cell.isdigit() for cell in seen.columns[0].values)


def test_five_gigabytes_are_a_few_ranges_and_a_few_megabytes_of_memory() -> None:
    data, _ = block(quoted_row)
    file = VirtualFile(b"id,email,text\n", data, 5 * GIGABYTE // len(data))
    tracemalloc.start()
    survey(file, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(length for _, length in file.requests) < 16 * 1024 * 1024
    assert peak < 100 * 1024 * 1024


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-8", b"\xef\xbb\xbf")]
)
def test_places_are_found_in_every_encoding(encoding: str, mark: bytes) -> None:
    seen, rows, _ = surveyed("id,email,text", plain_row, WHOLE_BYTES * 4, encoding, mark)
    assert seen.faults == []
    assert abs(seen.row_count - rows) <= rows * max(seen.row_count_error, 0.01)


def test_a_column_of_texts_with_line_breaks_is_not_counted_as_if_it_were_sure() -> None:
    seen, _, _ = surveyed("text", lambda number: [f'line one of {number}\nline "two"\n\nand three'], WHOLE_BYTES * 2)
    unsure = [told for blocks, told in seen.faults if not blocks]
    assert unsure or seen.row_count_error > 0 or seen.columns[0].cells > 0
    assert not any(blocks for blocks, _ in seen.faults)


def test_bytes_that_are_no_text_are_found_at_their_place() -> None:
    data, _ = block(plain_row)
    file = VirtualFile(b"id,email,text\n", data[:-200] + b"caf\xe9\n" + data[-200:].partition(b"\n")[2], 40)
    seen = survey(file, 5)
    assert any(blocks and "of the file" in told and "not utf-8" in told for blocks, told in seen.faults)


def test_rows_that_grow_make_the_error_larger() -> None:
    data, _ = block(plain_row)
    even = survey(VirtualFile(b"id,email,text\n", data, 40), 5)
    long, _ = block(lambda number: [*plain_row(number)[:2], "x" * 4_000], size=6 * 1024 * 1024)
    uneven = survey(VirtualFile(b"id,email,text\n", data * 6 + long, 1), 5)
    assert uneven.row_count_error > even.row_count_error * 5


def test_a_place_within_one_huge_cell_is_left_out() -> None:
    data, _ = block(plain_row, size=8 * 1024 * 1024)
    huge = b'1,a@x.example,"' + (b"words and " * 9 + b"\n") * (5 * 1024 * 1024 // 91) + b'"\n'
    seen = survey(VirtualFile(b"id,email,text\n", data + huge, 1), 5)
    assert any("cannot be told where rows begin" in told for _, told in seen.faults)


def test_ends_of_lines_stand_at_even_places_in_utf_16() -> None:
    line_end = "\n".encode("utf-16-le")
    text = "aੀ\nb".encode("utf-16-le")
    assert samples.end_of_lines(text, line_end) == len("aੀ\n".encode("utf-16-le"))
    assert samples.end_of_lines(b"no end", b"\n") == 0
