"""Each request is judged by what it asks, and by the policies as they are, whatever is remembered of others."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import error_of

_DENIED, _DONE = "AccessDeniedException", "none"
_USER_POLICY = "policy"


def _table(aws: LocalAws) -> str:
    name = aws.name("table")
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=key,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    return name


def _may_write(*tables: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "dynamodb:BatchWriteItem",
        "Resource": [f"arn:aws:dynamodb:*:*:table/{table}" for table in tables],
    }


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _write(aws: LocalAws, *tables: str) -> str:
    items = [{"PutRequest": {"Item": {"pk": {"S": "1"}}}}]
    return error_of(lambda: aws.client("dynamodb").batch_write_item(RequestItems=dict.fromkeys(tables, items)))


def test_each_request_is_judged_by_the_tables_that_it_names(patched: LocalAws) -> None:
    own, other = _table(patched), _table(patched)
    user = patched.user([_may_write(own)])
    for _ in range(2):
        assert _write(user, own) == _DONE
        assert _write(user, other) == _DENIED
        assert _write(user, own, other) == _DENIED


def test_a_changed_policy_counts_for_the_next_request(patched: LocalAws) -> None:
    one, other, iam = _table(patched), _table(patched), patched.client("iam")
    user = patched.user([_may_write(one)])
    name = iam.list_users()["Users"][-1]["UserName"]
    assert (_write(user, one), _write(user, other)) == (_DONE, _DENIED)
    iam.put_user_policy(UserName=name, PolicyName=_USER_POLICY, PolicyDocument=_document(_may_write(other)))
    assert (_write(user, one), _write(user, other)) == (_DENIED, _DONE)
    arn = iam.create_policy(PolicyName=patched.name("managed"), PolicyDocument=_document(_may_write(one)))["Policy"][
        "Arn"
    ]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert (_write(user, one), _write(user, other)) == (_DONE, _DONE)
    denial = {**_may_write(one, other), "Effect": "Deny"}
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=_document(denial), SetAsDefault=True)
    assert (_write(user, one), _write(user, other)) == (_DENIED, _DENIED)
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    assert (_write(user, one), _write(user, other)) == (_DENIED, _DONE)
