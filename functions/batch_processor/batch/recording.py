"""What a batch's own stages write of it into the batches table.

The table is there for people who look: one that cannot be written to costs a batch no answer, and nothing fails by it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.batch.batches_table import CAUSE, USED, key_of
from batch_processor.batch.work_folder import config_key
from batch_processor.contract import Batch, Loaded, Plan
from batch_processor.contract.results import time_text
from batch_processor.cost.shapes import Cost, Usage
from batch_processor.errors import BatchProcessorError, BeforeAnyCall, Permanent
from batch_processor.logs import logger
from batch_processor.settings import read

_NOT_LOADED = "attribute_not_exists(ended_at) OR attribute_not_exists(rows_total)"
_STILL_RUNS = "attribute_not_exists(ended_at)"


@dataclass(frozen=True, slots=True)
class Settings:
    """`batches_table` is the table's name; it lists a batch for `batch_days`, 0 for ever."""

    batches_table: str
    batch_days: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a batch, or of a part of it: `rows` by the table's names, failures by cause, what was used."""

    rows: Mapping[str, int]
    causes: Mapping[str, int]
    usage: Usage

    def flat(self) -> dict[str, float]:
        """All of it as an item has it, the names with their beginnings."""
        used: Mapping[str, Any] = self.usage
        return {
            **self.rows,
            **{CAUSE + name: count for name, count in self.causes.items()},
            **{USED + name: count for name, count in used.items()},
        }


def begin(batch: Batch) -> None:
    """A batch begins, of which no more is known yet than its name; one that is known to have rows goes on as it is."""
    settings = read(Settings)
    known: dict[str, Any] = {
        "name": batch["name"],
        "execution_arn": batch["id"],
        "status": "RUNNING",
        "started_at": batch["started_at"],
        "listed": batch["started_at"][:7],
    }
    if settings.batch_days:
        expires = datetime.fromisoformat(batch["started_at"]) + timedelta(days=settings.batch_days)
        known["ttl"] = int(expires.timestamp())
    _write(batch["key"], known, ("ended_at", "error", "execution_status"), only_if=_NOT_LOADED)


def planned(plan: Plan, usage: Usage) -> None:
    """Its configuration was accepted; `usage` is what its beginning uses."""
    work = plan["work"]
    known = {
        "source": plan["source"]["uri"],
        "target": plan["target"]["name"],
        "config": f"s3://{work['bucket']}/{config_key(work)}",
        "max_concurrency": plan["execution"]["max_concurrency"],
        "max_rows": plan.get("max_rows"),
        "price": plan["target"].get("price"),
        "resumed_from": plan["earlier"]["batch"] if "earlier" in plan else None,
        **Counts({}, {}, usage).flat(),
    }
    _write(plan["batch"]["key"], {name: value for name, value in known.items() if value is not None})


def loaded(plan: Plan, found: Loaded, expected_cost: Cost | None = None) -> None:
    """Its rows were loaded: also again, as a batch that failed so far may be redriven."""
    known: dict[str, Any] = {"status": "RUNNING", "rows_total": found["row_count"], "map_mode": found["map_mode"]}
    if expected_cost:
        known["expected_cost"] = expected_cost
    _write(plan["batch"]["key"], known, ("ended_at", "error", "execution_status"))


def refused(batch: Batch, error: str) -> None:
    """It came to no row; `error` is the name of why."""
    _write(batch["key"], {"status": "FAILED", "error": error, "ended_at": time_text(datetime.now(UTC))})


@contextmanager
def refusals(batch: Batch) -> Iterator[None]:
    """Writes down why the batch came to no row if it ends within; not of what may succeed the next time."""
    try:
        yield
    except (BeforeAnyCall, Permanent) as exc:
        refused(batch, type(exc).__name__)
        raise


def row_batch_ended(batch: Batch, change: Counts) -> None:
    """Adds what a row batch has changed; nothing once the batch's end is written, which has counted all.

    One that is redriven has its end written until it comes to the next, exact as that was.
    """
    added = {name: count for name, count in change.flat().items() if count}
    if added:
        _write(batch["key"], {}, added=added, only_if=_STILL_RUNS)


def ended(batch: Mapping[str, Any], known: Mapping[str, Any], counts: Counts | None) -> None:
    """The end of the batch with that `key`: `known` as a BatchRecord has it, all counts in place of those that were added up."""
    final = {**known, **(counts.flat() if counts else {})}
    _write(batch["key"], final, tuple(name for name in ("error", "execution_status") if name not in final))


def _write(
    batch_key: str,
    known: Mapping[str, Any],
    gone: tuple[str, ...] = (),
    added: Mapping[str, float] | None = None,
    only_if: str = "",
) -> None:
    """Sets, removes and adds to attributes of the batch's item, which is made if it is not there."""
    table = read(Settings).batches_table
    known = {**known, "updated_at": time_text(datetime.now(UTC))}
    names = {name: f"#{number}" for number, name in enumerate((*known, *gone, *(added or {})))}
    changes = [
        "SET " + ", ".join(f"{names[name]} = :{names[name][1:]}" for name in known),
        "REMOVE " + ", ".join(names[name] for name in gone) if gone else "",
        "ADD " + ", ".join(f"{names[name]} :{names[name][1:]}" for name in added) if added else "",
    ]
    values = dynamodb.as_item({f":{names[name][1:]}": value for name, value in {**known, **(added or {})}.items()})
    try:
        dynamodb.update(
            f"Writing down the batch in the table {table}",
            TableName=table,
            Key=key_of(batch_key),
            UpdateExpression=" ".join(filter(None, changes)),
            ExpressionAttributeNames={short: name for name, short in names.items()},
            ExpressionAttributeValues=values,
            **({"ConditionExpression": only_if} if only_if else {}),
        )
    except BatchProcessorError:
        logger.warning("The batches table could not be written to; the batch goes on", exc_info=True)
