import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from batch_processor.logs import logger, start_log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, one JSON document a line."""
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    yield written
    logger.registered_handler.setStream(before)  # type: ignore[attr-defined]


def parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_every_line_names_the_batch(lines: io.StringIO) -> None:
    start_log("night")
    logger.info("Loaded", extra={"rows": 3})
    start_log("day")
    logger.warning("Slow")
    first, second = parsed(lines)
    assert (first["batch"], first["message"], first["rows"], first["service"]) == (
        "night",
        "Loaded",
        3,
        "batch-processor",
    )
    assert (second["batch"], second["level"]) == ("day", "WARNING")


def test_level_is_that_of_the_batch_at_hand(lines: io.StringIO) -> None:
    start_log("night", "DEBUG")
    logger.debug("told")
    start_log("day")
    logger.debug("not told")
    start_log("evening", "ERROR")
    logger.info("not told either")
    assert [line["message"] for line in parsed(lines)] == ["told"]
