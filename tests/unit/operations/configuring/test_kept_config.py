"""What is shown of a batch's configuration."""

from typing import Any

import pytest

from batch_processor.batch import manifest
from batch_processor.errors import UnknownBatch
from batch_processor.operations.configuring.kept_config import show_batch_config

ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:tickets"


class Deployed:
    data_bucket = "data"


def left(monkeypatch: pytest.MonkeyPatch, config: Any, kept: Any) -> Any:
    monkeypatch.setattr(manifest, "read_config", lambda bucket, arn: config)
    monkeypatch.setattr(manifest, "read_if_readable", lambda bucket, arn: kept)
    return Deployed()


def test_configuration_is_shown_with_what_it_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = {
        "target": {"name": "triage"},
        "source": {"uri": "s3://b/a.csv"},
        "output": {"bucket": "b", "key": "outputs/a.csv"},
        "max_rows": 20,
    }
    deployment = left(monkeypatch, {"csv_s3_uri": "s3://b/a.csv"}, {"plan": plan, "loaded": {"map_mode": "inline"}})
    assert show_batch_config(ARN, deployment) == {
        "batch": "tickets",
        "execution_arn": ARN,
        "config": {"csv_s3_uri": "s3://b/a.csv"},
        "planned": {
            "target": {"name": "triage"},
            "source": {"uri": "s3://b/a.csv"},
            "output_uri": "s3://b/outputs/a.csv",
            "map_mode": "inline",
            "max_rows": 20,
        },
    }


def test_batch_without_a_plan_has_its_configuration_still(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "planned" not in show_batch_config(ARN, left(monkeypatch, {"target": "x"}, None))


def test_batch_of_which_nothing_is_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownBatch, match="Nothing is left of the configuration of tickets"):
        show_batch_config(ARN, left(monkeypatch, None, None))
