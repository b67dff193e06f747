from collections.abc import Mapping
from typing import Any

import pytest

from agent_errors import AgentNotRegistered
from registered_agents import find_entry


class Table:
    """A registry's table as boto3's resource has it, two entries a page."""

    def __init__(self, *versions: str, **statuses: str) -> None:
        self.items = [
            {
                "agent_name": "writer",
                "version": version,
                "status": statuses.get(f"v{version.replace('.', '_')}", "active"),
            }
            for version in versions
        ]

    def get_item(self, Key: Mapping[str, str]) -> dict[str, Any]:  # noqa: N803
        found = [item for item in self.items if Key.items() <= item.items()]
        return {"Item": found[0]} if found else {}

    def query(self, KeyConditionExpression: Any, ExclusiveStartKey: int = 0) -> dict[str, Any]:  # noqa: N803
        start = ExclusiveStartKey
        more = {"LastEvaluatedKey": start + 2} if start + 2 < len(self.items) else {}
        return {"Items": self.items[start : start + 2], **more}


def test_the_latest_version_is_the_highest_active_one() -> None:
    table = Table("1.9.0", "1.10.0", "2.0.0", "3.0.0-rc.1", "latest", v2_0_0="deprecated")
    assert find_entry(table, "writer", None)["version"] == "1.10.0"


def test_a_pinned_version_is_that_version() -> None:
    table = Table("1.9.0", "1.10.0", "3.0.0-rc.1")
    assert [find_entry(table, "writer", v)["version"] for v in ("1.9.0", "3.0.0-rc.1")] == ["1.9.0", "3.0.0-rc.1"]


@pytest.mark.parametrize(
    ("version", "table"),
    [(None, Table()), ("1.0.0", Table("2.0.0")), ("2.0.0", Table("2.0.0", v2_0_0="deprecated"))],
)
def test_an_agent_that_is_not_in_use_is_not_registered(version: str | None, table: Table) -> None:
    with pytest.raises(AgentNotRegistered, match="writer@"):
        find_entry(table, "writer", version)
