"""The pieces of CloudFormation that the agent's stack is put together from."""

from typing import Any

import yaml

Resources = dict[str, Any]


def log_group(name: Any) -> Resources:
    """A log group, named by CloudFormation where `name` is None."""
    properties = {"LogGroupName": name} if name else {}
    return {
        "Type": "AWS::Logs::LogGroup",
        "UpdateReplacePolicy": "Delete",
        "DeletionPolicy": "Delete",
        "Properties": {**properties, "RetentionInDays": ref("LogRetentionDays")},
    }


def role(
    service: str, policy: str, statements: list[dict[str, Any]], condition: dict[str, Any] | None = None
) -> Resources:
    """A role that the service takes, with one policy."""
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": policy, "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
        },
    }


def allow(actions: list[str], resource: Any, reason: str = "") -> dict[str, Any]:
    """A statement that allows the actions on one resource or several; a wildcard needs a reason, in one word."""
    return {**({"Sid": reason} if reason else {}), "Effect": "Allow", "Action": actions, "Resource": resource}


def ref(name: str) -> dict[str, str]:
    """A parameter, or what a resource is called by."""
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    """The ARN of a resource."""
    return {"Fn::GetAtt": [name, "Arn"]}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True  # anchors would be valid, and hard to read


def to_yaml(value: Any) -> str:
    """The value as YAML that says the same, in the order that it has; in ASCII, as some line breaks of Unicode get lost."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=120)
