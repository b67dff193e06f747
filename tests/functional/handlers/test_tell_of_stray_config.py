import json
from typing import Any

import pytest

from batch_processor.handlers.tell_of_stray_config import handle
from tests.functional.account import TOPIC, put
from tests.functional.handlers.test_start_batch import created

CONFIG = {"csv_s3_uri": "s3://data/inputs/a.csv", "target": "triage", "input_mapping": {"text": "text"}}


def told(key: str, body: Any, topic: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is published once the object is there."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    event = created(key, version_id=put(key, written)["VersionId"], size=len(written))
    assert handle(event, None) == {"told": bool(topic)}
    return topic


@pytest.mark.parametrize("key", ["config/a.json", "a.json", "inputs/a.config.json", "Configs/a.json", "team/x/a.yaml"])
def test_config_beside_the_folder_is_told_of_with_what_to_type(key: str, topic: list[dict[str, Any]]) -> None:
    (message,) = told(key, CONFIG, topic)
    name = key.rpartition("/")[2]
    assert (message["TopicArn"], message["Subject"]) == (TOPIC, f"No batch was started by {name}")
    texts = json.loads(message["Message"])
    document = json.loads(texts["default"])
    assert (document["status"], document["config"]) == ("NOT_STARTED", f"s3://data/{key}")
    assert document["advice"].endswith(f": aws s3 cp s3://data/{key} s3://data/configs/{name}")
    assert document["cause"] in texts["email"]
    assert document["advice"] in texts["email"]
    assert message["MessageAttributes"]["outcome"]["StringValue"] == "FAILED"


def test_name_is_quoted_for_the_shell_and_asked_of_no_subject(topic: list[dict[str, Any]]) -> None:
    (message,) = told("config/é $(x) 'y'.json", CONFIG, topic)
    assert message["Subject"] == "No batch was started by ? $(x) 'y'.json"
    assert (
        "aws s3 cp 's3://data/config/é $(x) '\"'\"'y" in json.loads(json.loads(message["Message"])["default"])["advice"]
    )


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("inputs/rows.json", [{"csv_s3_uri": "x"}]),
        ("inputs/rows.json", {"text": "hello", "target": "a person"}),
        ("inputs/rows.json", b'{"csv_s3_uri": "s3://data/a.csv", "target"'),
        ("config/later.json", {"target": "triage", "input_mapping": {"text": "text"}}),
        ("config/schemas/a.yaml", b"agent: a\nversion: '1.0'\nfields: []\n"),
        ("results/a.summary.json", {"status": "SUCCEEDED", "target": {"name": "triage"}, "source": {}}),
        ("config/a.csv", CONFIG),
        ("config/large.json", {**CONFIG, "padding": "x" * 1024 * 1024}),
    ],
    ids=["rows", "a row", "cut", "for later", "rules", "summary", "another name", "large"],
)
def test_any_other_file_is_nothing(key: str, body: Any, topic: list[dict[str, Any]]) -> None:
    assert told(key, body, topic) == []


def test_object_that_is_gone_is_nothing(topic: list[dict[str, Any]]) -> None:
    assert handle(created("config/a.json"), None) == {"told": False}
    assert topic == []
