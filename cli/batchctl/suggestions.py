"""Says which of an option's values was meant."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer

_REFUSAL = re.compile(r"'(?P<given>.*)' is not one of (?P<known>'.*')")


@contextmanager
def suggesting() -> Iterator[None]:
    """Within it the refusal of a value names the one that it is nearly."""
    try:
        yield
    except typer.BadParameter as exc:
        exc.message = _suggested(exc.message)
        raise


def _suggested(message: str) -> str:
    found = _REFUSAL.search(message)
    if not found or "Did you mean" in message:
        return message
    from batch_processor.document.wording import nearest  # which help does without

    known = re.findall(r"'([^']*)'", found["known"])
    meant = nearest(found["given"], known)
    return f"{message.rstrip('.')}. Did you mean '{meant}'?" if meant else message
