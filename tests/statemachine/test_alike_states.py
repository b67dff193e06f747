"""States that must do the same."""

import pytest

from tests.statemachine.definition import ROW_BATCH_DEFINITION, expressions, load
from tests.statemachine.states import IN_ROW_BATCH, STATES


def test_an_answer_is_fetched_from_the_execution_that_would_be_described() -> None:
    described = expressions(STATES["DescribeEarlierExecution"])["Arguments.ExecutionArn"]
    fetched = expressions(STATES["ExtractStructuredOutput"])["Arguments.Payload.answered_by"]
    assert fetched == f"$fetch ? {described} : ''"


def test_an_agent_is_sent_what_an_earlier_execution_is_compared_with() -> None:
    sent = expressions(STATES["InvokeAgent"])["Arguments.Input"]
    looked_for = expressions(STATES["DescribeEarlierExecution"])["Output.is_of_row"]
    handed_on = expressions(STATES["ExtractStructuredOutput"])["Arguments.Payload.sent"]
    definition = sent[sent.index("$input_for := ") : sent.rindex("; ")]
    for expression in (looked_for, handed_on):
        assert definition in expression


def test_both_dead_letter_states_send_the_same_letter_in_the_same_way() -> None:
    sends = [STATES[name] for name in ("SendToDeadLetterQueue", "SendAbortingRowToDeadLetterQueue")]
    first, second = ({key: send[key] for key in ("Resource", "Arguments", "Retry", "TimeoutSeconds")} for send in sends)
    assert first == second


def test_a_failed_row_and_the_batch_that_it_ends_say_the_reason_by_the_same_expression() -> None:
    row = expressions(STATES["SendToDeadLetterQueue"])["Output.message"]
    batch = expressions(STATES["SendAbortingRowToDeadLetterQueue"])["Output"]
    reason = "$reason_of($states.input, $has_answer($unread), $plan.execution.timeout_seconds)"
    assert f"$that_fits($in_a_cell({reason}), $loaded.message_bytes, " in row
    assert f"$reason := $in_a_cell({reason}); " in batch


def test_a_row_has_the_same_status_and_error_whether_the_queue_took_it_or_not() -> None:
    sent, recorded = (STATES[name]["Output"] for name in ("SendToDeadLetterQueue", "RecordRowFailure"))
    assert {**sent, "message": ""} == {**recorded, "message": ""}


def test_a_row_batch_has_as_long_as_its_batch() -> None:
    longest = load()["TimeoutSeconds"]
    assert load(ROW_BATCH_DEFINITION)["TimeoutSeconds"] == longest
    for name in ("RunRowBatch", "RunRowBatchAgain"):
        assert STATES[name]["TimeoutSeconds"] == longest


@pytest.mark.parametrize("name", ["LoadCSVData", "ProcessCSV", "AggregateResults"])
def test_a_stage_is_the_same_in_both_machines_but_for_where_it_leads(name: str) -> None:
    own = {"Comment", "Output", "Catch", "Next", "End"} if name != "LoadCSVData" else {"Comment", "Catch", "Next"}
    batch, row_batch = (
        {key: value for key, value in STATES[place].items() if key not in own} for place in (name, IN_ROW_BATCH + name)
    )
    assert batch == row_batch
    assert batch


def test_a_row_batch_runs_again_on_the_same_rows_and_to_the_same_ends() -> None:
    once, again = STATES["RunRowBatch"], STATES["RunRowBatchAgain"]
    name, given = "{% $run.name & $run.again %}", {**once["Arguments"]["Input"], "again": "{% $run.ended %}"}
    assert again == {
        **once,
        "Comment": again["Comment"],
        "Arguments": {**once["Arguments"], "Name": name, "Input": given},
    }
