"""Somebody of the account who may do some things and no others."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Self

import boto3

from batchctl.account import Account


class Somebody:
    """A context manager: a user with the permissions `{action: resource}`, or a whole policy, who is gone at its end."""

    def __init__(self, account: Account, permissions: Mapping[str, Any]) -> None:
        self._account, self._policy = account, permissions if "Statement" in permissions else _policy(permissions)
        self._iam, self._name = account.client("iam"), f"test-{uuid.uuid4().hex}"
        self._key: dict[str, str] = {}
        self.arn = ""

    def __enter__(self) -> Self:
        self.arn = self._iam.create_user(UserName=self._name)["User"]["Arn"]
        self._iam.put_user_policy(UserName=self._name, PolicyName="test", PolicyDocument=json.dumps(self._policy))
        self._key = self._iam.create_access_key(UserName=self._name)["AccessKey"]
        return self

    def __exit__(self, *raised: object) -> None:
        self._iam.delete_access_key(UserName=self._name, AccessKeyId=self._key["AccessKeyId"])
        self._iam.delete_user_policy(UserName=self._name, PolicyName="test")
        self._iam.delete_user(UserName=self._name)

    def client(self, service: str) -> Any:
        """A boto3 client with their permissions, at the account's own endpoint of the service."""
        own = self._account.client(service).meta
        return boto3.client(
            service,
            endpoint_url=own.endpoint_url,
            region_name=own.region_name,
            aws_access_key_id=self._key["AccessKeyId"],
            aws_secret_access_key=self._key["SecretAccessKey"],
        )


def _policy(permissions: Mapping[str, str]) -> dict[str, Any]:
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in permissions.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
