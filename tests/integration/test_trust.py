"""What people of one stack cannot do to each other, and what the stack cannot do for them; IAM is enforced.

Beside each attack stands the honest flow that it resembles.
"""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core import iam_evaluator

from batch_processor.batch.names import batch_key
from batch_processor.batch.trigger import execution_name
from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import ECHO, Batches, Outcome, behaviours, is_call_of
from tests.integration.permissions import decision, documented_policy
from tests.integration.somebody import Somebody

pytestmark = pytest.mark.inline

ALLOWED, DENIED = {"allowed"}, {"implicitDeny", "explicitDeny"}


@pytest.fixture
def starter(batches: Batches) -> Iterator[Somebody]:
    """Somebody who may start batches, see how they end, and nothing else."""
    machine = batches.account.outputs["StateMachineArn"]
    executions = machine.replace(":stateMachine:", ":execution:") + ":*"
    permissions = {"states:StartExecution": machine, "states:DescribeExecution": executions}
    with Somebody(batches.account, permissions) as somebody:
        yield somebody


@pytest.fixture
def elsewhere(batches: Batches) -> str:
    """A bucket besides the stack's own, which the stack may read and write."""
    name = f"batch-example-{uuid.uuid4().hex}"
    batches.s3.create_bucket(Bucket=name)
    return name


def start(somebody: Somebody, batches: Batches, document: Any) -> BatchRun:
    started = somebody.client("stepfunctions").start_execution(
        stateMachineArn=batches.account.outputs["StateMachineArn"],
        name=f"test-{uuid.uuid4().hex}",
        input=json.dumps(document),
    )
    return BatchRun(batches.account, started["executionArn"])


def refusal(run: BatchRun) -> str:
    with pytest.raises(BatchError) as caught:
        run.wait()
    return str(caught.value)


def test_output_of_a_colleague_is_not_copied_into_another_bucket(
    batches: Batches, starter: Somebody, elsewhere: str
) -> None:
    colleague = batches.run(behaviours("echo", "echo"))
    csv = colleague.summary["csv_location"]
    config = batches.config(b"text\n", csv_s3_uri=csv, output_mapping={**ECHO, "include_original": False})
    with pytest.raises(ClientError, match="AccessDenied"):
        starter.client("s3").get_object(Bucket=batches.bucket, Key=csv.removeprefix(f"s3://{batches.bucket}/"))
    told = refusal(start(starter, batches, {**config, "output_s3_prefix": f"s3://{elsewhere}/"}))
    assert "Batch.InvalidConfiguration" in told
    assert "- /csv_s3_uri: an output of a batch may be a CSV only if the new output stays in the same bucket" in told
    assert "text 1" not in told
    assert batches.s3.list_objects_v2(Bucket=elsewhere)["KeyCount"] == 0
    stayed = batches.outcome(start(starter, batches, config).wait())
    assert stayed.column("echo") == colleague.column("echo")
    assert stayed.summary["csv_location"].startswith(f"s3://{batches.bucket}/outputs/")


@pytest.mark.parametrize("folder", ["work", "configs"])
def test_what_the_stack_keeps_for_itself_is_no_csv(batches: Batches, starter: Somebody, folder: str) -> None:
    config = batches.config(b"text\n", csv_s3_uri=f"s3://{batches.bucket}/{folder}/night/rows.jsonl")
    assert f"- /csv_s3_uri: {folder}/ holds" in refusal(start(starter, batches, config))
    with pytest.raises(BatchError, match=r"LeaveWhat|InvalidConfiguration"):
        convert(batches, {"results": f"s3://{batches.bucket}/{folder}/manifest.json"})


def convert(batches: Batches, request: dict[str, Any]) -> Any:
    answer = batches.account.client("lambda").invoke(
        FunctionName=batches.account.outputs["JsonToCsvFunctionArn"],
        Payload=json.dumps({"output_mapping": {"structured_output_fields": ["echo"]}, **request}).encode(),
    )
    body = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise BatchError(f"{body['errorType']}\n{body['errorMessage']}")
    return body


@pytest.mark.parametrize("folder", ["work", "configs", "inputs", "mine"])
def test_outputs_stay_under_outputs(batches: Batches, starter: Somebody, folder: str) -> None:
    config = batches.config(behaviours("echo"), output_s3_prefix=f"s3://{batches.bucket}/{folder}/x/")
    assert f"type s3://{batches.bucket}/outputs/" in refusal(start(starter, batches, config))


@pytest.mark.parametrize(
    "part", ["StateMachineArn", "RowBatchStateMachineArn", "RegisterEntryFunctionArn", "JsonToCsvFunctionArn"]
)
@pytest.mark.parametrize("version", ["", ":1"])
def test_parts_of_the_stack_are_no_targets_although_the_patterns_cover_them(
    batches: Batches, starter: Somebody, part: str, version: str
) -> None:
    arn = batches.account.outputs[part] + version
    config = batches.config(behaviours("echo"))
    told = refusal(start(starter, batches, {**config, "target": arn}))
    assert f"- /target: {arn} is a part of the batch processor, which no batch calls" in told


def test_batch_that_goes_on_with_another_keeps_its_output_bucket(
    batches: Batches, starter: Somebody, elsewhere: str
) -> None:
    colleague = batches.run(behaviours("echo", "fail"), storage_mode="dynamodb")
    given = {"only_failed_from": colleague.summary["batch"]}
    moved = {**given, "accept_changes": True, "output_s3_prefix": f"s3://{elsewhere}/"}
    told = refusal(start(starter, batches, moved))
    assert f"- /output_s3_prefix: the batch {given['only_failed_from']} writes to the bucket {batches.bucket}" in told
    assert batches.s3.list_objects_v2(Bucket=elsewhere)["KeyCount"] == 0
    again = batches.outcome(start(starter, batches, given).wait())
    assert again.column("_status") == ["SUCCESS", "FAILED"]


def test_who_goes_on_with_a_batch_and_fails_leaves_its_answers_in_no_folder_that_he_may_read(
    batches: Batches, starter: Somebody, elsewhere: str
) -> None:
    """A failed batch has a partial CSV in the stack's bucket, as the other one may be what failed."""
    place = f"s3://{elsewhere}/mine/"
    colleague = batches.run(behaviours("echo", "fail"), storage_mode="dynamodb", output_s3_prefix=place)
    policy = {"retry_policy": {"max_attempts": 1}, "continue_on_error": False}
    theirs = start(
        starter,
        batches,
        {"only_failed_from": colleague.summary["batch"], "accept_changes": True, "execution_config": policy},
    )
    with pytest.raises(BatchError, match=r"^Batch\.RowFailed") as failed:
        theirs.wait()
    location = re.findall(r"s3://\S+\.partial\.csv", str(failed.value))[0]
    assert location.startswith(f"s3://{batches.bucket}/work/{batch_key(theirs.execution_arn)}/")
    assert Outcome({}, batches.read(location)).column("echo")[0] == colleague.column("echo")[0]
    assert [key for key in batches.keys("outputs/") if theirs.name in key or colleague.summary["batch"] in key] == []


def test_config_whose_execution_somebody_has_named_before_is_run_once_all_the_same(
    batches: Batches, starter: Somebody
) -> None:
    """Whoever sees the object knows the name, and may be faster than the event."""
    config = json.dumps(batches.config(behaviours("echo"))).encode()
    key = f"inputs/{uuid.uuid4().hex}.json"  # here its upload starts nothing
    version = batches.s3.put_object(Bucket=batches.bucket, Key=key, Body=config)["VersionId"]
    detail = {
        "bucket": {"name": batches.bucket},
        "object": {"key": key, "version-id": version},
        "request-id": "N4N7GDK5",
    }
    machine = batches.account.outputs["StateMachineArn"]
    starter.client("stepfunctions").start_execution(stateMachineArn=machine, name=execution_name(detail), input="{}")

    def tell() -> dict[str, Any]:
        answer = batches.account.client("lambda").invoke(
            FunctionName=batches.function("StartBatch"), Payload=json.dumps({"detail": detail}).encode()
        )
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        return told

    name = tell()["execution_name"]
    run = BatchRun(batches.account, f"{machine.replace(':stateMachine:', ':execution:')}:{name}")
    assert batches.outcome(run.wait()).column("echo") == ["text 1"]
    assert name != execution_name(detail)
    assert tell() == {"execution_name": name, "started": False}


def test_batches_that_agents_of_batches_start_are_refused_beyond_what_is_allowed(
    batches: Batches, starter: Somebody
) -> None:
    agent, key = batches.account.outputs["TestAgentArn"], "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"

    def call_of(run: BatchRun) -> str:
        """The execution by which the batch has called its agent."""
        listed = batches.states.list_executions(stateMachineArn=agent)["executions"]
        [call] = [found["executionArn"] for found in listed if is_call_of(found["name"], run.name)]
        return str(call)

    config = batches.config(behaviours("echo"), "agent")
    outer = batches.start(config)
    outer.wait()
    # The stack of the tests allows one, as one of the examples is an agent that runs batches.
    once = start(starter, batches, {**config, key: call_of(outer)})
    assert once.wait()["rows_succeeded"] == 1
    told = refusal(start(starter, batches, {**config, key: call_of(once)}))
    assert (
        f"{call_of(once)}, which started this batch, works for a batch itself, so that this one is nested in 2" in told
    )
    assert "the stack allows 1 (parameter MostNestedBatches)" in told
    by_hand = batches.states.start_execution(stateMachineArn=agent, name=f"by-hand-{uuid.uuid4().hex}", input="{}")
    assert start(starter, batches, {**config, key: by_hand["executionArn"]}).wait()["rows_succeeded"] == 1


def role_of(batches: Batches, name: str) -> str:
    """The ARN of the role of a function, or of one of the two machines."""
    if name.endswith("Arn"):
        machine = batches.states.describe_state_machine(stateMachineArn=batches.account.outputs[name])
        return str(machine["roleArn"])
    configuration = batches.account.client("lambda").get_function_configuration(FunctionName=batches.function(name))
    return str(configuration["Role"])


@pytest.mark.parametrize(
    ("role", "action", "key", "decided"),
    [
        ("AggregateResults", "s3:PutObject", "outputs/a.csv", ALLOWED),
        ("AggregateResults", "s3:PutObject", "work/night/parts/1.csv", ALLOWED),
        ("AggregateResults", "s3:PutObject", "configs/a.json", {"explicitDeny"}),
        ("AggregateResults", "s3:PutObject", "inputs/a.csv", {"explicitDeny"}),
        ("AggregateResults", "s3:PutObject", "mine/a.csv", DENIED),
        ("SalvageAnswers", "s3:PutObject", "outputs/a.partial.csv", ALLOWED),
        ("SalvageAnswers", "s3:PutObject", "configs/a.json", {"explicitDeny"}),
        ("ValidateInput", "s3:GetObject", "inputs/a.csv", ALLOWED),
        ("ValidateInput", "s3:PutObject", "outputs/a.csv", DENIED),
        ("ValidateInput", "s3:PutObject", "configs/a.json", DENIED),
        ("JsonToCsv", "s3:GetObject", "inputs/a.csv", ALLOWED),
        ("JsonToCsv", "s3:PutObject", "outputs/a.csv", ALLOWED),
        ("JsonToCsv", "s3:GetObject", "work/night/rows.jsonl", {"explicitDeny"}),
        ("JsonToCsv", "s3:GetObject", "configs/a.json", {"explicitDeny"}),
        ("JsonToCsv", "s3:PutObject", "work/night/parts/1.csv", {"explicitDeny"}),
        ("JsonToCsv", "s3:PutObject", "configs/a.json", {"explicitDeny"}),
        ("StartBatch", "s3:GetObject", "configs/a.json", ALLOWED),
        ("StartBatch", "s3:GetObject", "inputs/a.json", DENIED),
        ("TellOfStrayConfig", "s3:GetObject", "config/a.json", ALLOWED),
        ("TellOfStrayConfig", "s3:GetObject", "inputs/a.csv", DENIED),
        ("TellOfStrayConfig", "s3:GetObject", "work/night/manifest.json", {"explicitDeny"}),
        ("TellOfStrayConfig", "s3:GetObject", "outputs/a.summary.json", {"explicitDeny"}),
        ("StateMachineArn", "s3:PutObject", "outputs/a.csv", DENIED),
        ("RowBatchStateMachineArn", "s3:GetObject", "work/night/rows.jsonl", DENIED),
    ],
)
def test_roles_write_and_read_the_folders_that_are_theirs(
    batches: Batches, role: str, action: str, key: str, decided: set[str]
) -> None:
    assert decision(batches.account, role_of(batches, role), action, f"arn:aws:s3:::{batches.bucket}/{key}") in decided


def test_rows_call_targets_and_no_part_of_the_stack(batches: Batches) -> None:
    outputs = batches.account.outputs
    machine, rows = outputs["StateMachineArn"], outputs["RowBatchStateMachineArn"]
    roles = {name: role_of(batches, name) for name in ("StateMachineArn", "RowBatchStateMachineArn")}
    functions = batches.account.client("lambda")

    def own(name: str) -> str:
        return str(functions.get_function_configuration(FunctionName=batches.function(name))["FunctionArn"])

    def may(role: str, action: str, arn: str) -> bool:
        return decision(batches.account, roles[role], action, arn) == "allowed"

    for role in roles:
        assert may(role, "lambda:InvokeFunction", outputs["TestToolArn"])
        assert may(role, "states:StartExecution", outputs["TestAgentArn"])
        assert may(role, "lambda:InvokeFunction", own("ExtractStructuredOutput"))
        for name in ("StartBatch", "TellOfStrayConfig", "RenderTemplate", "JsonToCsv", "RegisterEntry"):
            assert not may(role, "lambda:InvokeFunction", own(name))
            assert not may(role, "lambda:InvokeFunction", f"{own(name)}:1")
        assert not may(role, "lambda:InvokeFunction", f"{own('ExtractStructuredOutput')}:1")
        assert not may(role, "states:StartExecution", f"{machine}:1")
        assert not may(role, "states:StartExecution", f"{rows}:live")
        # Of another account, and in another Region.
        for arn, action in (
            (outputs["TestToolArn"], "lambda:InvokeFunction"),
            (outputs["TestAgentArn"], "states:StartExecution"),
        ):
            region, account = arn.split(":")[3:5]
            assert not may(role, action, arn.replace(f":{account}:", ":999999999999:"))
            assert not may(role, action, arn.replace(f":{region}:", ":af-south-1:"))
    # Children of its Distributed Map, and row batches.
    assert may("StateMachineArn", "states:StartExecution", machine)
    assert may("StateMachineArn", "states:StartExecution", rows)
    assert not may("RowBatchStateMachineArn", "states:StartExecution", machine)
    assert not may("RowBatchStateMachineArn", "states:StartExecution", rows)
    assert not may("RowBatchStateMachineArn", "lambda:InvokeFunction", own("ValidateInput"))


@pytest.mark.parametrize(
    ("role", "action"),
    [("LoadCsvData", "s3:GetObject"), ("JsonToCsv", "s3:PutObject"), ("ValidateInput", "s3:ListBucket")],
)
def test_bucket_of_another_account_is_out_of_reach_whatever_it_is_called(
    batches: Batches, role: str, action: str
) -> None:
    documents = [iam_evaluator.parse_policy_document(document) for document in policies_of(batches, role)]
    place = "arn:aws:s3:::batch-example-theirs" + ("" if action == "s3:ListBucket" else "/a.csv")

    def decided(owner: str) -> str:
        # The evaluator takes the account that asks for the one that owns the bucket: an ARN of S3's has none.
        context = iam_evaluator.EvalContext("arn:aws:sts:::x", "AssumedRole", owner, action, place, "us-east-1")
        return str(iam_evaluator.evaluate(context, documents).decision)

    assert decided("000000000000") == "Allow"
    assert decided("999999999999") == "ImplicitDeny"


def policies_of(batches: Batches, role: str) -> list[Any]:
    """The documents of the policies that the role has."""
    iam, name = batches.account.client("iam"), role_of(batches, role).rpartition("/")[2]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=name, PolicyName=found)["PolicyDocument"] for found in inline]
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        if ":iam::aws:" in arn:
            continue  # AWS's own, for logs and traces
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return documents


@pytest.fixture
def words(batches: Batches) -> dict[str, str]:
    """What the words in capitals of docs/security.md stand for."""
    outputs = batches.account.outputs
    _, _, _, region, account, _, machine = outputs["StateMachineArn"].split(":")
    return {
        "REGION": region,
        "ACCOUNT": account,
        "ENVIRONMENT": machine.removeprefix("batch-processor-"),
        "BUCKET": batches.bucket,
        "STACK": "batch-processor-local",
        "RESULTS_TABLE": outputs["ResultsTableName"],
        "BATCHES_TABLE": outputs["BatchesTableName"],
        "DEAD_LETTER_QUEUE": outputs["DeadLetterQueueUrl"].rpartition("/")[2],
        "UNDELIVERED_EVENT_QUEUE": outputs["UndeliveredEventQueueUrl"].rpartition("/")[2],
        "REGISTER_ENTRY": outputs["RegisterEntryFunctionArn"].rpartition(":")[2],
        "ARTIFACTS": "sam-artifacts",
    }


@pytest.fixture
def somebody(batches: Batches, words: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Somebody]:
    """Somebody with the policy of docs/security.md for the role of the test's parameter."""
    with Somebody(batches.account, documented_policy(request.param, words)) as found:
        yield found


@pytest.mark.parametrize("somebody", ["author"], indirect=True)
def test_author_gives_input_starts_batches_and_reads_outputs(batches: Batches, somebody: Somebody) -> None:
    s3 = somebody.client("s3")
    config = batches.config(b"text\n")
    s3.put_object(Bucket=batches.bucket, Key="inputs/author.csv", Body=behaviours("echo"))
    config["csv_s3_uri"] = f"s3://{batches.bucket}/inputs/author.csv"
    run = start(somebody, batches, config)
    summary = run.wait()
    key = summary["csv_location"].removeprefix(f"s3://{batches.bucket}/")
    assert b"text 1" in s3.get_object(Bucket=batches.bucket, Key=key)["Body"].read()
    described = somebody.client("stepfunctions").describe_execution(executionArn=run.execution_arn)
    assert described["status"] == "SUCCEEDED"
    assert s3.list_objects_v2(Bucket=batches.bucket, Prefix="outputs/")["KeyCount"]
    s3.put_object(Bucket=batches.bucket, Key=f"configs/{uuid.uuid4().hex}/", Body=b"")
    for prefix in ("", "work/"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=batches.bucket, Prefix=prefix)


@pytest.mark.parametrize(
    ("somebody", "action", "resource", "decided"),
    [
        ("author", "s3:PutObject", "arn:aws:s3:::BUCKET/configs/a.json", ALLOWED),
        ("author", "s3:PutObject", "arn:aws:s3:::BUCKET/work/night/manifest.json", DENIED),
        ("author", "s3:PutObject", "arn:aws:s3:::BUCKET/outputs/a.csv", DENIED),
        ("author", "s3:GetObject", "arn:aws:s3:::BUCKET/work/night/config.json", DENIED),
        ("author", "s3:DeleteObject", "arn:aws:s3:::BUCKET/inputs/a.csv", DENIED),
        ("author", "states:StartExecution", "MACHINE-rows-ENVIRONMENT", DENIED),
        ("author", "states:StopExecution", "EXECUTION-ENVIRONMENT:night", DENIED),
        ("author", "states:GetExecutionHistory", "EXECUTION-ENVIRONMENT:night", DENIED),
        ("author", "lambda:InvokeFunction", "arn:aws:lambda:REGION:ACCOUNT:function:REGISTER_ENTRY", DENIED),
        ("author", "dynamodb:Query", "arn:aws:dynamodb:REGION:ACCOUNT:table/RESULTS_TABLE", DENIED),
        ("operator", "states:StopExecution", "EXECUTION-ENVIRONMENT:night", ALLOWED),
        ("operator", "states:StopExecution", "EXECUTION-rows-ENVIRONMENT:night-1", ALLOWED),
        ("operator", "states:RedriveExecution", "EXECUTION-ENVIRONMENT:night", ALLOWED),
        ("operator", "states:GetExecutionHistory", "EXECUTION-rows-ENVIRONMENT:night-1", ALLOWED),
        ("operator", "dynamodb:Query", "arn:aws:dynamodb:REGION:ACCOUNT:table/RESULTS_TABLE/index/failures", ALLOWED),
        ("operator", "s3:GetObject", "arn:aws:s3:::BUCKET/work/night/manifest.json", ALLOWED),
        ("operator", "sqs:ReceiveMessage", "arn:aws:sqs:REGION:ACCOUNT:DEAD_LETTER_QUEUE", ALLOWED),
        ("operator", "lambda:InvokeFunction", "arn:aws:lambda:REGION:ACCOUNT:function:REGISTER_ENTRY", ALLOWED),
        ("operator", "states:StartExecution", "MACHINE-rows-ENVIRONMENT", DENIED),
        ("operator", "states:StartExecution", "MACHINE-ENVIRONMENT", DENIED),
        ("operator", "s3:PutObject", "arn:aws:s3:::BUCKET/work/night/manifest.json", DENIED),
        ("operator", "s3:PutObject", "arn:aws:s3:::BUCKET/configs/a.json", DENIED),
        ("operator", "dynamodb:PutItem", "arn:aws:dynamodb:REGION:ACCOUNT:table/RESULTS_TABLE", DENIED),
        ("eraser", "s3:DeleteObjectVersion", "arn:aws:s3:::BUCKET/work/night/manifest.json", ALLOWED),
        ("eraser", "s3:ListBucketVersions", "arn:aws:s3:::BUCKET", ALLOWED),
        ("operator", "dynamodb:Query", "arn:aws:dynamodb:REGION:ACCOUNT:table/BATCHES_TABLE/index/by_time", ALLOWED),
        ("operator", "dynamodb:UpdateItem", "arn:aws:dynamodb:REGION:ACCOUNT:table/BATCHES_TABLE", DENIED),
        ("eraser", "dynamodb:DeleteItem", "arn:aws:dynamodb:REGION:ACCOUNT:table/BATCHES_TABLE", ALLOWED),
        ("eraser", "dynamodb:BatchWriteItem", "arn:aws:dynamodb:REGION:ACCOUNT:table/RESULTS_TABLE", ALLOWED),
        ("eraser", "sqs:ChangeMessageVisibility", "arn:aws:sqs:REGION:ACCOUNT:DEAD_LETTER_QUEUE", ALLOWED),
        ("eraser", "sqs:DeleteMessage", "arn:aws:sqs:REGION:ACCOUNT:UNDELIVERED_EVENT_QUEUE", ALLOWED),
        ("eraser", "states:GetExecutionHistory", "EXECUTION-ENVIRONMENT:night", ALLOWED),
        ("eraser", "s3:PutObject", "arn:aws:s3:::BUCKET/configs/a.json", DENIED),
        ("eraser", "dynamodb:PutItem", "arn:aws:dynamodb:REGION:ACCOUNT:table/RESULTS_TABLE", DENIED),
        ("eraser", "states:StartExecution", "MACHINE-ENVIRONMENT", DENIED),
        ("operator", "s3:DeleteObjectVersion", "arn:aws:s3:::BUCKET/work/night/manifest.json", DENIED),
        (
            "deployer",
            "cloudformation:ExecuteChangeSet",
            "arn:aws:cloudformation:REGION:ACCOUNT:stack/STACK/1a2b",
            ALLOWED,
        ),
        ("deployer", "s3:PutObject", "arn:aws:s3:::ARTIFACTS/a.template", ALLOWED),
        (
            "deployer",
            "cloudformation:ExecuteChangeSet",
            "arn:aws:cloudformation:REGION:ACCOUNT:stack/other/1a2b",
            DENIED,
        ),
        ("deployer", "s3:GetObject", "arn:aws:s3:::BUCKET/outputs/a.csv", DENIED),
        ("deployer", "states:StartExecution", "MACHINE-ENVIRONMENT", DENIED),
        ("deployer", "iam:CreateRole", "arn:aws:iam::ACCOUNT:role/x", DENIED),
    ],
    indirect=["somebody"],
)
def test_policies_that_are_to_be_pasted_give_what_the_page_says(
    batches: Batches,
    somebody: Somebody,
    words: dict[str, str],
    action: str,
    resource: str,
    decided: set[str],
) -> None:
    states = "arn:aws:states:REGION:ACCOUNT"
    arn = resource.replace("MACHINE", f"{states}:stateMachine:batch-processor")
    arn = arn.replace("EXECUTION", f"{states}:execution:batch-processor")
    for word, meant in words.items():
        arn = arn.replace(word, meant)
    assert decision(batches.account, somebody.arn, action, arn) in decided
