"""Reads things before their turn comes: S3 takes long to answer, and many can be asked at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from batch_processor.aws.client import MOST_CONNECTIONS

# At most so many at a time, and so much that is read and waits.
READERS = MOST_CONNECTIONS
_ITEMS_AHEAD = 4 * READERS
_BYTES_AHEAD = 64 * 1024 * 1024

Item = TypeVar("Item")
Content = TypeVar("Content")


def read_ahead(
    items: Iterable[Item], read: Callable[[Item], Content], size: Callable[[Item], int]
) -> Generator[tuple[Item, Content]]:
    """Each item, in order, with what `read` makes of it; `size` says how many bytes that will be."""
    ahead: deque[tuple[Item, int, Future[Content]]] = deque()
    held = 0
    pool = ThreadPoolExecutor(READERS)
    try:
        for item in items:
            coming = size(item)
            while ahead and (len(ahead) >= _ITEMS_AHEAD or held + coming > _BYTES_AHEAD):
                done, its_size, content = ahead.popleft()
                held -= its_size
                yield done, content.result()
            ahead.append((item, coming, pool.submit(read, item)))
            held += coming
        for done, _, content in ahead:
            yield done, content.result()
    finally:
        pool.shutdown(cancel_futures=True)
