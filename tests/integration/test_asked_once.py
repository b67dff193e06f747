"""What was answered once is not asked again: within a batch, and in a later one. On the deployed stack, by its roles."""

import uuid
from collections import Counter
from typing import Any

from tests.integration.batches import Batches, Outcome

INPUTS, ROWS = 60, 600


def _texts(of: str) -> list[str]:
    """So many rows of so few inputs, which are spread over all row batches."""
    return [f"{of} {(row * 7) % INPUTS}" for row in range(ROWS)]


def _csv(texts: list[str]) -> bytes:
    return "".join(["id,text\n", *(f"{row},{text}\n" for row, text in enumerate(texts, start=1))]).encode()


def _calls(outcome: Outcome) -> int:
    return int(outcome.summary["cost"]["usage"].get("target_call", 0))


def test_inputs_are_asked_once_and_then_never_again(batches: Batches) -> None:
    texts = _texts(uuid.uuid4().hex)
    if batches.map_mode == "auto":
        texts = texts[: 2 * INPUTS]
    changes: dict[str, Any] = {"deduplicate": True, "cache": True}
    first = batches.run(_csv(texts), execution_config={"max_concurrency": 20}, **changes)
    assert first.column("echo") == texts
    assert Counter(first.column("_status")) == {"SUCCESS": len(texts)}
    assert (first.summary["rows_deduplicated"], _calls(first)) == (len(texts) - INPUTS, INPUTS)

    new = uuid.uuid4().hex
    again = batches.run(_csv([*texts, new]), execution_config={"max_concurrency": 20}, **changes)
    assert again.column("echo") == [*texts, new]
    told = (again.summary["rows_from_cache"], again.summary["rows_deduplicated"], _calls(again))
    assert told == (INPUTS, len(texts) - INPUTS, 1)

    elsewhere = f"s3://{batches.bucket}/outputs/{uuid.uuid4().hex}/"
    others = batches.run(_csv(texts[:1]), output_s3_prefix=elsewhere, cache=True, storage_mode="dynamodb")
    assert (others.summary["rows_from_cache"], _calls(others)) == (0, 1)
