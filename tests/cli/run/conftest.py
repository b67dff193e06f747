"""A stack whose operations answer what a test says, with a bucket in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from batch_processor.operations import estimate as estimating
from batch_processor.operations.analysis import structure as analysing
from batch_processor.operations.configuring import generation
from batch_processor.operations.deployment import _OUTPUTS
from batch_processor.operations.failures import explanation as explaining
from batch_processor.operations.running import execution, outcome
from batch_processor.operations.running import progress as monitoring
from batchctl.run import running
from tests.cli import shapes

BUCKET = "data"
OUTPUT = b"ticket_id,category\r\nT-1,billing\r\n"
REGION = "eu-west-1"


@dataclass
class Stack:
    """What its operations answer, and what they were given."""

    outputs: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(_OUTPUTS.values(), "1") | {"BucketName": BUCKET}
    )
    structure: Any = field(default_factory=shapes.structure)
    generated: list[Any] = field(default_factory=lambda: [shapes.generated()])
    executed: list[Any] = field(default_factory=lambda: [shapes.started()])
    results: Any = field(default_factory=shapes.results)
    given: list[Any] = field(default_factory=list)
    again: list[str | None] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)

    def generate(self, csv: str, agent: str, _: Any, mappings: dict[str, str], encoding: str) -> Any:
        self.encodings.append(encoding)
        self.given.append((csv, agent, dict(mappings)))
        return self.generated.pop(0)

    def execute(self, config: Any, _: Any, confirmation: str | None = None, again: str | None = None) -> Any:
        self.again.append(again)
        self.given.append((config, confirmation))
        return self.executed.pop(0)

    def keys(self) -> list[str]:
        """What was uploaded."""
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="inputs/")
        return [entry["Key"] for entry in listed.get("Contents", [])]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name, value in (("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing")):
        monkeypatch.setenv(name, value)
    stack = Stack()
    with mock_aws():
        s3 = stack.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key="outputs/tickets-20261121.csv", Body=OUTPUT)
        s3.put_object(Bucket=BUCKET, Key="outputs/tickets-20261121.summary.json", Body=b"{}")
        monkeypatch.setattr(running, "account_of", lambda _: stack)
        monkeypatch.setattr(analysing, "analyze_csv_structure", lambda *_, **__: stack.structure)
        monkeypatch.setattr(generation, "generate_batch_config", stack.generate)
        monkeypatch.setattr(estimating, "estimate_batch_cost", lambda *_, **__: shapes.estimate())
        monkeypatch.setattr(execution, "execute_batch_processor", stack.execute)
        ended = shapes.progress(stage="ended", status="SUCCEEDED")
        monkeypatch.setattr(monitoring, "monitor_batch_execution", lambda *_: ended)
        monkeypatch.setattr(outcome, "get_batch_results", lambda *_, **__: stack.results)
        monkeypatch.setattr(explaining, "explain_failures", lambda *_: shapes.explanation())
        yield stack


@pytest.fixture
def csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A CSV in the folder that one is in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text("ticket_id,description\nT-1,a\nT-2,b\n")
    return "tickets.csv"
