"""People who may do what a policy says, and what the roles of the stack may do."""

import json
import re
import uuid
from typing import Any

import boto3

from batchctl.batch_run import Account
from batchctl.project import ROOT

_PAGE = ROOT / "docs" / "security.md"


class Person:
    """An IAM user with one policy."""

    def __init__(self, account: Account, policy: dict[str, Any]) -> None:
        iam = account.client("iam")
        name = f"batch-test-{uuid.uuid4().hex}"
        self._account = account
        self.arn: str = iam.create_user(UserName=name)["User"]["Arn"]
        iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=json.dumps(policy))
        self._key = iam.create_access_key(UserName=name)["AccessKey"]

    def client(self, service: str) -> Any:
        """A boto3 client with the person's own credentials."""
        meta = self._account.client(service).meta
        return boto3.client(
            service,
            endpoint_url=meta.endpoint_url,
            region_name=meta.region_name,
            aws_access_key_id=self._key["AccessKeyId"],
            aws_secret_access_key=self._key["SecretAccessKey"],
        )


def documented_policy(role: str, words: dict[str, str]) -> dict[str, Any]:
    """The policy of docs/security.md for an author, operator or deployer, its words in capitals replaced."""
    [text] = re.findall(rf"^```json {role}\n(.*?)^```", _PAGE.read_text(encoding="utf-8"), re.M | re.S)
    for word, meant in words.items():
        text = re.sub(rf"\b{word}\b", meant, text)
    assert not (left := re.findall(r"\b[A-Z]+_?[A-Z]{2,}\b", text)), left
    policy: dict[str, Any] = json.loads(text)
    return policy


def decision(account: Account, principal_arn: str, action: str, resource: str) -> str:
    """What IAM decides: allowed, implicitDeny or explicitDeny."""
    answer = account.client("iam").simulate_principal_policy(
        PolicySourceArn=principal_arn, ActionNames=[action], ResourceArns=[resource]
    )
    decided: str = answer["EvaluationResults"][0]["EvalDecision"]
    return decided
