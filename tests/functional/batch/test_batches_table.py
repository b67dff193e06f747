"""Batches are listed by time and by status, page by page."""

from datetime import UTC, datetime

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import batches_table, recording
from batch_processor.contract import Batch
from tests.functional.tables import BATCHES, counting


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2027, 2, 3, tzinfo=UTC)

    monkeypatch.setattr(batches_table, "datetime", Clock)


def began(name: str, at: str) -> str:
    batch = Batch(id=f"arn:{name}", name=name, key=f"{name}-key", origin_key="o", started_at=f"{at}T09:00:00.000Z")
    recording.begin(batch)
    return name


def names(page: batches_table.Page) -> list[str]:
    return [record["name"] for record in page.records]


@pytest.fixture
def five() -> None:
    for name, at in (
        ("a", "2026-11-30"),
        ("b", "2026-12-01"),
        ("c", "2026-12-31"),
        ("d", "2027-02-01"),
        ("e", "2027-02-02"),
    ):
        began(name, at)


@pytest.mark.usefixtures("five")
def test_newest_come_first_month_by_month() -> None:
    page = batches_table.newest(BATCHES, 10)
    assert (names(page), page.next) == (["e", "d", "c", "b", "a"], "")


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pages_have_each_batch_once(size: int) -> None:
    found, token = [], ""
    while True:
        page = batches_table.newest(BATCHES, size, token=token)
        found += names(page)
        token = page.next
        if not token:
            break
    assert found == ["e", "d", "c", "b", "a"]


@pytest.mark.usefixtures("five")
def test_since_is_where_the_list_ends_and_older_months_are_not_asked_for() -> None:
    with counting("Query") as queries:
        assert names(batches_table.newest(BATCHES, 10, since="2026-12-31")) == ["e", "d", "c"]
    assert len(queries) == 3


@pytest.mark.usefixtures("five")
def test_one_status_is_listed_by_itself() -> None:
    batch = Batch(id="arn:c", name="c", key="c-key", origin_key="o", started_at="2026-12-31T09:00:00.000Z")
    recording.ended(batch, {"status": "PARTIAL", "ended_at": "2026-12-31T10:00:00.000Z"}, None)
    assert names(batches_table.by_status(BATCHES, "PARTIAL", 10)) == ["c"]
    first = batches_table.by_status(BATCHES, "RUNNING", 3)
    assert names(first) == ["e", "d", "b"]
    assert names(batches_table.by_status(BATCHES, "RUNNING", 3, token=first.next)) == ["a"]
    assert names(batches_table.by_status(BATCHES, "RUNNING", 3, since="2027-02-02")) == ["e"]


def test_a_batch_that_has_expired_and_is_still_there_is_not_listed() -> None:
    began("old", "2025-12-31")  # 400 days later is the day of the test's clock, and before that of this computer
    began("new", "2027-02-01")
    client("dynamodb").update_item(
        TableName=BATCHES,
        Key={"batch_key": {"S": "old-key"}},
        UpdateExpression="SET #ttl = :past",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    assert names(batches_table.newest(BATCHES, 10, since="2025-12")) == ["new"]


def test_a_batch_that_nobody_knows_is_none() -> None:
    assert batches_table.find(BATCHES, "nobody") is None
    assert batches_table.newest(BATCHES, 10) == batches_table.Page([])
