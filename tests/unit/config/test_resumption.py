from typing import Any

import pytest

from batch_processor.config import Resumption, named_batch, parse
from tests.unit.config.changes import Build

ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"


@pytest.mark.parametrize("batch", ["night", "Nächtlich_1.2", "n" * 80, ARN])
@pytest.mark.parametrize(("key", "only_failed"), [("resume_from", False), ("only_failed_from", True)])
def test_earlier_batch_is_named_by_its_execution(document: Build, key: str, only_failed: bool, batch: str) -> None:
    assert parse(document(**{key: batch})).resumption == Resumption(batch, only_failed, False)
    accepting = parse(document(**{key: batch}, accept_changes=True)).resumption
    assert accepting == Resumption(batch, only_failed, True)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "resume_from",
        {},
        {"accept_changes": True},
        {"resume_from": 7},
        {"resume_from": "night\n"},
        {"resume_from": "\ud800"},
        {"resume_from": "a", "only_failed_from": "b"},
    ],
)
def test_earlier_batch_is_not_looked_for_where_it_cannot_be_made_out(given: Any) -> None:
    assert named_batch(given) is None
