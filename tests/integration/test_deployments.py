"""A second environment beside the first: with all that an account may demand, deleted, and deployed again with what stayed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from batchctl.local.stack import LocalStack
from tests.integration.batches import Batches, Rows, behaviours
from tests.integration.deployments import REGISTRIES, Deployment, SamEnded
from tests.integration.permissions import documented_policy

ENVIRONMENT = "second-2"
STAYING = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table"}
ROWS = behaviours("", "fail", "")


@pytest.fixture(scope="module")
def second(local_stack: LocalStack) -> Iterator[Deployment]:
    """The second environment, deployed as docs/operate.md says."""
    deployment = Deployment(local_stack, ENVIRONMENT)
    deployment.deploy("--tags", "team=data", **demanded(local_stack))
    yield deployment
    deployment.delete()


def demanded(stack: LocalStack) -> dict[str, str]:
    """What an account may demand, made in it."""
    account = stack.client("sts").get_caller_identity()["Account"]
    words = {"ACCOUNT": account, "REGION": "us-east-1"}
    key = stack.client("kms").create_key(Policy=json.dumps(documented_policy("key", words, "operate.md")))
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    boundary = stack.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    )
    ec2 = stack.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"] for number in (1, 2)]
    group = ec2.create_security_group(GroupName="functions", Description="HTTPS out", VpcId=vpc)["GroupId"]
    return {
        "KmsKeyArn": key["KeyMetadata"]["Arn"],
        "PermissionsBoundary": boundary["Policy"]["Arn"],
        "SubnetIds": ",".join(subnets),
        "SecurityGroupIds": group,
        "AlarmEmail": "ops@example.com",
    }


def tables(deployment: Deployment) -> set[str]:
    return set(deployment.client("dynamodb").list_tables()["TableNames"])


def stored(batches: Batches) -> set[str]:
    """The batches that have rows in the results table."""
    pages = batches.account.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=batches.account.outputs["ResultsTableName"], ProjectionExpression="batch_id")
    return {item["batch_id"]["S"] for page in found for item in page["Items"]}


def config(batches: Batches, **changes: Any) -> dict[str, Any]:
    return batches.config(ROWS, storage_mode="dynamodb", **changes)


def test_two_environments_run_at_the_same_time_and_neither_touches_the_other(second: Deployment) -> None:
    one, other = Batches(second.beside), Batches(second)
    before = (stored(one), stored(other))
    runs = [(batches, batches.start(config(batches))) for batches in (one, other)]
    outcomes = [batches.outcome(run.wait()) for batches, run in runs]
    for (batches, run), outcome in zip(runs, outcomes, strict=True):
        assert outcome.column("_status") == ["SUCCESS", "FAILED", "SUCCESS"]
        assert outcome.summary["csv_location"].startswith(f"s3://{batches.bucket}/")
        [new] = stored(batches) - before[batches is other]
        assert new.endswith(f"#{run.name}")
    machines = [batches.account.outputs["StateMachineArn"] for batches in (one, other)]
    assert machines[1] == machines[0].replace("-local", f"-{ENVIRONMENT}")


def test_what_the_account_demands_is_there(second: Deployment) -> None:
    # Boundary, subnets and a bucket's encryption MiniStack's CloudFormation does not keep:
    # tests/statemachine/test_template_parameters.py has them.
    table = second.client("dynamodb").describe_table(TableName=second.outputs["ResultsTableName"])["Table"]
    assert table["SSEDescription"]["SSEType"] == "KMS"
    topic = second.outputs["UndeliveredEventTopicArn"]
    [subscription] = second.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    [stack] = second.client("cloudformation").describe_stacks(StackName=second.name)["Stacks"]
    assert {"Key": "team", "Value": "data"} in stack["Tags"]


def test_a_table_name_that_is_taken_is_told_and_nothing_stays_of_the_deployment(second: Deployment) -> None:
    before, buckets = tables(second), second.client("s3").list_buckets()["Buckets"]
    third = Deployment(second.beside, "third")
    with pytest.raises(SamEnded):
        third.deploy(ResultsTableName=second.beside.outputs["ResultsTableName"])
    assert "identifier 'batch_processor_results' already exists" in third.reasons()
    assert tables(second) == before
    assert second.client("s3").list_buckets()["Buckets"] == buckets
    third.delete()


def test_half_of_a_vpc_is_refused_with_words(second: Deployment) -> None:
    with pytest.raises(SamEnded, match="Give both, or neither"):
        Deployment(second.beside, "third").deploy(SubnetIds="subnet-1")


def test_a_deleted_environment_is_deployed_again_with_what_stayed(second: Deployment) -> None:
    first = Batches(second)
    rows = Rows("counted", "later", "counted")
    run = first.start(first.config(rows.csv, storage_mode="dynamodb"))
    assert run.wait()["rows_failed"] == 1
    outputs, resources = dict(second.outputs), second.resources()
    with_data = {name for name, found in resources.items() if found["ResourceType"] in STAYING}

    second.delete()
    assert first.keys("outputs/")
    assert first.s3.get_bucket_policy(Bucket=first.bucket)["Policy"]
    kept = {outputs["ResultsTableName"], outputs["BatchesTableName"]}
    assert {f"{kind}-{ENVIRONMENT}" for kind in REGISTRIES} | kept <= tables(second)
    assert len(with_data) == 8

    with pytest.raises(SamEnded):
        second.deploy()
    assert f"{ENVIRONMENT}' already exists" in second.reasons()
    second.delete()

    second.deploy(
        ExistingDataBucket=outputs["BucketName"],
        ExistingResultsTable=outputs["ResultsTableName"],
        ExistingBatchesTable=outputs["BatchesTableName"],
        **{f"{kind}Name": f"{kind}-{ENVIRONMENT}" for kind in REGISTRIES},
    )
    again = Batches(second)
    assert (again.bucket, second.outputs["ResultsTableName"]) == (first.bucket, outputs["ResultsTableName"])
    assert again.read(f"s3://{first.bucket}/{first.keys('outputs/')[0]}")
    resumed = again.outcome(again.start({"only_failed_from": run.name}).wait())
    assert resumed.column("echo") == rows.texts
    assert rows.calls(again) == [1, 2, 1]
    assert again.outcome(again.start(config(again)).wait()).column("_status") == ["SUCCESS", "FAILED", "SUCCESS"]
