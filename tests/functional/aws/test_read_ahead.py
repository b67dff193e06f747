import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch_processor.aws import read_ahead as module
from batch_processor.aws.read_ahead import read_ahead

MEBIBYTE = 1024 * 1024


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 20 * MEBIBYTE), max_size=80))
def test_items_come_in_their_order_each_with_its_own_content(sizes: list[int]) -> None:
    items = list(enumerate(sizes))
    found = list(read_ahead(items, lambda item: f"content {item[0]}", lambda item: item[1]))
    assert found == [(item, f"content {item[0]}") for item in items]


def test_next_items_are_read_while_one_is_used() -> None:
    read: list[int] = []
    ahead = read_ahead(range(200), read.append, lambda _: 0)
    next(ahead)
    deadline = time.monotonic() + 5
    while len(read) < module._ITEMS_AHEAD and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sorted(read) == list(range(module._ITEMS_AHEAD))


def test_no_more_is_read_than_may_wait_in_memory() -> None:
    size, held, most = 3 * MEBIBYTE, 0, 0
    lock = threading.Lock()

    def read(number: int) -> int:
        nonlocal held, most
        with lock:
            held += size
            most = max(most, held)
        return number

    for _ in read_ahead(range(60), read, lambda _: size):
        held -= size
    assert most <= module._BYTES_AHEAD + size


def test_item_larger_than_all_that_may_wait_is_read_all_the_same() -> None:
    assert len(list(read_ahead(range(3), str, lambda _: 99 * MEBIBYTE))) == 3


def failing(number: int) -> int:
    if number == 5:
        raise ValueError("item 5")
    return number


def test_error_comes_when_it_is_the_items_turn_and_ends_all_reading() -> None:
    before = threading.active_count()
    ahead = read_ahead(range(50), failing, lambda _: 0)
    assert [next(ahead)[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="item 5"):
        next(ahead)
    assert threading.active_count() == before


def test_who_wants_no_more_ends_all_reading() -> None:
    before = threading.active_count()
    ahead = read_ahead(range(50), str, lambda _: 0)
    next(ahead)
    ahead.close()
    assert threading.active_count() == before
