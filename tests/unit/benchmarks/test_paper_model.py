import json
from typing import Any

import pytest

from batch_processor.cost.pace import QUOTAS as QUOTAS_FILE
from benchmarks import paper_model
from benchmarks.paper_model import Pace, Work, paces

DOCUMENT: Any = json.loads(QUOTAS_FILE.read_text())
QUOTAS = {**DOCUMENT["regions"]["us-east-1, us-west-2, eu-west-1"], **DOCUMENT["everywhere"]}
ROW = {"state_transition": 4.0, "start_execution": 0.0, "lambda_request": 1.0, "dynamodb_write_unit": 1.0,
       "s3_put": 0.0, "s3_get": 0.0}  # fmt: skip
ROW_BATCH = {"state_transition": 8.0, "start_execution": 1.0, "lambda_request": 1.0, "s3_put": 2.0, "s3_get": 8.0}


def pace(quota: str, target: str = "tool", **row: float) -> Pace:
    work = Work.of(target, "standard", {**ROW, **row}, ROW_BATCH, 80)
    return next(found for found in paces(work, QUOTAS, DOCUMENT["assumptions"]) if found.quota == quota)


def test_transitions_of_the_row_batch_are_shared_by_its_rows() -> None:
    assert pace("StateTransition").rows_a_second == pytest.approx(5000 / 4.1)


def test_agents_transitions_draw_on_the_same_quota() -> None:
    assert pace("StateTransition", "agent", target_transition=2).rows_a_second == pytest.approx(5000 / 6.1)


def test_every_agent_row_starts_an_execution() -> None:
    assert pace("StartExecution", "agent", start_execution=1).hours == pytest.approx(0.94, abs=0.01)


def test_children_start_as_many_rows_as_they_hold() -> None:
    assert pace("MapChildStart").rows_a_second == 8000


def test_express_children_start_ten_times_as_fast() -> None:
    work = Work.of("tool", "express", ROW, ROW_BATCH, 80)
    starts = {found.quota: found.rows_a_second for found in paces(work, QUOTAS, DOCUMENT["assumptions"])}
    assert starts["ExpressChildStart"] == 80_000
    assert "MapChildStart" not in starts


def test_every_quota_has_a_title_and_a_source() -> None:
    names = {*QUOTAS}
    assert names == {*DOCUMENT["titles"]} == {*DOCUMENT["sources"]}
    works = (Work.of("agent", tier, ROW, ROW_BATCH, 80) for tier in ("standard", "express"))
    assert names >= {found.quota for work in works for found in paces(work, QUOTAS, DOCUMENT["assumptions"])}


def test_the_binding_quota_is_in_bold_and_polling_is_none() -> None:
    agent = Work.of("agent", "standard", {**ROW, "start_execution": 1.0, "target_transition": 2.0}, ROW_BATCH, 80)
    bold = [line for line in paper_model.report([agent]).splitlines() if "**" in line]
    assert [line.split("|")[1].strip() for line in bold] == ["StartExecution a second", "state transitions a second"]
