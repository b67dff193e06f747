"""How the earlier batch is found, and taken over by one batch at a time."""

from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.errors import SourceUnavailable
from batch_processor.resumption import lookup
from tests.functional.account import DATA, keys, losing_the_answer, put
from tests.functional.resumption.runs import EXECUTIONS, end, problems, run, set_status, validate
from tests.unit.configs import AGENT, make_document
from tests.unit.plans import make_loaded

pytestmark = pytest.mark.usefixtures("stack")


def test_running_batch_is_not_run_a_second_time() -> None:
    run("night", make_document(), "RUNNING")
    assert "is still running" in problems("morning", {"resume_from": "night"})["/resume_from"]


def test_batch_is_resumed_by_one_batch_at_a_time() -> None:
    run("night", make_document())
    validate("morning", {"resume_from": "night"})
    end("morning", "RUNNING")
    assert "the batch morning is running the same rows" in problems("noon", {"resume_from": "night"})["/resume_from"]
    assert validate("morning", {"resume_from": "night"}), "a repeated ValidateInput of the same batch must pass"


@pytest.mark.parametrize("before", [None, "dawn"])
def test_batch_is_resumed_by_one_of_two_that_begin_at_the_same_moment(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("night", make_document())
    if before:
        run(before, {"resume_from": "night"}, "ABORTED")
    look = lookup.find

    def look_and_be_overtaken(*arguments: Any) -> Any:
        found = look(*arguments)
        monkeypatch.setattr(lookup, "find", look)
        validate("morning", {"resume_from": "night"})
        return found

    monkeypatch.setattr(lookup, "find", look_and_be_overtaken)
    message = problems("noon", {"resume_from": "night"})["/resume_from"]
    assert message == "the batch morning is running the same rows; wait for its end, or stop it first"
    end("morning", "RUNNING")
    assert validate("morning", {"resume_from": "night"}), "it is the one that goes on"


def test_claim_whose_answer_was_lost_stands() -> None:
    run("night", make_document())
    with losing_the_answer("PutObject"):
        assert validate("morning", {"resume_from": "night"})
    end("morning", "RUNNING")
    assert "the batch morning is running the same rows" in problems("noon", {"resume_from": "night"})["/resume_from"]


def test_batch_whose_resumption_came_to_an_end_is_resumed_again() -> None:
    run("night", make_document())
    run("morning", {"resume_from": "night"}, "ABORTED")
    assert validate("noon", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_last_run_of_a_chain_is_taken_over_whichever_is_named() -> None:
    """It has salvaged all before it."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED", day=22)
    validate("morning", {"resume_from": "dawn"})
    end("morning", "FAILED")  # before it loaded a row
    for name in ("night", "dawn"):
        assert validate("noon", {"resume_from": name})["earlier"]["last_run"] == f"{EXECUTIONS}:dawn"


def test_batch_is_never_its_own_last_run() -> None:
    """Step Functions gives a name anew after 90 days; what the first one left may still be there."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED", day=22)
    assert validate("dawn", {"resume_from": "night"}, day=23)["earlier"]["last_run"] == f"{EXECUTIONS}:night"


def test_first_batch_of_a_chain_that_was_redriven_is_waited_for() -> None:
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED")
    set_status("night", "RUNNING")
    assert "the batch night is running the same rows" in problems("morning", {"resume_from": "dawn"})["/resume_from"]


def test_refused_resumption_does_not_stand_in_the_way_of_another() -> None:
    run("night", make_document())
    problems("morning", {"resume_from": "night", "target": f"{AGENT}:live"})
    end("morning", "RUNNING")
    assert validate("noon", {"resume_from": "night"})


def test_batch_that_step_functions_has_forgotten_can_be_resumed() -> None:
    run("night", make_document(), status=None)
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_forgotten_batch_has_ended_if_its_summary_is_there() -> None:
    plan = run("night", make_document(), status=None)
    assert "use resume_from" in problems("morning", {"only_failed_from": "night"})["/only_failed_from"]
    put(plan["output"]["key"].removesuffix(".csv") + ".summary.json", b"{}")
    assert validate("morning", {"only_failed_from": "night"})["earlier"]["only_failed"]


def test_unknown_batch_is_told_with_where_it_was_looked_for() -> None:
    found = problems("morning", {"resume_from": "knight"})
    assert list(found) == ["/resume_from"]
    assert found["/resume_from"].startswith("there is nothing of a batch knight in s3://data/work/knight-")


def test_unknown_batch_is_told_beside_all_other_problems_of_a_complete_configuration() -> None:
    given = make_document(resume_from="knight", exection_config={}, csv_s3_uri="s3://data/absent.csv")
    assert set(problems("morning", given)) == {"/resume_from", "/exection_config", "/csv_s3_uri"}


def test_configuration_is_kept_as_it_was_given() -> None:
    plan = validate("night", {**make_document(), "max_rows": 3})
    assert manifest.read_config(DATA, plan["batch"]["key"]) == {**make_document(), "max_rows": 3}
    assert manifest.read(DATA, plan["batch"]["key"]) is None


def test_manifest_is_read_as_it_was_written() -> None:
    plan, loaded = validate("night", make_document()), make_loaded(3)
    manifest.write(plan, loaded)
    assert manifest.read(DATA, plan["batch"]["key"]) == {"plan": plan, "loaded": loaded}
    assert f"{plan['work']['prefix']}manifest.json" in keys(DATA)


def test_status_that_may_not_be_seen_ends_the_batch() -> None:
    run("night", make_document())
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_client_error("describe_execution", "AccessDeniedException", "not authorized", 400)
        with pytest.raises(SourceUnavailable, match="night: access denied"):
            validate("morning", {"resume_from": "night"})
