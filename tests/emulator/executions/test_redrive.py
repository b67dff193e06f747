"""RedriveExecution."""

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.emulator.local_aws import Definition, LocalAws, description_of, over_items, task, until
from tests.emulator.maps.distributed import children, distributed, map_run
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item

WAIT = {"Type": "Wait", "Seconds": 1, "End": True}
# Fails until there is a file of this name; counts its calls in another.
FLAKY = """open(event['flag'] + event['name'], 'a').write('x')
    if event['fails'] and not os.path.exists(event['flag']):
        raise ValueError('not yet')
    return event['name']"""


class Flag:
    """What lets the flaky function succeed, and how often it was called."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp()) / "flag"

    def raise_it(self) -> None:
        self.path.touch()

    def calls(self, name: str) -> int:
        return len(Path(f"{self.path}{name}").read_text())


def flaky(aws: LocalAws, flag: Flag, name: str, fails: str = "{% true %}", **fields: Any) -> Definition:
    return task(aws.function(FLAKY), {"flag": str(flag.path), "name": name, "fails": fails}, **fields)


def redriven(aws: LocalAws, execution: dict[str, Any], flag: Flag) -> dict[str, Any]:
    """The description of an unsuccessful execution after its redrive."""
    assert execution["status"] != "SUCCEEDED"
    flag.raise_it()
    aws.client("stepfunctions").redrive_execution(executionArn=execution["executionArn"])
    return aws.ended(execution["executionArn"])


# --- executions --------------------------------------------------------------------------------------------


@item("redrive", ("SUCCEEDED", {"x": 1, "in": "a", "redrives": 1}, 1, 2))
def a_redrive_continues_at_the_failed_state_with_input_and_variables(aws: LocalAws) -> Any:
    flag = Flag()
    output = {"x": "{% $x %}", "in": "{% $states.input %}", "redrives": "{% $states.context.Execution.RedriveCount %}"}
    states = {
        "Set": {"Type": "Pass", "Assign": {"x": 1}, "Next": "First"},
        "First": {**flaky(aws, flag, "a", "{% false %}", Next="Second")},
        "Second": flaky(aws, flag, "b", Output=output),
    }
    del states["First"]["End"]
    end = redriven(aws, aws.run(states), flag)
    return end["status"], json.loads(end["output"]), flag.calls("a"), flag.calls("b")


@item("redrive", ["ExecutionFailed", "ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded"])
def a_history_goes_on_after_a_redrive(aws: LocalAws) -> Any:
    flag = Flag()
    end = redriven(aws, aws.run({"Task": flaky(aws, flag, "a")}), flag)
    return [event["type"] for event in aws.history(end["executionArn"])][-7:-2]


@item("redrive", (0, "REDRIVABLE", 1, "NOT_REDRIVABLE", True))
def a_description_tells_of_redrives(aws: LocalAws) -> Any:
    flag = Flag()
    before = aws.run({"Task": flaky(aws, flag, "a")})
    after = redriven(aws, before, flag)
    kinds = [after["redriveCount"], after["redriveStatus"], after["redriveDate"] > before["stopDate"]]
    return before["redriveCount"], before["redriveStatus"], *kinds


@item("redrive", ("{}", 0, True))
def an_sdk_task_describes_an_execution(aws: LocalAws) -> Any:
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    seen = aws.output({"Describe": description_of(succeeded)})
    return seen["Output"], seen.get("RedriveCount"), seen["StartDate"].endswith("Z")


@item("redrive", "SUCCEEDED")
def an_aborted_execution_can_be_redriven(aws: LocalAws) -> Any:
    arn = aws.start(aws.machine({"Wait": WAIT}))
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    return redriven(aws, aws.ended(arn), Flag())["status"]


@item("redrive", ("TIMED_OUT", "SUCCEEDED"))
def a_redrive_has_the_machines_time_again(aws: LocalAws) -> Any:
    flag = Flag()
    code = "time.sleep(0 if os.path.exists(event['flag']) else 5)"
    slow = task(aws.function(code), {"flag": str(flag.path)})
    wait = {"Type": "Wait", "Seconds": 1, "Next": "Slow"}
    timed_out = aws.run({"Wait": wait, "Slow": slow}, TimeoutSeconds=3)
    return timed_out["status"], redriven(aws, timed_out, flag)["status"]


@item("redrive", "old")
def a_redrive_runs_the_definition_that_the_execution_began_with(aws: LocalAws) -> Any:
    flag = Flag()
    states = {"Task": flaky(aws, flag, "a", Output="old")}
    machine = aws.machine(states)
    failed = aws.ended(aws.start(machine))
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Task",
        "States": {"Task": {**states["Task"], "Output": "new"}},
    }
    aws.client("stepfunctions").update_state_machine(stateMachineArn=machine, definition=json.dumps(definition))
    return json.loads(redriven(aws, failed, flag)["output"])


@item("redrive", ["ExecutionNotRedrivable", "ExecutionNotRedrivable", "ExecutionDoesNotExist"])
def what_succeeded_or_runs_or_never_was_is_not_redriven(aws: LocalAws) -> Any:
    redrive = aws.client("stepfunctions").redrive_execution
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    running = aws.start(aws.machine({"Wait": WAIT}))
    return [error_of(redrive, executionArn=arn) for arn in (succeeded, running, f"{running}x")]


@item("status_events", [("FAILED", 0), ("RUNNING", 1), ("SUCCEEDED", 1)])
def events_tell_of_redrives(aws: LocalAws) -> Any:
    flag, queue = Flag(), aws.queue()
    machine = aws.machine({"Task": flaky(aws, flag, "a")})
    failed = aws.ended(aws.start(machine))
    aws.forward({"source": ["aws.states"], "detail": {"stateMachineArn": [machine]}}, queue.arn)
    failed = aws.ended(aws.start(machine))
    redriven(aws, failed, flag)
    details = [event["detail"] for event in aws.messages(queue.url, 4)]
    seen = {(detail["status"], detail["redriveCount"]) for detail in details} - {("RUNNING", 0)}
    return sorted(seen)


# --- inline maps -------------------------------------------------------------------------------------------

FAILS_FOR_BAD = "{% $states.input = 'bad' %}"


@item("redrive", (["good", "bad", "late"], 1, 2, 1))
def only_unsuccessful_iterations_run_again(aws: LocalAws) -> Any:
    flag = Flag()
    states = {"Call": flaky(aws, flag, "{% $states.input %}", FAILS_FOR_BAD)}
    failed = aws.run({"Map": over_items(states, MaxConcurrency=1)}, {"items": ["good", "bad", "late"]})
    return json.loads(redriven(aws, failed, flag)["output"]), *(flag.calls(name) for name in ("good", "bad", "late"))


@item("redrive", (["good-1", "bad-1"], 1))
def an_iteration_continues_where_it_was_with_its_variables(aws: LocalAws) -> Any:
    flag = Flag()
    first = flaky(aws, flag, "{% $states.input & '-first' %}", "{% false %}", Output="{% $states.input %}", Next="Call")
    del first["End"]
    states = {
        "First": {**first, "Assign": {"number": 1}},
        "Call": flaky(aws, flag, "{% $states.input %}", FAILS_FOR_BAD, Output="{% $states.input & '-' & $number %}"),
    }
    failed = aws.run({"Map": over_items(states)}, {"items": ["good", "bad"]})
    return json.loads(redriven(aws, failed, flag)["output"]), flag.calls("bad-first")


@item("redrive", True)
def an_iterations_events_stay_linked(aws: LocalAws) -> Any:
    flag = Flag()
    states = {"Call": flaky(aws, flag, "{% $states.input %}")}
    end = redriven(aws, aws.run({"Map": over_items(states)}, {"items": ["a"]}), flag)
    events = {event["id"]: event for event in aws.history(end["executionArn"])}
    [last] = [event for event in events.values() if event["type"] == "MapIterationSucceeded"]
    types = []
    while last["previousEventId"]:
        last = events[last["previousEventId"]]
        types.append(last["type"])
    return "MapIterationStarted" in types


# --- distributed maps --------------------------------------------------------------------------------------


@item("redrive", (["good", "bad", "late"], 1, 2, 1))
def only_unsuccessful_children_run_again(aws: LocalAws) -> Any:
    flag = Flag()
    states = {"Call": flaky(aws, flag, "{% $states.input %}", FAILS_FOR_BAD)}
    failed = aws.run(distributed(states, MaxConcurrency=1), {"items": ["good", "bad", "late"]})
    return json.loads(redriven(aws, failed, flag)["output"]), *(flag.calls(name) for name in ("good", "bad", "late"))


@item("redrive", (True, 1, "SUCCEEDED", {"succeeded": 2, "failed": 0, "pendingRedrive": 0}, [0, 1]))
def a_map_run_goes_on(aws: LocalAws) -> Any:
    flag = Flag()
    states = {"Call": flaky(aws, flag, "{% $states.input %}", FAILS_FOR_BAD)}
    failed = aws.run(distributed(states, MaxConcurrency=1), {"items": ["good", "bad"]})
    before = map_run(aws, failed)
    end = redriven(aws, failed, flag)
    after = map_run(aws, end)
    redrives = sorted(one["redriveCount"] for one in children(aws, after["mapRunArn"]))
    counts = {name: after["itemCounts"][name] for name in ("succeeded", "failed", "pendingRedrive")}
    return before["mapRunArn"] == after["mapRunArn"], after["redriveCount"], after["status"], counts, redrives


@item("redrive", ["ExecutionRedriven", "MapRunRedriven", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited"])
def a_history_tells_of_the_map_runs_redrive(aws: LocalAws) -> Any:
    flag = Flag()
    failed = aws.run(distributed({"Call": flaky(aws, flag, "a")}), {"items": [1]})
    end = redriven(aws, failed, flag)
    return [event["type"] for event in aws.history(end["executionArn"])][-6:-1]


@item("redrive", ("ABORTED", "SUCCEEDED", 1))
def a_map_run_goes_on_after_its_parent_was_stopped(aws: LocalAws) -> Any:
    flag = Flag()
    call = flaky(aws, flag, "{% $states.input %}", "{% false %}", Next="Wait")
    del call["End"]
    arn = aws.start(aws.machine(distributed({"Call": call, "Wait": {**WAIT, "Seconds": 3}})), {"items": ["a", "b"]})
    until(lambda: waiting_children(aws, arn) == 2)
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    until(lambda: map_run(aws, {"executionArn": arn})["status"] != "RUNNING")
    before = map_run(aws, {"executionArn": arn})["status"]
    return before, redriven(aws, aws.ended(arn), flag)["status"], flag.calls("a")


def waiting_children(aws: LocalAws, arn: str) -> int:
    """How many children of the execution's Map Run are in their Wait state."""
    runs = aws.client("stepfunctions").list_map_runs(executionArn=arn)["mapRuns"]
    found = [child for run in runs for child in children(aws, run["mapRunArn"])]
    return sum(aws.history(child["executionArn"])[-1]["type"] == "WaitStateEntered" for child in found)


@item("redrive", ("REDRIVABLE_BY_MAP_RUN", "ExecutionNotRedrivable"))
def a_child_is_redriven_with_its_map_run_only(aws: LocalAws) -> Any:
    states = distributed({"Fail": {"Type": "Fail", "Error": "E"}})
    [only] = children(aws, map_run(aws, aws.run(states, {"items": [1]}))["mapRunArn"])
    redrive = aws.client("stepfunctions").redrive_execution
    return only["redriveStatus"], error_of(redrive, executionArn=only["executionArn"])


# --- the tests ---------------------------------------------------------------------------------------------


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
