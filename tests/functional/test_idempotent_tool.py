"""docs/agents.md: the tool that orders once for each id, however often it is called."""

import re
from pathlib import Path
from typing import Any

import boto3
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")
CALL = {"name": "order", "input": {"item": "A-1"}, "id": "night-1a2b3c4d-7-1"}


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of the example, with an account behind them, and an order book in the place of what is called there."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    boto3.resource("dynamodb").create_table(
        TableName="orders-placed",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    [code] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "orders-placed" in block]
    orders: list[Any] = []

    def place_order(given: Any) -> dict[str, int]:
        orders.append(given)
        return {"number": len(orders)}

    names: dict[str, Any] = {"place_order": place_order, "orders": orders}
    exec(code, names)
    return names


def test_second_call_with_the_same_id_orders_nothing_and_answers_alike(tool: dict[str, Any]) -> None:
    first = tool["handler"](CALL, None)
    assert first == {"type": "structured_output", "tool_use_id": CALL["id"], "content": {"number": 1}}
    assert tool["handler"](CALL, None) == first
    assert tool["orders"] == [CALL["input"]]


def test_another_id_orders_anew(tool: dict[str, Any]) -> None:
    tool["handler"](CALL, None)
    assert tool["handler"]({**CALL, "id": "night-1a2b3c4d-8-1"}, None)["content"] == {"number": 2}


def test_call_beside_one_that_has_not_ended_fails_and_orders_nothing(tool: dict[str, Any]) -> None:
    tool["TABLE"].put_item(Item={"id": CALL["id"]})
    with pytest.raises(RuntimeError, match="has not ended"):
        tool["handler"](CALL, None)
    assert tool["orders"] == []
