"""How fast a million rows could go on AWS's default quotas: on paper, from what was counted and quotas.json."""

import json
from typing import Any, NamedTuple, Self

from batch_processor.cost.pace import QUOTAS
from benchmarks.histories import Usage
from benchmarks.report import table

ROWS = 1_000_000
# Step Functions hears of the end of an execution by an event; polling is its second way.
_NOT_BINDING = ("DescribeExecution",)


class Work(NamedTuple):
    """What one row of a large batch uses, its share of its row batch included; rows_a_child share a row batch.

    In the `tier` "express" they share an Express child.
    """

    target: str
    tier: str
    row: Usage
    rows_a_child: int

    @classmethod
    def of(cls, target: str, tier: str, row: Usage, row_batch: Usage, rows_a_child: int) -> Self:
        """From the counts of a row and of a row batch."""
        names = row.keys() | row_batch.keys()
        shares = {name: row.get(name, 0.0) + row_batch.get(name, 0.0) / rows_a_child for name in names}
        return cls(target, tier, shares, rows_a_child)


class Pace(NamedTuple):
    """What one quota allows."""

    quota: str
    limit: float
    rows_a_second: float

    @property
    def hours(self) -> float:
        return ROWS / self.rows_a_second / 3600


def paces(work: Work, quotas: dict[str, float], assumptions: dict[str, Any]) -> list[Pace]:
    """Rows a second under each quota alone."""
    row, is_tool = work.row, work.target == "tool"
    seconds = assumptions["seconds"][work.target]
    # Of an agent's Lambda functions nothing is known.
    function_seconds = assumptions["extract_seconds"] + (seconds if is_tool else 0.0)
    uses = {
        "StateTransition": row["state_transition"] + row.get("target_transition", 0.0),
        "StartExecution": row.get("start_execution", 0.0),
        "DescribeExecution": row.get("start_execution", 0.0),
        "ExpressChildStart" if work.tier == "express" else "MapChildStart": 1 / work.rows_a_child,
        "LambdaConcurrency": function_seconds,
        "LambdaInvocations": row["lambda_request"] + is_tool,
        "DynamoDBTableWrite": row["dynamodb_write_unit"],
        "S3PrefixPut": row["s3_put"],
        "S3PrefixGet": row["s3_get"],
        "MaxConcurrency": seconds,
    }
    return [Pace(name, quotas[name], quotas[name] / use) for name, use in uses.items() if use > 0]


def report(works: list[Work]) -> str:
    """A table for each kind of Region."""
    document = json.loads(QUOTAS.read_text())
    tables = []
    for region, own in document["regions"].items():
        quotas = own | document["everywhere"]
        by_target = {
            f"{work.target}, {work.tier.title()}": paces(work, quotas, document["assumptions"]) for work in works
        }
        rows = [_line(document["titles"][name], name, quotas[name], by_target) for name in document["titles"]]
        header = ["quota", "default", *(f"{target}: {what}" for target in by_target for what in ("rows/s", "hours"))]
        title = f"1,000,000 rows on the default quotas of {region} ({document['date']}); the binding one in bold"
        tables.append(table(title, header, rows))
    return "\n".join(tables)


def _line(title: str, name: str, limit: float, by_target: dict[str, list[Pace]]) -> list[object]:
    cells: list[object] = [title, f"{limit:,g}"]
    for target_paces in by_target.values():
        pace = next((pace for pace in target_paces if pace.quota == name), None)
        mark = "**" if pace and pace == _binding(target_paces) else ""
        cells += [f"{mark}{pace.rows_a_second:,.0f}{mark}", f"{mark}{pace.hours:,.2f}{mark}"] if pace else ["", ""]
    return cells


def _binding(target_paces: list[Pace]) -> Pace:
    return min((p for p in target_paces if p.quota not in _NOT_BINDING), key=lambda pace: pace.rows_a_second)
