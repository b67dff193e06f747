"""States that must do the same."""

from tests.statemachine.definition import expressions, load
from tests.statemachine.states import STATES


def test_an_answer_is_fetched_from_the_execution_that_would_be_described() -> None:
    described = expressions(STATES["DescribeEarlierExecution"])["Arguments.ExecutionArn"]
    fetched = expressions(STATES["ExtractStructuredOutput"])["Arguments.Payload.answered_by"]
    assert fetched == f"$fetch ? {described} : ''"


def test_both_dead_letter_states_send_the_same_letter_in_the_same_way() -> None:
    sends = [STATES[name] for name in ("SendToDeadLetterQueue", "SendAbortingRowToDeadLetterQueue")]
    first, second = ({key: send[key] for key in ("Resource", "Arguments", "Retry", "TimeoutSeconds")} for send in sends)
    assert first == second


def test_a_failed_row_and_the_batch_that_it_ends_say_the_reason_by_the_same_expression() -> None:
    row = expressions(STATES["SendToDeadLetterQueue"])["Output.message"]
    batch = expressions(STATES["AbortBatch"])["Cause"]
    reason = "$reason_of($states.input, $has_answer($unread), $plan.execution.timeout_seconds)"
    assert f"$that_fits($in_a_cell({reason}), $loaded.message_bytes, " in row
    assert f"$reason := {reason}; " in batch
    assert "$in_a_cell($reason)" in batch


def test_a_row_has_the_same_status_and_error_whether_the_queue_took_it_or_not() -> None:
    sent, recorded = (STATES[name]["Output"] for name in ("SendToDeadLetterQueue", "RecordRowFailure"))
    assert {**sent, "message": ""} == {**recorded, "message": ""}


def test_a_row_batch_has_as_long_as_the_machine_itself() -> None:
    for name in ("RunRowBatch", "RunRowBatchAgain"):
        assert STATES[name]["TimeoutSeconds"] == load()["TimeoutSeconds"]


def test_a_row_batch_runs_again_on_the_same_rows_and_to_the_same_ends() -> None:
    once, again = STATES["RunRowBatch"], STATES["RunRowBatchAgain"]
    name, given = "{% $run.name & $run.again %}", {**once["Arguments"]["Input"], "again": "{% $run.ended %}"}
    assert again == {
        **once,
        "Comment": again["Comment"],
        "Arguments": {**once["Arguments"], "Name": name, "Input": given},
    }
