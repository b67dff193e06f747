"""Bedrock, and DynamoDB's optimised task, as machines use them: ours do it, and MiniStack's still do not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from batchctl.local.emulator.process import Emulator
from batchctl.local.model import LocalModel
from tests.emulator.local_aws import PYTHON, LocalAws, caught
from tests.emulator.observations import Item, Items, caught_error, error_of, item_id

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
NOTHING: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}]
PROFILE = "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.*"
FOUNDATION = "arn:aws:bedrock:*::foundation-model/anthropic.*"
PRODUCT = '{"title": "Camp stove", "features": "1.9 kg"}'
ITEMS = Items()
item = ITEMS.item


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    with LocalModel(throttle_every=2) as running:
        yield running


@pytest.fixture(scope="module", params=["patched", "unpatched"])
def aws(request: pytest.FixtureRequest, model: LocalModel) -> Iterator[LocalAws]:
    options = ["--unpatched"] if request.param == "unpatched" else []
    with Emulator(python=PYTHON, auth=True, model_url=model.url, options=options) as running:
        yield LocalAws(running.environment())


def converse(**changes: Any) -> dict[str, Any]:
    """A Task that asks a model."""
    schema = {"type": "object", "properties": {"headline": {"type": "string"}}, "additionalProperties": False}
    spec = {"Name": "return_copy", "InputSchema": {"Json": schema}, "Strict": True}
    arguments = {
        "ModelId": MODEL,
        "Messages": [{"Role": "user", "Content": [{"Text": PRODUCT}]}],
        "ToolConfig": {"Tools": [{"ToolSpec": spec}], "ToolChoice": {"Tool": {"Name": "return_copy"}}},
        **changes,
    }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:bedrockruntime:converse",
        "Arguments": arguments,
        # Every second request is refused.
        "Retry": [{"ErrorEquals": ["BedrockRuntime.ThrottlingException"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        "End": True,
    }


def allowing(aws: LocalAws, *models: str) -> str:
    return aws.role("models", [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": list(models)}])


@item("converse_tasks", ("tool_use", "Camp stove: 1.9 kg", ["InputTokens", "OutputTokens", "TotalTokens"]))
def a_task_converses_with_a_model_and_the_tools_input_keeps_its_names(aws: LocalAws) -> Any:
    answer = aws.output({"Ask": converse()})
    [block] = answer["Output"]["Message"]["Content"]
    return answer["StopReason"], block["ToolUse"]["Input"]["headline"], sorted(answer["Usage"])


@item("converse_tasks", "States.Runtime")
def a_task_with_an_argument_in_the_apis_spelling_cannot_be_started(aws: LocalAws) -> Any:
    execution = aws.run({"Ask": converse(modelId=MODEL)})
    return execution.get("error") if "'modelId' is not supported" in execution.get("cause", "") else "another reason"


@item("converse_tasks", "BedrockRuntime.ValidationException")
def a_task_without_a_role_of_its_message_is_invalid(aws: LocalAws) -> Any:
    return caught_error(aws, converse(Messages=[{"Content": [{"Text": PRODUCT}]}]))


@item("role_policies", ["BedrockRuntime.AccessDeniedException"] * 3)
def a_role_must_allow_the_inference_profile_and_its_model(aws: LocalAws) -> Any:
    roles = [aws.role("nothing", NOTHING), allowing(aws, PROFILE), allowing(aws, FOUNDATION)]
    return [caught_error(aws, converse(), role_arn=role) for role in roles]


@item("role_policies", True)
def a_role_that_allows_both_may_ask(aws: LocalAws) -> Any:
    return "Output" in aws.output({"Ask": converse()}, role_arn=allowing(aws, PROFILE, FOUNDATION))


@item("role_policies", "DynamoDB.AmazonDynamoDBException")
def a_role_must_allow_the_table(aws: LocalAws) -> Any:
    get = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Arguments": {"TableName": "t", "Key": {"k": {"S": "v"}}},
        "End": True,
    }
    error = aws.output(caught(get), role_arn=aws.role("nothing", NOTHING))
    return error["Error"] if "not authorized to perform: dynamodb:GetItem" in error["Cause"] else error


@item("model_answers", ["ThrottlingException", "none"])
def a_throttled_model_is_an_error_and_no_answer(aws: LocalAws) -> Any:
    client = aws.client("bedrock-runtime")
    tool = {"toolSpec": {"name": "f", "inputSchema": {"json": {"properties": {"headline": {}}}}}}
    request = {"messages": [{"role": "user", "content": [{"text": PRODUCT}]}], "toolConfig": {"tools": [tool]}}
    return sorted(error_of(client.converse, modelId=MODEL, **request) for _ in range(2))


@item("model_answers", ["ValidationException"] * 4)
def a_strict_schema_must_be_one_that_bedrock_compiles(aws: LocalAws) -> Any:
    def refused(**schema: Any) -> str:
        spec = {"name": "f", "strict": True, "inputSchema": {"json": schema}}
        return error_of(
            aws.client("bedrock-runtime").converse,
            modelId=MODEL,
            messages=[{"role": "user", "content": [{"text": "x"}]}],
            toolConfig={"tools": [{"toolSpec": spec}]},
        )

    number, text = {"type": "number", "minimum": 0}, {"type": "string", "maxLength": 3}
    return [
        refused(type="object", properties={"n": number}, additionalProperties=False),
        refused(type="object", properties={"l": {"type": "array", "items": text}}, additionalProperties=False),
        refused(type="object", properties={"l": {"type": "array", "minItems": 2}}, additionalProperties=False),
        refused(type="object", properties={}),
    ]


@pytest.mark.parametrize("item", ITEMS, ids=item_id)
def test_bedrock(item: Item, aws: LocalAws, request: pytest.FixtureRequest) -> None:
    is_patched = request.node.callspec.params["aws"] == "patched"
    (item.check if is_patched else item.check_gap)(aws)


def test_a_model_server_that_is_gone_is_unavailable() -> None:
    with LocalModel() as gone:
        url = gone.url
    with Emulator(python=PYTHON, model_url=url) as emulator:
        error = LocalAws(emulator.environment()).output(caught(converse()))
    assert error["Error"] == "BedrockRuntime.ServiceUnavailableException"
    assert "The model server gave no answer" in json.dumps(error)
