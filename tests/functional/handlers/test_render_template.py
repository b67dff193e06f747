import json
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, StorageUnavailable, TemplateInvalid, VariableMissing
from batch_processor.handlers.render_template import handle
from batch_processor.settings import MissingSetting

TABLE = "TemplateRegistry-test"
VALUE = 'O\'Brien & "Söhne"\n{{x}}'


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPLATE_REGISTRY", TABLE)
    keys = (("template_id", "HASH"), ("version", "RANGE"))
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
    )
    for version, status in (("1.9.0", "active"), ("1.10.0", "active"), ("2.0.0", "deprecated")):
        register(version, status)


def register(version: str, status: str | None, template_id: str = "search", **others: Any) -> None:
    item = {
        "template_id": template_id,
        "version": version,
        "template": {
            "version": version,
            "goal": "Find {{name}}.",
            "tries": 3,
            "none": None,
            "on": True,
            "all": ["{{{n}}}"],
        },
        "variables": {"name": {"required": True}, "n": {"required": False, "default": 5}},
        **({"status": status} if status else {}),
        **others,
    }
    client("dynamodb").put_item(TableName=TABLE, Item=TypeSerializer().serialize(item)["M"])


def rendered(version: str, name: str = VALUE, n: Any = 5) -> dict[str, Any]:
    script = {"version": version, "goal": f"Find {name}.", "tries": 3, "none": None, "on": True, "all": [n]}
    return {"rendered": script, "template_id": "search", "version": version}


@pytest.mark.parametrize("version", [{}, {"version": None}, {"version": ""}, {"version": "latest"}])
def test_latest_active_version_is_rendered(version: dict[str, Any]) -> None:
    answer = handle({"template_id": "search", **version, "variables": {"name": VALUE}}, None)
    assert answer == rendered("1.10.0")
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("pinned", [{"template_id": "search", "version": "1.9.0"}, {"template_id": "search@1.9.0"}])
def test_pinned_version_is_rendered(pinned: dict[str, Any]) -> None:
    assert handle({**pinned, "variables": {"name": VALUE, "n": [1.5]}}, None) == rendered("1.9.0", n=[1.5])


def test_nested_values_may_be_json_texts() -> None:
    texts = {"template": '{"a": "{{name}}", "n": 0.5}', "variables": '{"name": {"default": "x"}}'}
    register("1.0.0", "active", template_id="texts", **texts)
    assert handle({"template_id": "texts"}, None)["rendered"] == {"a": "x", "n": 0.5}


def test_template_may_come_along() -> None:
    answer = handle({"template": {"goal": "Find {{name}}."}, "variables": {"name": VALUE}}, None)
    assert answer == {"rendered": {"goal": f"Find {VALUE}."}, "template_id": None, "version": None}


def test_template_that_comes_along_may_be_json_text() -> None:
    answer = handle({"template": '{"goal": "Find {{name}}."}', "variables": {"name": VALUE}}, None)
    assert answer["rendered"] == {"goal": f"Find {VALUE}."}


def test_missing_variable_is_named() -> None:
    with pytest.raises(VariableMissing, match=r"'name' \(/goal\)\.$"):
        handle({"template_id": "search", "variables": {"nam": "6789"}}, None)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"template_id": "serch", "variables": {}}, "Template 'serch' has no active version; there is none."),
        (
            {"template_id": "search", "version": "2.0.0"},
            "Template 'search'@2.0.0 is deprecated; active: 1.10.0, 1.9.0.",
        ),
        ({"template_id": "search", "version": "3"}, "has no version 3; there is 2.0.0 (deprecated), 1.10.0, 1.9.0."),
        ({"variables": {}}, "Expected {template_id, version, variables}"),
        ({"template_id": "search", "variables": [1]}, "Expected {template_id, version, variables}"),
        ({"template": "{{x", "variables": {}}, "a tag is not closed"),
        ({"template": {"a": "{{=x=}}"}, "variables": {}}, "/a: delimiters are changed by two of them"),
        ({"template_id": 5}, "Expected {template_id, version, variables}"),
        ({"template_id": ""}, "Expected {template_id, version, variables}"),
        ({"template_id": "search", "version": 1.1}, "version a text"),
        (
            {"template_id": "search@1.9.0", "version": "1.10.0"},
            "Expected one version of the template 'search', got 1.9.0 and",
        ),
        (5, "Expected {template_id, version, variables}"),
        ([], "Expected {template_id, version, variables}"),
    ],
)
def test_template_that_cannot_be_rendered_is_told(event: dict[str, Any], told: str) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        handle(event, None)
    assert told in str(caught.value)


def test_entry_without_status_is_active() -> None:
    register("1.0.0", None, template_id="plain")
    assert handle({"template_id": "plain", "variables": {"name": "x"}}, None)["version"] == "1.0.0"


def test_throttled_registry_is_worth_another_attempt() -> None:
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("query", "ThrottlingException", http_status_code=400)
        with pytest.raises(StorageUnavailable, match=TABLE):
            handle({"template_id": "search", "variables": {"name": "x"}}, None)


def test_registry_that_is_not_there_is_told() -> None:
    client("dynamodb").delete_table(TableName=TABLE)
    with pytest.raises(BatchProcessorError, match=TABLE):
        handle({"template_id": "search", "variables": {"name": "x"}}, None)


def test_function_without_its_variable_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEMPLATE_REGISTRY")
    with pytest.raises(MissingSetting, match="TEMPLATE_REGISTRY"):
        handle({"template_id": "search"}, None)


def sample(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[3] / "events" / f"render_template_{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_sample_templates_are_rendered_or_told() -> None:
    script = handle(sample("inline"), None)["rendered"]
    assert script["steps"][1]["goal"] == f"Fill in Building Number: 23, Street: {VALUE}, Postcode: SW1A 1AA."
    assert script["steps"][2]["retries"] == 2
    with pytest.raises(VariableMissing, match=r"'postcode' \(/steps/1/goal\); 'retries' \(/steps/2/retries\)\.$"):
        handle(sample("missing_variable"), None)
    with pytest.raises(
        TemplateInvalid, match=r"^Template 'broadband_availability' has no version 1\.0\.0; there is none\.$"
    ):
        handle(sample("unknown_template"), None)
