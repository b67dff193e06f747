"""What the parameters about the account make of the template: key, boundary, VPC, protection, mail, what is there already."""

import re
from typing import Any

import pytest

from tests.statemachine import cloudformation
from tests.statemachine.definition import ROOT
from tests.statemachine.expanded import Expanded

GIVEN = {
    "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1234",
    "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "SubnetIds": "subnet-1,subnet-2",
    "SecurityGroupIds": "sg-1",
    "DeletionProtection": "true",
    "AlarmEmail": "ops@example.com",
}
USUAL, ALL = Expanded({}), Expanded(GIVEN)
KEY = {"Ref": "KmsKeyArn"}
ROLES = sorted(USUAL.of_type("AWS::IAM::Role"))
# What a role needs of the key, by what it may do: of the service through which it uses it.
NEEDED = {
    "s3:GetObject": ("s3", {"kms:Decrypt"}),
    "s3:PutObject": ("s3", {"kms:GenerateDataKey", "kms:Decrypt"}),
    "dynamodb:GetItem": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:Query": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:PutItem": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:UpdateItem": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:Scan": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:BatchGetItem": ("dynamodb", {"kms:Decrypt"}),
    "dynamodb:BatchWriteItem": ("dynamodb", {"kms:Decrypt"}),
    "sqs:ReceiveMessage": ("sqs", {"kms:Decrypt"}),
    "sqs:SendMessage": ("sqs", {"kms:GenerateDataKey", "kms:Decrypt"}),
    "sns:Publish": ("", {"kms:GenerateDataKey", "kms:Decrypt"}),
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def key_use(template: Expanded, role: str) -> dict[str, set[str]]:
    """Which actions on the key a role has, by the service; "" is through any."""
    found: dict[str, set[str]] = {}
    for statement in template.statements(role):
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            assert statement["Effect"] == "Allow"
            via = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", {"Fn::Sub": ""})
            found.setdefault(via["Fn::Sub"].partition(".")[0], set()).update(listed(statement["Action"]))
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_of_the_key_exactly_what_it_does_with_what_is_encrypted(role: str) -> None:
    allowed = {
        action
        for statement in ALL.statements(role)
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }
    needed: dict[str, set[str]] = {}
    for action in allowed & NEEDED.keys():
        service, uses = NEEDED[action]
        needed.setdefault(service, set()).update(uses)
    assert key_use(ALL, role) == needed


@pytest.mark.parametrize("role", ROLES)
def test_without_a_key_of_the_customer_only_notifications_need_one(role: str) -> None:
    assert key_use(USUAL, role).keys() <= {""}


def test_every_store_has_the_customers_key_and_the_last_alarm_has_none() -> None:
    def keys(template: Expanded) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, resource in template.resources.items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::S3::Bucket":
                [rule] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
                found[name] = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
            elif resource["Type"] == "AWS::DynamoDB::Table":
                found[name] = properties["SSESpecification"].get("KMSMasterKeyId")
            elif resource["Type"] in ("AWS::SQS::Queue", "AWS::SNS::Topic"):
                found[name] = properties.get("KmsMasterKeyId")
            elif resource["Type"] == "AWS::Logs::LogGroup":
                found[name] = properties.get("KmsKeyId")
            elif resource["Type"] == "AWS::Lambda::Function":
                found[name] = properties.get("KmsKeyArn")
        return found

    assert {name for name, key in keys(ALL).items() if key != KEY} == {"UndeliveredEventTopic"}
    assert {name: key for name, key in keys(USUAL).items() if key} == {"NotificationTopic": {"Ref": "NotificationKey"}}
    assert not ALL.of_type("AWS::KMS::Key")
    assert "SqsManagedSseEnabled" not in str(ALL.of_type("AWS::SQS::Queue"))


def test_every_role_has_the_boundary() -> None:
    for role in ALL.of_type("AWS::IAM::Role").values():
        assert role["Properties"]["PermissionsBoundary"] == {"Ref": "PermissionsBoundary"}
    assert "PermissionsBoundary" not in str(USUAL.resources)


def test_no_role_has_more_managed_policies_than_aws_allows() -> None:
    for name, role in ALL.of_type("AWS::IAM::Role").items():
        assert len(role["Properties"]["ManagedPolicyArns"]) <= 10, name


def test_functions_are_in_the_vpc_if_there_is_one() -> None:
    functions = ALL.of_type("AWS::Lambda::Function")
    attached = {"SubnetIds": {"Ref": "SubnetIds"}, "SecurityGroupIds": {"Ref": "SecurityGroupIds"}}
    assert [function["Properties"]["VpcConfig"] for function in functions.values()] == [attached] * len(functions)
    assert "VpcConfig" not in str(USUAL.of_type("AWS::Lambda::Function"))


@pytest.mark.parametrize("role", [role for role in ROLES if role.endswith("FunctionRole")])
def test_the_network_is_lambdas_own(role: str) -> None:
    # Outside of a VPC too: Lambda removes the interfaces of functions that have left one, by the same role.
    for template in (USUAL, ALL):
        [denied] = [found for found in template.statements(role) if "ec2" in str(found["Action"])]
        assert (denied["Effect"], denied["Action"], denied["Resource"]) == ("Deny", "ec2:*", "*")
        # Which is set where the function's code asks, and not where Lambda does.
        assert list(denied["Condition"]["ArnLike"]) == ["lambda:SourceFunctionArn"]


def test_tables_are_protected_from_deletion_if_that_is_wanted() -> None:
    for template, protected in ((USUAL, False), (ALL, True)):
        tables = template.of_type("AWS::DynamoDB::Table").values()
        assert [table["Properties"]["DeletionProtectionEnabled"] for table in tables] == [protected] * 6


def test_the_last_alarm_reaches_somebody_by_mail() -> None:
    [subscription] = ALL.of_type("AWS::SNS::Subscription").values()
    assert subscription["Properties"]["TopicArn"] == {"Ref": "UndeliveredEventTopic"}
    assert not USUAL.of_type("AWS::SNS::Subscription")


def test_what_an_earlier_stack_left_is_used_and_not_made() -> None:
    left = {
        "ExistingDataBucket": "old-bucket",
        "ExistingResultsTable": "old-table",
        "ExistingBatchesTable": "old-batches",
    } | {f"{kind}RegistryName": f"old-{kind.lower()}s" for kind in ("Agent", "Tool", "Template", "Schema")}
    again = Expanded(left)
    kept = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table"}
    assert not kept & {resource["Type"] for resource in again.resources.values()}
    gone = USUAL.resources.keys() - again.resources.keys()
    for name in gone:
        assert not re.search(rf"'{name}['.]", str(again.resources))
    assert USUAL.resources.keys() - gone == again.resources.keys()


def test_what_has_data_stays_but_not_of_a_deployment_that_failed_at_first() -> None:
    template = cloudformation.load(ROOT / "template.yaml")["Resources"]
    staying = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table"}
    for name, resource in template.items():
        policies = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
        assert policies == ({"RetainExceptOnCreate", "Retain"} if resource["Type"] in staying else {None}), name
