"""What SNS is told of a batch whose end the machine could not tell."""

import json
from typing import Any

import pytest

from batch_processor.output.message import failure_message

TOLD = {"status": "FAILED", "batch": "night", "error": "Maintenance", "cause": "no", "execution_arn": "arn"}


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ({}, "Batch night: FAILED, Maintenance"),
        ({"error": ""}, "Batch night: FAILED"),
        ({"batch": "n" * 80}, f"Batch {'n' * 70}...: FAILED, Maintenance"),
        ({"batch": "n" * 80, "error": "e" * 90}, f"Batch {'n' * 17}...: FAILED, {'e' * 64}"),
        ({"batch": "Nächte\n"}, "Batch N?chte?: FAILED, Maintenance"),
    ],
)
def test_subject_is_what_sns_takes_and_says_how_it_ended(told: dict[str, Any], subject: str) -> None:
    assert failure_message({**TOLD, **told})[0] == subject
    assert len(subject) <= 100


def test_mail_has_the_whole_name() -> None:
    texts = json.loads(failure_message({**TOLD, "batch": "n" * 80})[1])
    assert texts["email"] == f"Batch {'n' * 80}: FAILED, Maintenance\n\nno\n\nExecution: arn"
