"""Reads the AgentRegistry: entries by name, and which version is the latest."""

from typing import Any

from boto3.dynamodb.conditions import Key
from semver import Version

from agent_errors import AgentNotRegistered

Item = dict[str, Any]


def find_entry(table: Any, name: str, version: str | None) -> Item:
    """The entry of a version, else of the highest active one; AgentNotRegistered if there is none.

    `table` is a boto3 resource.
    """
    entries = _entry(table, name, version) if version else _versions(table, name)
    active = [entry for entry in entries if str(entry.get("status", "active")).lower() == "active"]
    ranked = [(precedence, entry) for entry in active if (precedence := _precedence(entry["version"], version))]
    if not ranked:
        raise AgentNotRegistered(f"The registry has no active {name}@{version or 'any version'}.")
    return max(ranked, key=lambda candidate: candidate[0])[1]


def _entry(table: Any, name: str, version: str) -> list[Item]:
    item = table.get_item(Key={"agent_name": name, "version": version}).get("Item")
    return [item] if item else []


def _versions(table: Any, name: str) -> list[Item]:
    items: list[Item] = []
    start: Item = {}
    while True:
        page = table.query(KeyConditionExpression=Key("agent_name").eq(name), **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _precedence(text: str, wanted: str | None) -> Version | None:
    """What versions are compared by; None for pre-releases that nobody asked for, and for what is no version."""
    try:
        version = Version.parse(text, optional_minor_and_patch=True)
    except ValueError:
        return Version(0) if wanted else None
    return None if version.prerelease and not wanted else version
