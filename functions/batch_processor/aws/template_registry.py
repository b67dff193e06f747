"""Reads templates from the TemplateRegistry."""

from typing import Any

from batch_processor.aws.client import client, translated
from batch_processor.settings import required
from batch_processor.template_entry import ACTIVE, TemplateEntry, choose_version, read_entry


def find_template(template_id: str, version: str | None) -> TemplateEntry:
    """The template in that version, else in the highest active one; TemplateInvalid if there is none."""
    table = required("TEMPLATE_REGISTRY")
    with translated(f"Reading template {template_id} from the table {table}"):
        chosen = choose_version(template_id, _versions(table, template_id), version)
        key = {"template_id": {"S": template_id}, "version": {"S": chosen}}
        item = client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    return read_entry(_plain({"M": item}))


def _versions(table: str, template_id: str) -> list[tuple[str, str]]:
    pages = (
        client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression="template_id = :id",
            ExpressionAttributeValues={":id": {"S": template_id}},
            ProjectionExpression="#version, #status",
            ExpressionAttributeNames={"#version": "version", "#status": "status"},
        )
    )
    items = [item for page in pages for item in page["Items"]]
    return [(item["version"]["S"], item["status"]["S"] if "status" in item else ACTIVE) for item in items]


def _plain(value: dict[str, Any]) -> Any:
    """The JSON value that a typed value of DynamoDB's is."""
    ((kind, content),) = value.items()
    match kind:
        case "M":
            return {name: _plain(inner) for name, inner in content.items()}
        case "L":
            return [_plain(inner) for inner in content]
        case "N":
            return int(content) if content.lstrip("-").isdecimal() else float(content)
        case "NULL":
            return None
    return content
