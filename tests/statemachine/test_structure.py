"""The definition's structure, as far as neither SAM nor a linter looks at it."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from batch_processor import errors, limits
from batch_processor.batch.names import ROW_BATCH_PREFIX
from tests.statemachine import cloudformation
from tests.statemachine.definition import DEFINITION, ROOT, Scope, State, all_states, expressions, load, scopes, targets
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.error_names import DOCUMENTED
from tests.statemachine.recorded import STATUS_EVENT

STATES = all_states(load())
TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
SCOPES = scopes(load())
_BASE_CLASSES = {"InvokeAgent": "StepFunctions.AWSStepFunctionsException", "InvokeTool": "Lambda.AWSLambdaException"}
_PERHAPS_OF_THE_TARGET = {"Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout"}


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.owner or "machine")
def test_every_target_exists_and_every_state_is_reached(scope: Scope) -> None:
    reached, waiting = set[str](), [scope.start]
    while waiting:
        name = waiting.pop()
        assert name in scope.states
        if name not in reached:
            reached.add(name)
            waiting += targets(scope.states[name])
    assert reached == scope.states.keys()


def test_state_names_are_unique_across_scopes() -> None:
    names = [name for scope in SCOPES for name in scope.states]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", STATES)
def test_every_state_says_what_it_is_for(name: str) -> None:
    assert STATES[name]["Comment"].endswith(".")


@pytest.mark.parametrize("name", TASKS)
def test_every_task_ends_in_time_retries_by_name_and_catches(name: str) -> None:
    task = STATES[name]
    assert task["TimeoutSeconds"]
    assert all(retrier["JitterStrategy"] == "FULL" for retrier in task["Retry"])
    assert not {"States.ALL", "States.TaskFailed"} & set(_error_names(task["Retry"]))
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_a_function_ends_before_its_task_does() -> None:
    # Else Step Functions takes States.Timeout, which nobody retries, for what is Sandbox.Timedout.
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    for name in TASKS:
        function = STATES[name]["Arguments"].get("FunctionName", "")
        if match := re.fullmatch(r"\$\{(\w+)Arn\}", function):
            seconds = resources[match[1]]["Properties"].get("Timeout", 60)
            assert STATES[name]["TimeoutSeconds"] > seconds, name


@pytest.mark.parametrize("name", [name for name in TASKS if name != "PublishNotification"])
def test_every_task_that_data_can_be_too_large_for_catches_that(name: str) -> None:
    # PublishNotification sends less than its own input, which fitted, and keeps that as its output.
    assert "States.DataLimitExceeded" in _error_names(STATES[name]["Catch"])


@pytest.mark.parametrize("name", ["InvokeAgent", "InvokeTool"])
def test_a_call_of_the_target_is_repeated_only_if_the_service_failed(name: str) -> None:
    # Each call may cost: whatever the target itself may have done takes one of the row's attempts.
    service, base = STATES[name]["Retry"]
    assert not _PERHAPS_OF_THE_TARGET & set(_error_names([service, base]))
    # The base class stands for refusals too.
    assert base["ErrorEquals"] == [_BASE_CLASSES[name]]
    assert base["MaxAttempts"] == 2


def test_a_function_of_our_own_whose_process_died_is_called_again() -> None:
    functions = [STATES[name] for name in TASKS if str(STATES[name]["Arguments"].get("FunctionName")).startswith("${")]
    assert len(functions) == 6
    assert all("Runtime.ExitError" in _error_names(state["Retry"]) for state in functions)


def test_the_tool_is_called_again_after_errors_of_lambda() -> None:
    assert [(retrier["ErrorEquals"], retrier["MaxAttempts"]) for retrier in STATES["InvokeTool"]["Retry"]] == [
        (
            [
                "Lambda.TooManyRequestsException",
                "Lambda.ServiceException",
                "Lambda.SdkClientException",
                "Lambda.ClientExecutionTimeoutException",
            ],
            2,
        ),
        (["Lambda.AWSLambdaException"], 2),
    ]


def test_only_an_answer_that_was_read_may_be_bought_again() -> None:
    state = STATES["ExtractStructuredOutput"]
    read, *unread = state["Catch"]
    no_answer = ["AgentExecutionFailed", "AgentInputTooLarge"]
    assert read["ErrorEquals"] == ["StructuredOutputMissing", "StructuredOutputInvalid", *no_answer]
    assert "Assign" not in read
    assert not set(read["ErrorEquals"]) & set(_error_names(state["Retry"]))
    assert _error_names(unread) == ["States.DataLimitExceeded", "States.ALL"]
    first, second = (catcher["Assign"] for catcher in unread)
    assert first == second
    assert first.keys() == {"unread"}
    assert first["unread"].keys() == {"answer"}


def test_an_agents_answer_beyond_a_payload_is_fetched_and_a_tools_cannot_be() -> None:
    for name in ("InvokeAgent", "DescribeEarlierExecution"):
        [catcher] = [c for c in STATES[name]["Catch"] if c["ErrorEquals"] == ["States.DataLimitExceeded"]]
        assert (catcher["Assign"], catcher["Next"]) == ({"fetch": True}, "ExtractStructuredOutput")
    assert "ExtractStructuredOutput" not in [catcher["Next"] for catcher in STATES["InvokeTool"]["Catch"]]


def test_an_answer_is_fetched_from_the_execution_that_would_be_described() -> None:
    described = expressions(STATES["DescribeEarlierExecution"])["Arguments.ExecutionArn"]
    fetched = expressions(STATES["ExtractStructuredOutput"])["Arguments.Payload.answered_by"]
    assert fetched == f"$fetch ? {described} : ''"


def test_only_extracting_may_look_at_agents_besides_the_machine_itself() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    allowed = {
        name: statement["Action"]
        for name, resource in resources.items()
        for policy in resource.get("Properties", {}).get("Policies", [])
        for statement in policy.get("Statement", [])
        if "execution:${AgentNamePattern}:" in str(statement["Resource"])
    }
    assert allowed == {
        "ExtractStructuredOutputFunction": "states:DescribeExecution",
        "BatchProcessorStateMachine": ["states:DescribeExecution", "states:StopExecution"],
    }


def test_both_dead_letter_states_send_the_same_letter_in_the_same_way() -> None:
    sends = [STATES[name] for name in ("SendToDeadLetterQueue", "SendAbortingRowToDeadLetterQueue")]
    first, second = ({key: send[key] for key in ("Resource", "Arguments", "Retry", "TimeoutSeconds")} for send in sends)
    assert first == second


def test_a_failed_row_and_the_batch_that_it_ends_say_the_reason_by_the_same_expression() -> None:
    row = expressions(STATES["SendToDeadLetterQueue"])["Output.message"]
    batch = expressions(STATES["AbortBatch"])["Cause"]
    reason, row_cleaned, _ = row.partition("; $clean := ")
    same, batch_said, batch_cut = batch.partition("; $substring('Row ' & ")
    assert row_cleaned
    assert batch_said
    assert reason == same
    assert "($reason := $reason_of(" in reason
    assert re.search(r" & \$reason, 0, \d+\)\)\)$", batch_cut)


def test_a_row_has_the_same_status_and_error_whether_the_queue_took_it_or_not() -> None:
    sent, recorded = (STATES[name]["Output"] for name in ("SendToDeadLetterQueue", "RecordRowFailure"))
    assert {**sent, "message": ""} == {**recorded, "message": ""}


def test_the_work_folder_outlasts_the_machine_and_the_machine_the_longest_batch() -> None:
    kept_days = cloudformation.load(ROOT / "template.yaml")["Parameters"]["WorkFolderDays"]["MinValue"]
    assert limits.LONGEST_BATCH_SECONDS < load()["TimeoutSeconds"] < kept_days * 24 * 3600


def test_what_no_catch_saw_is_salvaged_by_the_same_function_from_an_event_of_the_same_shape() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    rule = resources["UnannouncedFailureRule"]["Properties"]
    [target] = [target for target in rule["Targets"] if target["Arn"] == {"!GetAtt": "SalvageAnswersFunction.Arn"}]
    assert target.keys() == {"Id", "Arn", "DeadLetterConfig"}, "the event arrives as it is"
    detail = STATES["SalvageAnswers"]["Arguments"]["Payload"]["detail"]
    assert detail.keys() <= STATUS_EVENT["detail"].keys()
    assert detail["status"] in rule["EventPattern"]["detail"]["status"]
    permitted = resources["SalvageAnswersPermission"]["Properties"]
    assert permitted["FunctionName"] == {"!Ref": "SalvageAnswersFunction"}
    assert permitted["SourceArn"] == {"!GetAtt": "UnannouncedFailureRule.Arn"}


@pytest.mark.parametrize("name", ["ProcessCSV", "FanOutRowBatches", "AggregateResults"])
def test_answers_are_salvaged_wherever_there_are_some(name: str) -> None:
    assert {catcher["Next"] for catcher in STATES[name]["Catch"]} == {"SalvageAnswers"}


@pytest.mark.parametrize("name", ["ProcessCSV", "FanOutRowBatches"])
def test_a_failing_map_is_caught_and_never_begun_again(name: str) -> None:
    # A Retry would start over on all rows, those that have been paid for among them.
    assert "Retry" not in STATES[name]
    assert _error_names(STATES[name]["Catch"]) == ["States.DataLimitExceeded", "States.ALL"]


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


def test_a_failed_row_batch_ends_in_a_failure_on_every_way() -> None:
    failed = {target for name in ("RunRowBatch", "RunRowBatchAgain") for target in targets(STATES[name])}
    assert failed == {"RunRowBatchAgain", "SalvageRowBatch"}
    assert set(targets(STATES["SalvageRowBatch"])) == {"RowBatchFailed"}
    assert STATES["RowBatchFailed"]["Type"] == "Fail"


def test_a_large_batch_reads_rows_as_loading_writes_them() -> None:
    reader = STATES["FanOutRowBatches"]["ItemReader"]
    assert reader["Resource"] == "arn:aws:states:::s3:getObject"
    assert reader["ReaderConfig"] == {"InputType": "JSONL"}


def test_the_rule_on_failed_executions_knows_row_batches_by_their_name() -> None:
    detail = cloudformation.load(ROOT / "template.yaml")["Resources"]["UnannouncedFailureRule"]["Properties"][
        "EventPattern"
    ]["detail"]
    [[prefix]] = [rule["anything-but"].values() for rule in detail["name"]]
    assert expressions(STATES["NameRowBatch"])["Assign.run.name"].startswith(f"'{prefix}' & ")
    assert prefix == ROW_BATCH_PREFIX, "no batch may be called so"


def test_every_error_name_is_documented_or_one_of_ours() -> None:
    ours = {name for name, member in vars(errors).items() if inspect.isclass(member) and issubclass(member, Exception)}
    used = {
        name for state in STATES.values() for key in ("Retry", "Catch") for name in _error_names(state.get(key, []))
    }
    compared = {
        name
        for state in STATES.values()
        for expression in expressions(state).values()
        for name in re.findall(r"'((?:States|Lambda|Sandbox|StepFunctions|Sfn|SQS|SNS)\.\w+)'", expression)
    }
    assert (used | compared) - ours == DOCUMENTED.keys()


def test_every_placeholder_is_a_substitution_of_the_template() -> None:
    template = cloudformation.load(ROOT / "template.yaml")
    machines = [r for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::StateMachine"]
    [machine] = [m["Properties"] for m in machines if m["Properties"]["DefinitionUri"].endswith(DEFINITION.name)]
    substitutions = machine["DefinitionSubstitutions"]
    assert set(_placeholders(DEFINITION.read_text(encoding="utf-8"))) == substitutions.keys()
    for name, value in substitutions.items():
        if name.endswith("FunctionArn"):
            assert value == {"!GetAtt": f"{name.removesuffix('Arn')}.Arn"}


def test_a_function_has_the_name_of_its_state() -> None:
    functions = {
        name: arguments["FunctionName"]
        for name in TASKS
        if "FunctionName" in (arguments := STATES[name]["Arguments"]) and name != "InvokeTool"
    }
    # What a row batch left is salvaged by the same function as what a batch left.
    assert functions.pop("SalvageRowBatch") == functions["SalvageAnswers"]
    for name, placeholder in functions.items():
        assert placeholder.lower() == f"${{{name}FunctionArn}}".lower()


def test_every_placeholder_is_a_whole_quoted_value() -> None:
    text = DEFINITION.read_text(encoding="utf-8")
    assert len(re.findall(r'"\$\{\w+\}"', text)) == text.count("${")


def test_asl_validator_has_nothing_against_it(javascript: JavaScriptEngine, definition: dict[str, Any]) -> None:
    assert javascript.objections(definition) == []


def test_asl_validator_does_object_to_a_state_that_cannot_be(javascript: JavaScriptEngine) -> None:
    machine = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
    assert javascript.objections(machine)


@pytest.mark.parametrize("name", STATES)
def test_every_expression_is_jsonata_of_aws(name: str, javascript: JavaScriptEngine) -> None:
    for expression in expressions(STATES[name]).values():
        # 2.0.6 knows neither of the two operators of 2.1, which the Python engine accepts; AWS has no $eval.
        assert not re.search(r"\?\?|\?:|\$eval\b", expression)
        javascript.free_variables(expression)


@pytest.mark.parametrize("name", STATES)
def test_regular_expressions_are_flat(name: str, javascript: JavaScriptEngine) -> None:
    # They run in java.util.regex on AWS. Nothing but a single class is repeated and nothing is grouped, so they
    # do not recurse or backtrack; without shorthands, && and nested [ they mean the same in all three languages.
    # Alternatives stand at the top alone, where each is tried once.
    for expression in expressions(STATES[name]).values():
        for regex in javascript.regexes(expression):
            outside = re.sub(r"\[\^?(?:\\[\[\]]|\\u[0-9a-f]{4}|[^\[\]\\&])+\]\+?", "", regex)
            assert not re.search(r"[*+{}()\\\[\]&]", outside), regex


def test_an_inner_scope_assigns_no_outer_variable() -> None:
    outer, *inner = [{name for state in scope.states.values() for name in _assigned(state)} for scope in SCOPES]
    assert outer
    for names in inner:
        assert not names & outer


def test_every_variable_is_assigned_on_every_path_to_where_it_is_read(javascript: JavaScriptEngine) -> None:
    top, *insides = SCOPES
    known = _known_on_entry(top, frozenset())
    _check_reads(top, known, javascript)
    for inside in insides:
        assert inside.owner
        seen = frozenset[str]() if inside.distributed else known[inside.owner]
        _check_reads(inside, _known_on_entry(inside, seen), javascript)


def test_only_the_children_of_the_fan_out_are_executions_of_their_own() -> None:
    assert {scope.owner: scope.distributed for scope in SCOPES} == {
        "": False,
        "ProcessCSV": False,
        "FanOutRowBatches": True,
    }


def _check_reads(scope: Scope, known: dict[str, frozenset[str]], javascript: JavaScriptEngine) -> None:
    for name, state in scope.states.items():
        for place, expression in expressions(state).items():
            unknown = set(javascript.free_variables(expression)) - known[name]
            assert not unknown, f"{name}.{place} may read {unknown} before a value is there"


def _known_on_entry(scope: Scope, outer: frozenset[str]) -> dict[str, frozenset[str]]:
    """The variables that surely have a value when a state is entered, from whichever state that is."""
    known = {scope.start: outer}
    waiting = [scope.start]
    while waiting:
        name = waiting.pop()
        for target, assigned in _ways_out(scope.states[name]):
            after = known[name] | assigned
            before = known.get(target)
            known[target] = after if before is None else before & after
            if known[target] != before:
                waiting.append(target)
    return known


def _ways_out(state: State) -> Iterator[tuple[str, frozenset[str]]]:
    for ending in [state, *state.get("Choices", []), *state.get("Catch", [])]:
        for key in ("Next", "Default"):
            if key in ending:
                yield ending[key], frozenset(ending.get("Assign", {}))


def _assigned(state: State) -> set[str]:
    return {
        name
        for ending in [state, *state.get("Choices", []), *state.get("Catch", [])]
        for name in ending.get("Assign", {})
    }


def _error_names(handlers: list[State]) -> list[str]:
    return [name for handler in handlers for name in handler["ErrorEquals"]]


def _placeholders(text: str) -> list[str]:
    return re.findall(r"\$\{(\w+)\}", text)
