"""Reads things before their turn comes: S3 takes long to answer, and many can be asked at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from batch_processor.aws.client import MOST_CONNECTIONS

# So many are read at a time, and so many items and bytes may be read ahead of their turn.
READERS = MOST_CONNECTIONS
_ITEMS_AHEAD = 4 * READERS
_BYTES_AHEAD = 64 * 1024 * 1024

Item = TypeVar("Item")
Content = TypeVar("Content")


def read_ahead(
    items: Iterable[Item], read: Callable[[Item], Content], size: Callable[[Item], int]
) -> Generator[tuple[Item, Content]]:
    """(item, `read(item)`) for each item, in order; `size(item)` says how many bytes will be read."""
    ahead: deque[tuple[Item, int, Future[Content]]] = deque()
    held_bytes = 0
    pool = ThreadPoolExecutor(READERS)
    try:
        for item in items:
            item_bytes = size(item)
            while ahead and (len(ahead) >= _ITEMS_AHEAD or held_bytes + item_bytes > _BYTES_AHEAD):
                done, done_bytes, content = ahead.popleft()
                held_bytes -= done_bytes
                yield done, content.result()
            ahead.append((item, item_bytes, pool.submit(read, item)))
            held_bytes += item_bytes
        for done, _, content in ahead:
            yield done, content.result()
    finally:
        pool.shutdown(cancel_futures=True)
