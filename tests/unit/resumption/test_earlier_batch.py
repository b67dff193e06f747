import dataclasses
from typing import Any, Literal

import pytest

from batch_processor.config import Resumption
from batch_processor.contract import Plan
from batch_processor.errors import InvalidConfiguration
from batch_processor.resumption.earlier_batch import EarlierBatch, execution_arn, may_hold_answers, unknown
from tests.unit.plans import HEADER, PLAN, STORE, make_loaded, make_plan

MACHINE = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev"
RESUME, ONLY_FAILED = Resumption("night", False, False), Resumption("night", True, False)
DURABLE = {**STORE, "mode": "dynamodb"}


def earlier(said: Resumption = RESUME, status: str | None = "FAILED", **parts: Any) -> EarlierBatch:
    loaded = make_loaded(3, storage=parts.pop("storage", DURABLE))
    return EarlierBatch(
        **{
            "resumption": said,
            "plan": PLAN,
            "loaded": loaded,
            "config": {},
            "first": PLAN["batch"],
            "status": status,
            **parts,
        }
    )


def morning(**sections: Any) -> Plan:
    """The plan of the batch that is to go on, a day later."""
    batch = {
        "id": f"{MACHINE}:morning",
        "name": "morning",
        "key": "morning-5e6f7a8b",
        "origin_key": "morning-5e6f7a8b",
        "started_at": "2026-11-22T06:00:00Z",
        **sections.pop("batch", {}),
    }
    storage = {"batch_id": "triage#morning", "since": batch["started_at"], "ttl_seconds": 86_400}
    storage |= sections.pop("storage", {})
    return make_plan(batch=batch, storage=storage, **sections)


def obstacle(batch: EarlierBatch) -> str | None:
    found = list(batch.obstacles())
    assert all(problem.pointer == batch.resumption.pointer for problem in found)
    return found[0].message if found else None


def changes(batch: EarlierBatch, plan: Plan) -> list[tuple[str, str]]:
    return [(found.pointer, found.message) for found in batch.changes(plan, {"csv_s3_uri": ""}, HEADER.names)]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", None])
def test_batch_that_does_not_run_any_more_can_be_resumed(status: str | None) -> None:
    assert obstacle(earlier(RESUME, status)) is None


@pytest.mark.parametrize("said", [RESUME, ONLY_FAILED])
@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_batch_that_is_still_running_is_not_run_a_second_time(said: Resumption, status: str) -> None:
    assert obstacle(earlier(said, status)) == "the batch night is still running; wait for its end, or stop it first"


def test_batch_is_not_resumed_twice_at_the_same_time() -> None:
    message = obstacle(earlier(other_runs={"arn:dusk": "ABORTED", "arn:dawn": "RUNNING"}))
    assert message == "the batch dawn is running the same rows; wait for its end, or stop it first"


@pytest.mark.parametrize(("status", "has_summary"), [("SUCCEEDED", False), (None, True)])
def test_failed_rows_of_a_batch_that_has_ended_can_be_run_again(status: str | None, has_summary: bool) -> None:
    assert obstacle(earlier(ONLY_FAILED, status, has_summary=has_summary)) is None


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED", None])
def test_only_failed_rows_of_a_batch_that_has_not_ended_are_not_to_be_had(status: str | None) -> None:
    assert obstacle(earlier(ONLY_FAILED, status)) == "the batch night did not get to its end; use resume_from"


@pytest.mark.parametrize("said", [RESUME, ONLY_FAILED])
def test_batch_that_has_ended_and_stored_nothing_cannot_be_taken_up(said: Resumption) -> None:
    plan = make_plan(storage={"mode": "inline"})
    message = obstacle(earlier(said, "SUCCEEDED", plan=plan, storage=STORE))
    assert message is not None
    assert message.startswith("the batch night has ended and kept its answers inline, for its CSV only; run all rows")


@pytest.mark.parametrize("said", [RESUME, ONLY_FAILED])
def test_batch_that_chose_to_store_nothing_as_no_row_failed_is_over(said: Resumption) -> None:
    message = obstacle(earlier(said, "SUCCEEDED", storage=STORE))
    assert message == (
        "the batch night has ended without a failed row, and kept its few answers for its CSV only; to run its rows again, "
        "run them as a new batch"
    )


def test_batch_that_failed_was_salvaged_wherever_it_kept_its_answers() -> None:
    for mode in ("inline", "auto"):
        plan = make_plan(storage={"mode": mode})
        assert obstacle(earlier(RESUME, "FAILED", plan=plan, storage=STORE)) is None


def test_batch_that_is_the_same_has_not_changed() -> None:
    assert changes(earlier(), morning()) == []


def test_difference_is_refused_with_what_can_be_done() -> None:
    first, *others = changes(earlier(), morning(source={"encoding": "cp1252"}, input={"required": ["email"]}))
    pointer, message = first
    assert pointer == "/resume_from"
    assert message == (
        "the batch night was not quite the same, see below; set accept_changes to true to resume it nevertheless "
        "(finished rows keep their answers, by row number), or leave resume_from out to run all rows"
    )
    assert [pointer for pointer, _ in others] == ["/csv_format/encoding", "/input_mapping"]


def test_difference_can_be_accepted() -> None:
    accepting = earlier(Resumption("night", False, True))
    assert changes(accepting, morning(source={"encoding": "cp1252"}, output={"columns": []})) == []


def test_answers_that_begin_to_expire_are_refused_and_can_be_accepted() -> None:
    last, over = (morning(batch={"started_at": f"2026-11-28T09:34:44.{ms}Z"}) for ms in ("123", "124"))
    assert changes(earlier(), last) == []
    pointer, message = changes(earlier(), over)[1]
    assert pointer == "/resume_from"
    assert message == (
        "its answers were kept for 7 days, the first ones until 2026-11-28 09:34 UTC; rows whose answers are gone are run, "
        "and paid for, again"
    )
    assert changes(earlier(Resumption("night", False, True)), over) == []


def test_answers_expire_by_the_first_batch_that_stored_any() -> None:
    night = make_plan(storage={"since": "2026-11-14T06:00:00Z"})
    assert "until 2026-11-21 06:00 UTC" in changes(earlier(plan=night), morning())[1][1]


@pytest.mark.parametrize(("before", "now", "was"), [(None, 3, "all"), (3, None, "3"), (3, 4, "3")])
def test_failed_rows_are_those_of_the_trial_they_failed_in(before: int | None, now: int | None, was: str) -> None:
    accepting = Resumption("night", True, True)
    batch = earlier(accepting, "SUCCEEDED", plan=make_plan(**({"max_rows": before} if before else {})))
    ((pointer, message),) = changes(batch, morning(**({"max_rows": now} if now else {})))
    assert pointer == "/max_rows"
    assert f"its max_rows is {was}; leave it so, or use resume_from" in message


def test_trial_can_be_resumed_to_the_end_of_the_csv() -> None:
    assert changes(earlier(plan=make_plan(max_rows=3)), morning()) == []


def test_rows_go_where_the_earlier_batch_stored_its_own() -> None:
    plan = earlier(ONLY_FAILED, "SUCCEEDED").resumed_plan(morning())
    assert plan["storage"] == {**PLAN["storage"], "mode": "dynamodb", "ttl_seconds": 86_400}
    assert plan["earlier"] == {"batch": "night", "only_failed": True}
    assert plan["batch"] == {**morning()["batch"], "origin_key": "night-1a2b3c4d"}
    assert {**plan, "batch": 0, "storage": 0, "earlier": 0} == {**morning(), "batch": 0, "storage": 0, "earlier": 0}


@pytest.mark.parametrize(("said", "mode"), [("auto", "dynamodb"), ("dynamodb", "dynamodb"), ("inline", "inline")])
def test_rows_are_stored_beside_the_earlier_ones_unless_that_is_not_wanted(said: str, mode: str) -> None:
    assert earlier().resumed_plan(morning(storage={"mode": said}))["storage"]["mode"] == mode


def test_partitions_of_the_earlier_batch_are_kept() -> None:
    plan = earlier(storage={**DURABLE, "partition_rows": 500}).resumed_plan(morning())
    assert plan["earlier"]["partition_rows"] == 500


@pytest.mark.parametrize("map_mode", ["inline", "distributed"])
@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", None])
def test_run_that_got_to_its_end_left_nothing_unless_its_row_batches_did_not(
    status: str | None, map_mode: Literal["inline", "distributed"]
) -> None:
    settled = status is None or (status, map_mode) == ("SUCCEEDED", "inline")
    assert may_hold_answers(status, make_loaded(3, map_mode=map_mode)) is not settled


def test_last_run_is_told_if_it_is_to_be_taken_over() -> None:
    assert earlier(last_run="arn:dawn").resumed_plan(morning())["earlier"]["last_run"] == "arn:dawn"
    assert "last_run" not in earlier().resumed_plan(morning())["earlier"]


def test_batch_of_a_chain_stores_where_the_first_one_did() -> None:
    evening = {"batch_id": "triage#evening", "since": "2026-11-20T18:00:00Z"}
    night = make_plan(storage=evening, batch={"origin_key": "evening-99"})
    plan = earlier(plan=night).resumed_plan(morning())
    assert plan["storage"] == {**morning()["storage"], "mode": "dynamodb", **evening}
    assert plan["batch"]["origin_key"] == "evening-99"


@pytest.mark.parametrize(
    ("sections", "origin_key"),
    [
        ({"output": {"columns": [{"name": "category"}, {"name": "reason"}]}}, "night-1a2b3c4d"),
        ({"input": {"constants": {"level": "full"}}}, "morning-5e6f7a8b"),
        ({"target": {"arn": "another"}}, "morning-5e6f7a8b"),
        ({"source": {"etag": "another"}}, "morning-5e6f7a8b"),
    ],
)
def test_agents_answers_are_taken_where_they_are_asked_the_same(sections: dict[str, Any], origin_key: str) -> None:
    assert earlier().resumed_plan(morning(**sections))["batch"]["origin_key"] == origin_key


@pytest.mark.parametrize("name", ["night", f"{MACHINE}:night"])
def test_earlier_batch_is_named_by_name_or_arn(name: str) -> None:
    assert execution_arn(Resumption(name, False, False), morning()["batch"]) == f"{MACHINE}:night"


@pytest.mark.parametrize("arn", [f"{MACHINE}2:night", f"{MACHINE}:night".replace("eu-west-1", "us-east-1")])
def test_batch_of_another_state_machine_is_refused(arn: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        execution_arn(Resumption(arn, True, False), morning()["batch"])
    (problem,) = caught.value.problems
    assert problem.pointer == "/only_failed_from"
    assert problem.message == f"{arn} is none of this state machine's, whose batches are {MACHINE}:NAME"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (None, "there is nothing of a batch night in s3://data/work/night-1/; is it another stack's or Region's"),
        (
            {"csv_s3_uri": "s3://a/b"},
            "the batch night did not get to its first row and paid for nothing; run it as a new",
        ),
        ({"resume_from": "evening"}, "paid for nothing; resume the one that it resumed, evening"),
    ],
)
def test_reason_why_there_is_nothing_to_go_on_with_is_told(config: dict[str, Any] | None, words: str) -> None:
    (problem,) = unknown(RESUME, "s3://data/work/night-1/", config).problems
    assert problem.pointer == "/resume_from"
    assert words in problem.message


def test_configuration_that_is_not_kept_any_more_must_be_given() -> None:
    assert earlier(config={"target": "a"}).given_config() == {"target": "a"}
    with pytest.raises(InvalidConfiguration, match="/resume_from: the configuration of the batch night is not kept"):
        dataclasses.replace(earlier(), config=None).given_config()
