from batch_processor.results.named_errors import named_errors
from batch_processor.results.reasons import LISTED, CountedError


def reason(error: str, message: str, count: int = 1, first_row: int = 1) -> CountedError:
    return {"error": error, "message": message, "count": count, "first_row": first_row}


def test_failures_of_one_name_are_one_entry_without_their_words() -> None:
    found = named_errors([reason("ValueError", "Jane Doe: no", 3, 7), reason("ValueError", "John Roe", 2, 4)])
    assert found == [{"error": "ValueError", "count": 5, "first_row": 4}]


def test_error_within_an_agent_is_named_where_it_is_a_name_of_a_program() -> None:
    told = {
        "ThrottlingException: Jane": "ThrottlingException",
        "States.Timeout": "States.Timeout",
        "Bedrock.ThrottlingException: rate": "Bedrock.ThrottlingException",
        "Jane: unknown": None,
        "jane.doe@example.com: Failed": None,
        "Jane Failed: no": None,
        "4711Error: no": None,
    }
    for message, inner in told.items():
        [found] = named_errors([reason("States.TaskFailed", message)])
        assert found.get("inner_error") == inner, message
        assert "Jane" not in str(found)


def test_what_is_no_name_is_not_repeated() -> None:
    assert named_errors([reason("Jane Doe, 4711", "")])[0]["error"] == "(unnamed)"


def test_beyond_the_most_the_rarest_are_counted_together() -> None:
    reasons = [reason(f"E{number}", "", 100 - number, number) for number in range(1, 31)]
    found = named_errors(reasons)
    assert len(found) == LISTED
    assert found[-1] == {"error": "Others", "count": sum(100 - n for n in range(LISTED, 31)), "first_row": LISTED}
    assert sum(entry["count"] for entry in found) == sum(entry["count"] for entry in reasons)
