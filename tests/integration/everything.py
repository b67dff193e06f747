"""Looks for a text in everything that an account keeps, place by place, without knowing what any of them is for.

A new place is found because nothing here lists places: all buckets, tables, queues, log groups and executions are walked.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from batchctl.account import Account

# As (service, where), "s3" and a URI, say.
Found = set[tuple[str, str]]


def holding(account: Account, text: str, since: datetime) -> Found:
    """Where the text stands, of executions those that began at `since` or later; what is compressed is unpacked first."""
    walks = (_objects, _items, _messages, _log_events, _metrics)
    found = {place for walk in walks for place, content in walk(account) if _has(content, text)}
    return found | {place for place, content in _executions(account, since) if _has(content, text)}


def _has(content: Any, text: str) -> bool:
    if isinstance(content, bytes):
        plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        return text.encode() in plain
    if isinstance(content, dict | list | tuple):
        return any(_has(part, text) for part in (content.items() if isinstance(content, dict) else content))
    return text in str(content)


Walk = Iterator[tuple[tuple[str, str], Any]]


def _objects(account: Account) -> Walk:
    s3 = account.client("s3")
    for bucket in (found["Name"] for found in s3.list_buckets()["Buckets"]):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for marker in page.get("DeleteMarkers", []):
                yield ("s3", f"s3://{bucket}/{marker['Key']}"), marker["Key"]
            for version in page.get("Versions", []):
                where = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                answer = s3.get_object(**where)
                content = (version["Key"], answer["Metadata"], answer["Body"].read())
                yield ("s3", f"s3://{bucket}/{version['Key']}"), content


def _items(account: Account) -> Walk:
    dynamodb = account.client("dynamodb")
    for table in (name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]):
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield ("dynamodb", table), item


def _messages(account: Account) -> Walk:
    sqs = account.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        held: list[dict[str, Any]] = []
        while received := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60, WaitTimeSeconds=1
        ).get("Messages"):
            held += received
        for message in held:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            yield ("sqs", url.rpartition("/")[2]), message["Body"]


def _log_events(account: Account) -> Walk:
    logs = account.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in (found["logGroupName"] for found in page["logGroups"]):
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                for event in events["events"]:
                    yield ("logs", group), event["message"]


def _metrics(account: Account) -> Walk:
    for page in account.client("cloudwatch").get_paginator("list_metrics").paginate():
        for metric in page["Metrics"]:
            yield ("metrics", metric["MetricName"]), metric


def _executions(account: Account, since: datetime) -> Walk:
    states = account.client("stepfunctions")
    # Express executions leave nothing to be found.
    machines = [
        found
        for page in states.get_paginator("list_state_machines").paginate()
        for found in page["stateMachines"]
        if found["type"] == "STANDARD"
    ]
    for machine in (found["stateMachineArn"] for found in machines):
        for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine):
            for arn in (found["executionArn"] for found in page["executions"] if found["startDate"] >= since):
                described = states.describe_execution(executionArn=arn)
                # What is told of an execution, by itself and by events, apart from what its history has.
                told = {name: described.get(name) for name in ("name", "error", "cause")}
                yield ("ends", arn), told
                output = json.loads(described.get("output") or "null")
                yield ("outputs", arn), output
                events = states.get_paginator("get_execution_history").paginate(executionArn=arn)
                yield ("histories", arn), [event for page in events for event in page["events"]]
