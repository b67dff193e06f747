"""What the states that call a row's target may meet, by name."""

from collections.abc import Iterator

from tests.statemachine.recorded import AGENT_RESULT, THROTTLED, TIMED_OUT_TASK, TOO_LARGE, child, function_result
from tests.statemachine.samples import ROW, plan
from tests.statemachine.situation import Situation, named


def target_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _agent()
    yield from _tool()


def _agent() -> Iterator[Situation]:
    context = {"executionId": "run-1", "rowId": "2", "totalRows": 100}
    for case, given in named(
        {
            "row": ROW["input"],
            "no input": {},
            "one field": {"x": [1]},
            "null": {"x": None, "prompt": None},
        }
    ):
        yield Situation(
            "InvokeAgent",
            f"structured, {case}",
            {},
            AGENT_RESULT,
            variables={"row": {**ROW, "input": given}},
            expected={
                "fields.Arguments.Name": "run-1-2-1",
                "fields.Arguments.Input": {"batchContext": context, "input": given},
                "fields.TimeoutSeconds": 300,
                "output": AGENT_RESULT["Output"],
                "next": "ExtractStructuredOutput",
            },
        )
    registered = {"type": "agent", "name": "triage", "version": "1.2.0"}
    yield Situation(
        "InvokeAgent",
        "structured, registered",
        {},
        AGENT_RESULT,
        variables={"plan": plan(target=registered)},
        expected={"fields.Arguments.Input.batchContext": {**context, "agent": {"name": "triage", "version": "1.2.0"}}},
    )
    for case, given, content in [
        ("prompt", {"prompt": 'Say "hi" é😀'}, 'Say "hi" é😀'),
        ("empty prompt", {"prompt": ""}, ""),
        ("prompt of null", {"prompt": None}, "null"),
        ("prompt of JSON", {"prompt": {"a": [1, None]}}, '{"a":[1,null]}'),
        ("prompt of a list of one", {"prompt": ["x"]}, '["x"]'),
        (
            "no prompt",
            {"a": 'x "y"', "n": 1.5, "o": None, "l": []},
            '{"a":"x \\"y\\"","n":1.5,"o":null,"l":[]}',
        ),
        ("no input", {}, "{}"),
    ]:
        yield Situation(
            "InvokeAgent",
            f"messages, {case}",
            {},
            AGENT_RESULT,
            variables={"plan": plan(target={"input_format": "messages"}), "row": {**ROW, "input": given}},
            expected={"fields.Arguments.Input": {"messages": [{"role": "user", "content": content}], "input": given}},
        )
        yield Situation(
            "InvokeAgent",
            f"prompt and data, {case}",
            {},
            AGENT_RESULT,
            variables={"plan": plan(target={"input_format": "prompt_data"}), "row": {**ROW, "input": given}},
            expected={
                "fields.Arguments.Input": {
                    "batchContext": {"executionId": "run-1", "rowId": "2", "totalRows": 100},
                    "prompt": content,
                    "data": given,
                }
            },
        )
    for case, answer in named(
        {
            "null": None,
            "empty list": [],
            "list of one": [{}],
            "text": "é",
            "empty": {},
        }
    ):
        yield Situation(
            "InvokeAgent",
            f"answer of {case}",
            {},
            {**AGENT_RESULT, "Output": answer},
            expected={"output": answer},
        )
    for case, error in named(
        {
            "failed": child("FAILED", "E", "c"),
            "timed out": TIMED_OUT_TASK,
        }
    ):
        expected = {"output": error, "assigned": {}, "next": "JudgeFailure"}
        yield Situation("InvokeAgent", case, error=error, expected=expected)
    expected = {"output": TOO_LARGE, "assigned": {"fetch": True, "found": False}, "next": "ExtractStructuredOutput"}
    yield Situation("InvokeAgent", "input and answer too large together", error=TOO_LARGE, expected=expected)


def _tool() -> Iterator[Situation]:
    yield Situation(
        "InvokeAgent",
        "tool that is a state machine",
        {},
        AGENT_RESULT,
        variables={"plan": plan(target={"type": "tool", "name": "quote", "runs": "state_machine"})},
        expected={
            "fields.Arguments.Name": "run-1-2-1",
            "fields.Arguments.Input": {"name": "quote", "input": ROW["input"], "id": "run-1-2-1"},
            "output": AGENT_RESULT["Output"],
        },
    )
    tool = plan(
        target={
            "type": "tool",
            "name": "enrich",
            "arn": "arn:aws:lambda:eu-west-1:123456789012:function:enrich",
        }
    )
    for case, answer in named(
        {
            "answer": {"type": "structured_output"},
            "null": None,
            "empty list": [],
            "list": [1],
        }
    ):
        yield Situation(
            "InvokeTool",
            case,
            {},
            function_result(answer),
            variables={"plan": tool},
            expected={
                "fields.Arguments.Payload": {"name": "enrich", "input": ROW["input"], "id": "run-1-2-1"},
                "output": answer,
            },
        )
    yield Situation(
        "InvokeTool",
        "fresh run of a row of a resumed batch",
        {},
        function_result({}),
        variables={
            "plan": {**tool, "batch": {**tool["batch"], "origin_key": "run-0"}},
            "row": {**ROW, "run": "-5ca1ab1e"},
        },
        expected={"fields.Arguments.Payload.id": "run-0-2-1-5ca1ab1e"},
    )
    yield Situation(
        "InvokeTool",
        "throttled",
        error=THROTTLED,
        variables={"plan": tool},
        expected={"next": "JudgeFailure"},
    )
