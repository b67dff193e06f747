import dataclasses
from typing import Any, Literal

import pytest

from batch_processor.config import Resumption
from batch_processor.contract import EarlierRows, Plan
from batch_processor.errors import InvalidConfiguration
from batch_processor.resumption.earlier_batch import (
    MOST_EARLIER,
    EarlierBatch,
    Relative,
    execution_arn,
    may_hold_answers,
    unknown,
)
from batch_processor.resumption.fingerprint import fingerprint
from tests.unit.plans import HEADER, PLAN, STORE, make_loaded, make_plan

MACHINE = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev"
RESUME, ONLY_FAILED = Resumption("night", False, False), Resumption("night", True, False)
ACCEPTING = Resumption("night", False, True)
DURABLE = {**STORE, "mode": "dynamodb"}


def earlier(said: Resumption = RESUME, status: str | None = "FAILED", **parts: Any) -> EarlierBatch:
    loaded = make_loaded(3, storage=parts.pop("storage", DURABLE))
    return EarlierBatch(
        **{
            "resumption": said,
            "plan": PLAN,
            "loaded": loaded,
            "config": {},
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
    first: EarlierRows = {**EVENING, "since": "2026-11-14T06:00:00Z"}
    assert "until 2026-11-21 06:00 UTC" in changes(earlier(plan=night(first)), morning())[1][1]


@pytest.mark.parametrize(("before", "now", "was"), [(None, 3, "all"), (3, None, "3"), (3, 4, "3")])
def test_failed_rows_are_those_of_the_trial_they_failed_in(before: int | None, now: int | None, was: str) -> None:
    accepting = Resumption("night", True, True)
    batch = earlier(accepting, "SUCCEEDED", plan=make_plan(**({"max_rows": before} if before else {})))
    ((pointer, message),) = changes(batch, morning(**({"max_rows": now} if now else {})))
    assert pointer == "/max_rows"
    assert f"its max_rows is {was}; leave it so, or use resume_from" in message


def test_trial_can_be_resumed_to_the_end_of_the_csv() -> None:
    assert changes(earlier(plan=make_plan(max_rows=3)), morning()) == []


# --- What may be taken -------------------------------------------------------------------------------------------

MADE, OTHERWISE = fingerprint(PLAN), "0" * 32
NIGHT: EarlierRows = {
    "batch_id": "triage#night",
    "since": PLAN["storage"]["since"],
    "ttl_seconds": 604_800,
    "fingerprints": [MADE],
}
EVENING: EarlierRows = {**NIGHT, "batch_id": "triage#evening", "since": "2026-11-20T18:00:00Z", "partition_rows": 33}


def night(*took: EarlierRows) -> Plan:
    """The plan of the batch that is named, which took rows of others."""
    sections: Any = {"storage": {"fingerprint": MADE}}
    if took:
        sections["earlier"] = {"batch": "evening", "only_failed": False, "rows": list(took), "runs": []}
    return make_plan(**sections)


def relative(status: str | None = "ABORTED", name: str = "dawn") -> Relative:
    """Another batch that resumed the same one."""
    storage = {"batch_id": f"triage#{name}", "ttl_seconds": NIGHT["ttl_seconds"]}
    plan = morning(batch={"id": f"{MACHINE}:{name}", "name": name}, storage=storage)
    return Relative(plan, make_loaded(3, storage=DURABLE), status)


def rows(plan: Plan) -> list[EarlierRows]:
    return plan["earlier"]["rows"]


def test_batch_stores_its_rows_by_itself_and_knows_whose_it_may_take() -> None:
    plan = earlier(ONLY_FAILED, "SUCCEEDED", plan=night()).resumed_plan(morning())
    assert plan["storage"] == {**morning()["storage"], "mode": "dynamodb"}
    assert plan["earlier"] == {"batch": "night", "only_failed": True, "rows": [NIGHT], "runs": []}
    assert plan["batch"] == {**morning()["batch"], "origin_key": "night-1a2b3c4d"}
    assert {**plan, "batch": 0, "storage": 0, "earlier": 0} == {**morning(), "batch": 0, "storage": 0, "earlier": 0}


def test_rows_are_looked_for_as_their_batch_spread_them() -> None:
    plan = earlier(plan=night(), storage={**DURABLE, "partition_rows": 500}).resumed_plan(morning())
    assert rows(plan) == [{**NIGHT, "partition_rows": 500}]


def test_rows_of_a_chain_are_taken_with_those_that_the_named_batch_took() -> None:
    plan = earlier(plan=night(EVENING)).resumed_plan(morning())
    assert rows(plan) == [NIGHT, EVENING]


def test_rows_that_only_histories_had_are_taken_with_the_fingerprint_of_who_made_them() -> None:
    """The named batch has stored them anew."""
    took: EarlierRows = {**EVENING, "fingerprints": [OTHERWISE]}
    assert rows(earlier(ACCEPTING, plan=night(took)).resumed_plan(morning())) == [
        {**NIGHT, "fingerprints": sorted([MADE, OTHERWISE])},
        took,
    ]


def test_rows_without_a_fingerprint_are_taken_of_a_batch_that_gave_none() -> None:
    assert rows(earlier(plan=PLAN).resumed_plan(morning())) == [{**NIGHT, "unmarked": True}]


def test_rows_that_an_older_build_marked_otherwise_are_taken_as_the_plan_is_the_same() -> None:
    """A newer build may count something more among what decides answers; what was compared is the plan."""
    older = make_plan(storage={"fingerprint": "f" * 32})
    both = sorted([MADE, "f" * 32])
    assert changes(earlier(plan=older), morning()) == []
    assert rows(earlier(plan=older).resumed_plan(morning())) == [{**NIGHT, "fingerprints": both}]
    took = night({**EVENING, "fingerprints": both})
    assert changes(earlier(plan=took), morning()) == [], "and nobody has accepted anything"


def test_what_the_named_batch_took_although_it_was_made_otherwise_is_not_taken_without_a_word() -> None:
    batch = earlier(plan=night({**EVENING, "fingerprints": [OTHERWISE]}))
    (_, first), *others = changes(batch, morning())
    assert first.startswith("the batch night was not quite the same, see below; set accept_changes to true")
    told = "it accepted changes itself: it took answers of triage#evening, which another CSV, mapping or target gave"
    assert others == [("/resume_from", told)]
    assert changes(dataclasses.replace(batch, resumption=ACCEPTING), morning()) == []


def test_rows_that_another_batch_made_alike_are_taken_and_its_histories_are_read() -> None:
    plan = earlier(plan=night()).resumed_plan(morning(), [relative("RUNNING", "noon"), relative("ABORTED")])
    assert [(shelf["batch_id"], shelf["fingerprints"]) for shelf in rows(plan)] == [
        ("triage#night", [MADE]),
        ("triage#noon", [MADE]),
        ("triage#dawn", [MADE]),
    ]
    assert plan["earlier"]["runs"] == [f"{MACHINE}:night", f"{MACHINE}:dawn"]


def test_rows_that_another_batch_keeps_for_less_long_are_read_in_its_history_alone() -> None:
    brief = relative()
    brief.plan["storage"]["ttl_seconds"] = 86_400
    plan = earlier(plan=night()).resumed_plan(morning(), [brief])
    assert rows(plan) == [NIGHT]
    assert plan["earlier"]["runs"] == [f"{MACHINE}:night", f"{MACHINE}:dawn"]


def test_rows_of_another_batch_are_not_taken_because_the_named_one_gave_no_fingerprints() -> None:
    assert "unmarked" not in rows(earlier(plan=PLAN).resumed_plan(morning(), [relative()]))[1]


def test_partition_is_looked_into_once() -> None:
    """Batches that began before each stored its own rows share the first one's."""
    alike = relative()
    alike.plan["storage"] |= {"batch_id": "triage#night", "since": PLAN["storage"]["since"]}
    assert rows(earlier(plan=PLAN).resumed_plan(morning(), [alike])) == [{**NIGHT, "unmarked": True}]


def test_chain_has_an_end() -> None:
    chain: list[EarlierRows] = [{**EVENING, "batch_id": f"triage#{number}"} for number in range(MOST_EARLIER)]
    assert obstacle(earlier(plan=night(*chain[1:]))) is None
    told = "the batch night goes on with 50 others, and no batch with more; leave resume_from out to run all rows"
    assert obstacle(earlier(plan=night(*chain))) == told


def test_others_are_left_out_where_the_chain_needs_the_room() -> None:
    chain: list[EarlierRows] = [{**EVENING, "batch_id": f"triage#{number}"} for number in range(MOST_EARLIER - 1)]
    plan = earlier(plan=night(*chain)).resumed_plan(morning(), [relative()])
    assert [shelf["batch_id"] for shelf in rows(plan)] == ["triage#night", *(shelf["batch_id"] for shelf in chain)]


@pytest.mark.parametrize(("said", "mode"), [("auto", "dynamodb"), ("dynamodb", "dynamodb"), ("inline", "inline")])
def test_rows_are_stored_beside_the_earlier_ones_unless_that_is_not_wanted(said: str, mode: str) -> None:
    assert earlier().resumed_plan(morning(storage={"mode": said}))["storage"]["mode"] == mode


@pytest.mark.parametrize("map_mode", ["inline", "distributed"])
@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", None])
def test_run_that_got_to_its_end_left_nothing_unless_its_row_batches_did_not(
    status: str | None, map_mode: Literal["inline", "distributed"]
) -> None:
    settled = status is None or (status, map_mode) == ("SUCCEEDED", "inline")
    assert may_hold_answers(status, make_loaded(3, map_mode=map_mode)) is not settled


def test_histories_are_read_where_they_may_have_answers() -> None:
    assert earlier(status="ABORTED").resumed_plan(morning())["earlier"]["runs"] == [f"{MACHINE}:night"]
    assert earlier(status="SUCCEEDED").resumed_plan(morning())["earlier"]["runs"] == []


def test_agents_of_a_chain_are_called_as_the_first_one_called_them() -> None:
    first = make_plan(batch={"origin_key": "evening-99"})
    assert earlier(plan=first).resumed_plan(morning())["batch"]["origin_key"] == "evening-99"


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


def test_duplicates_of_the_earlier_batch_are_those_of_the_next_one() -> None:
    """They have no results of their own: asked by themselves, only_failed_from would leave them out."""
    before = {**night(), "deduplicate": True}
    assert earlier(ONLY_FAILED, "SUCCEEDED", plan=before).resumed_plan(morning())["deduplicate"] is True
    assert "deduplicate" not in earlier(ONLY_FAILED, "SUCCEEDED", plan=night()).resumed_plan(morning())
