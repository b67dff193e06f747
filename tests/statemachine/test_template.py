"""What the definition and the template say of each other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from batch_processor import limits
from batch_processor.config import parse
from batch_processor.registry.cloudformation import entry_of
from batch_processor.registry.tool_entry import ToolEntry
from tests.statemachine import cloudformation
from tests.statemachine.definition import DEFINITION, ROOT, ROW_BATCH_DEFINITION, expressions, load
from tests.statemachine.expanded import Expanded
from tests.statemachine.recorded import STATUS_EVENT
from tests.statemachine.states import IN_ROW_BATCH, STATES, TASKS

# What its descriptions say of each input of the batch processor as a tool.
_SAMPLES: dict[str, Any] = {
    "csv_s3_uri": "s3://bucket/a.csv",
    "target": {"type": "agent", "name": "triage"},
    "input_mapping": {
        "column_mappings": {"id": "reference"},
        "static_values": {"level": "high"},
        "transformations": {"text": {"type": "template", "config": {"template": "text with {column}"}}},
    },
    "output_mapping": {"structured_output_fields": ["category"]},
    "output_s3_prefix": "s3://bucket/outputs/name/",
    "execution_config": {
        "max_concurrency": 5, "timeout_seconds": 60, "retry_policy": {"max_attempts": 2}, "continue_on_error": True,
    },
    "notification_config": {"sns_topic_arn": "arn:aws:sns:eu-west-1:123456789012:batches"},
    "max_rows": 20,
}  # fmt: skip

DEFINITIONS = pytest.mark.parametrize("path", [DEFINITION, ROW_BATCH_DEFINITION], ids=lambda path: path.name)


def test_a_function_ends_before_its_task_does() -> None:
    # Else Step Functions takes States.Timeout, which nobody retries, for what is Sandbox.Timedout.
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    for name in TASKS:
        function = STATES[name]["Arguments"].get("FunctionName", "")
        # A child ends after five minutes anyway, and does without an answer that comes too late.
        if name in ("LeaveOutAnswered", "ExtractAnswerInChild"):
            continue
        if match := re.fullmatch(r"\$\{(\w+)Arn\}", function):
            seconds = resources[match[1]]["Properties"].get("Timeout", 60)
            assert STATES[name]["TimeoutSeconds"] > seconds, name


def test_only_two_functions_may_look_at_agents_besides_the_machines_themselves() -> None:
    assert _allowed("arn:*:states:*:*:execution:${Executions}:*") == {
        "ExtractStructuredOutputFunction": {"states:DescribeExecution"},
        # For batches that an agent has started: whose agent it is.
        "ValidateInputFunction": {"states:DescribeExecution"},
        "RunRowsPolicy": {"states:StartExecution", "states:DescribeExecution", "states:StopExecution"},
    }
    assert _holders("RunRowsPolicy") == {"BatchProcessorRole", "RowBatchRole"}


def test_only_the_batch_machine_may_start_row_batches() -> None:
    starting = {
        name: actions
        for place in ("'RowBatchStateMachine'", "stateMachine:batch-processor-rows-", "execution:batch-processor-rows-")
        for name, actions in _allowed(place).items()
        if actions & {"states:StartExecution", "states:StartSyncExecution", "states:RedriveExecution", "states:*", "*"}
    }
    assert starting == {"BatchProcessorRole": {"states:StartExecution"}}
    # Whatever a wildcard would cover besides.
    everywhere = {name for name, actions in _allowed("'*'").items() if any("states:" in action for action in actions)}
    assert everywhere == set()


def test_machines_that_run_rows_touch_the_results_table_where_express_children_do_alone() -> None:
    def touched(role: str) -> set[str]:
        found = (s for s in Expanded({}).statements(role) if s["Effect"] == "Allow")
        return {action for s in found for action in _actions(s) if action.startswith("dynamodb:")}

    assert touched("BatchProcessorRole") == {"dynamodb:Query", "dynamodb:PutItem"}
    assert touched("RowBatchRole") == set()


def test_what_is_not_to_be_started_is_not_to_be_asked_either() -> None:
    for name, statement in _statements():
        actions = _actions(statement)
        if statement["Effect"] == "Deny" and "states:StartExecution" in actions:
            assert "states:StartSyncExecution" in actions, (name, statement["Sid"])


def test_whoever_calls_what_a_pattern_names_stays_at_home_and_leaves_the_own_parts_alone() -> None:
    calling = {*_allowed("arn:*:lambda:*:*:"), *_allowed("arn:*:states:*:*:")}
    assert calling == {"ExtractStructuredOutputFunction", "ValidateInputFunction", "SeeTargetsPolicy", "RunRowsPolicy"}
    roles, looking = {"BatchProcessorRole", "RowBatchRole"}, {"ValidateInputFunction", "RegisterEntryFunction"}
    assert _holders("SeeTargetsPolicy") == looking
    assert _holders("StayAtHomePolicy") == {*roles, *looking, "ExtractStructuredOutputFunction"}
    assert _holders("LeaveOwnPartsPolicy") == roles
    assert set(_allowed("arn:*:sns:*:*:")) == {"NotifyPolicy"}
    [stay] = [found for found in _statements() if found[1]["Sid"] == "NotifyInThisAccountAndRegion"]
    assert (stay[0], stay[1]["Effect"]) == ("NotifyPolicy", "Deny")


def test_the_function_that_reads_starts_stops_and_takes_out_nothing() -> None:
    reader = [
        _actions(statement)
        for statement in Expanded({}).statements("ReadBatchesFunctionRole")
        if statement["Effect"] == "Allow"
    ]
    allowed = {action for actions in reader for action in actions}
    writing = {
        action for action in allowed if re.search(r":(Start|Stop|Delete|Put|Update|Redrive|Send|Publish)", action)
    }
    # Counts alone, and traces.
    assert writing == {"s3:PutObject", "xray:PutTelemetryRecords", "xray:PutTraceSegments"} & writing
    [counts] = [s for s in Expanded({}).statements("ReadBatchesFunctionRole") if "s3:PutObject" in _actions(s)]
    assert "/work/counts/*" in str(counts["Resource"])
    [itself] = [s for s in Expanded({}).statements("ReadBatchesFunctionRole") if "lambda:InvokeFunction" in _actions(s)]
    assert itself["Resource"] == {"Fn::GetAtt": ["ReadBatchesFunction", "Arn"]}


def test_the_function_that_acts_starts_batches_alone_and_stops_their_executions() -> None:
    found = [s for s in Expanded({}).statements("ActOnBatchesFunctionRole") if s["Effect"] == "Allow"]
    [start] = [str(s["Resource"]) for s in found if "states:StartExecution" in _actions(s)]
    [stop] = [str(s["Resource"]) for s in found if "states:StopExecution" in _actions(s)]
    assert ("stateMachine:batch-processor-${Environment}" in start, ":*" in start) == (True, False)
    assert "execution:batch-processor-${Environment}:*" in stop
    [confirmations] = [s for s in found if "dynamodb:PutItem" in _actions(s)]
    assert "confirmation#*" in str(confirmations["Condition"])
    assert not [s for s in found if "lambda:InvokeFunction" in _actions(s)]


def test_conversations_are_written_and_read_by_the_turns_alone() -> None:
    assert set(_allowed("work/conversations/")) == {"OpenTurnFunction", "CloseTurnFunction"}


def test_the_agents_machine_asks_its_model_alone() -> None:
    asking = [
        s
        for s in Expanded({"OrchestratorModelId": "m"}).statements("OrchestratorAgentRole")
        if "bedrock" in str(s["Action"])
    ]
    assert all("OrchestratorModelId" in str(statement) for statement in asking)
    assert "OrchestratorAgentRole" not in Expanded({}).resources
    assert "OrchestratorAgentStateMachine" not in Expanded({}).resources


def _actions(statement: dict[str, Any]) -> list[str]:
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


def test_buckets_that_a_pattern_names_belong_to_accounts_that_are_trusted() -> None:
    named = [statement for _, statement in _statements() if "arn:*:s3:::" in str(statement.get("Resource"))]
    assert len(named) == 3
    for statement in named:
        [owners] = statement["Condition"]["StringEquals"].values()
        assert owners["!If"][0] == "TrustsAccounts"
        assert owners["!If"][2] == [{"!Ref": "AWS::AccountId"}]


def test_every_own_function_is_denied_to_rows_or_called_by_a_state() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    functions = {name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"}
    [(_, denied)] = [found for found in _statements() if found[1]["Sid"] == "CallNoOtherFunctionOfThisStack"]
    whole = {arn["!GetAtt"].removesuffix(".Arn") for arn in denied["Resource"] if "!GetAtt" in arn}
    qualified = {arn["!Sub"].removeprefix("${").removesuffix(".Arn}:*") for arn in denied["Resource"] if "!Sub" in arn}
    assert qualified == functions
    assert functions - whole == {function[2:-4] for function in _called()}


def test_every_function_logs_to_a_group_of_its_environment_and_name() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    functions = [name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"]
    page = (ROOT / "docs" / "state-machine.md").read_text(encoding="utf-8")
    for name in functions:
        group = resources[name]["Properties"]["LoggingConfig"]["LogGroup"]["!Ref"]
        handler = resources[name]["Properties"]["Handler"].split(".")[2].replace("_", "-")
        named = resources[group]["Properties"]["LogGroupName"]["!Sub"]
        assert named == f"/aws/lambda/batch-processor-${{Environment}}-{handler}"
        assert f"`{handler}`" in page.partition("## Where the logs are")[2].partition("\n## ")[0]


def test_function_that_runs_while_its_stack_goes_brings_no_log_group_back() -> None:
    [(holder, denied)] = [found for found in _statements() if found[1]["Sid"] == "LeaveNoLogGroupBehind"]
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    serving = {
        r["Properties"]["ServiceToken"]["!GetAtt"] for r in resources.values() if r["Type"].startswith("Custom::")
    }
    assert serving == {f"{holder}.Arn"}
    assert (denied["Effect"], denied["Action"]) == ("Deny", "logs:CreateLogGroup")


def test_stack_registers_itself_as_a_tool_whose_schema_a_batch_takes() -> None:
    template = cloudformation.load(ROOT / "template.yaml")
    properties = template["Resources"]["BatchProcessorTool"]["Properties"]
    assert template["Parameters"]["BatchToolName"]["Default"] == "batch_processor"
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev"
    given = {**properties["Entry"], "tool_name": "batch_processor", "resource_arn": arn}
    # As it stands: maps, in which CloudFormation must find neither number nor flag.
    tool = entry_of({"Kind": properties["Kind"], "Entry": given})
    assert isinstance(tool, ToolEntry)
    assert tool.runs == "state_machine"
    config = json.loads((ROOT / "schemas" / "batch-config.schema.json").read_text(encoding="utf-8"))
    listed = (tool.input_schema or {})["properties"]
    assert set((tool.input_schema or {})["required"]) == {"csv_s3_uri", "target", "input_mapping"} <= listed.keys()
    assert listed.keys() <= config["properties"].keys()
    # A model's tool takes no alternatives at its schema's top.
    assert not {"anyOf", "oneOf", "allOf"} & (tool.input_schema or {}).keys()
    for name, schema in listed.items():
        made = _SAMPLES[name]
        assert jsonschema.Draft202012Validator(schema).is_valid(made)
    assert parse({name: _SAMPLES[name] for name in listed})


def test_every_queue_and_topic_is_spoken_to_by_tls_alone() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    kinds = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket")
    held = {name for name, resource in resources.items() if resource["Type"] in kinds}
    denied = str([statement for _, statement in _statements() if statement.get("Sid") == "TlsOnly"])
    assert {name for name in held if f"'{name}'" in denied or f"'{name}.Arn'" in denied} == held


def test_every_role_is_trusted_to_a_service_for_this_account() -> None:
    template = cloudformation.load(ROOT / "template.yaml")
    roles = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    for properties in [template["Globals"]["Function"], *roles]:
        [trust] = properties["AssumeRolePolicyDocument"]["Statement"]
        conditions = {key: value for tests in trust["Condition"].values() for key, value in tests.items()}
        assert conditions["aws:SourceAccount"] == {"!Ref": "AWS::AccountId"}
    machines = [r for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::StateMachine"]
    assert len(roles) == len(machines) == sum("Role" in machine["Properties"] for machine in machines)


def test_alarm_of_what_reached_nobody_does_not_speak_through_the_topic_that_failed() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    assert resources["UndeliveredEventAlarm"]["Properties"]["AlarmActions"] == [{"!Ref": "UndeliveredEventTopic"}]
    assert "KmsMasterKeyId" not in resources["UndeliveredEventTopic"]["Properties"]


def _statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of the template's policies, with the resource that it stands in."""
    for name, resource in cloudformation.load(ROOT / "template.yaml")["Resources"].items():
        properties = resource.get("Properties", {})
        for policy in [*properties.get("Policies", []), properties]:
            document = policy.get("PolicyDocument", policy) if isinstance(policy, dict) else {}
            for statement in document.get("Statement", []):
                # Some stand there only if a pattern is given.
                yield name, statement["!If"][1] if "!If" in statement else statement


def _allowed(place: str) -> dict[str, set[str]]:
    """What the roles and policies of the template allow on resources whose text has `place` in it."""
    found: dict[str, set[str]] = {}
    for name, statement in _statements():
        resources = statement.get("Resource", [])
        if statement["Effect"] == "Allow" and place in str(resources if isinstance(resources, list) else [resources]):
            actions = statement["Action"]
            found.setdefault(name, set()).update([actions] if isinstance(actions, str) else actions)
    return found


def _holders(policy: str) -> set[str]:
    """The functions and roles that have the managed policy."""
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    lists = {
        name: [
            *resource.get("Properties", {}).get("Policies", []),
            *resource.get("Properties", {}).get("ManagedPolicyArns", []),
        ]
        for name, resource in resources.items()
    }
    return {name for name, held in lists.items() if {"!Ref": policy} in held}


def _called() -> set[str]:
    """The placeholders of the functions that states call."""
    names = {STATES[name]["Arguments"].get("FunctionName", "") for name in TASKS}
    return {name for name in names if name.endswith("FunctionArn}")}


def test_the_work_folder_outlasts_the_machine_and_the_machine_the_longest_batch() -> None:
    kept_days = cloudformation.load(ROOT / "template.yaml")["Parameters"]["WorkFolderDays"]["MinValue"]
    for path in (DEFINITION, ROW_BATCH_DEFINITION):
        assert limits.LONGEST_BATCH_SECONDS < load(path)["TimeoutSeconds"] < kept_days * 24 * 3600


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


def test_the_rule_on_failed_executions_is_on_both_machines_whatever_the_executions_are_called() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    detail = resources["UnannouncedFailureRule"]["Properties"]["EventPattern"]["detail"]
    machines = [name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::StateMachine"]
    # Those that run batches: an orchestrator's caller waits for it, and hears of its failure.
    running = [name for name in machines if "Orchestrator" not in name]
    assert detail["stateMachineArn"] == [{"!Ref": name} for name in running]
    assert detail.keys() == {"stateMachineArn", "status", "error"}
    # It leaves out what the batch machine has announced; a row batch announces nothing.
    [kept_out] = [rule["anything-but"]["prefix"] for rule in detail["error"] if rule and "anything-but" in rule]
    assert expressions(STATES["BatchFailed"])["Error"].count(f"'{kept_out}'") == 1
    assert expressions(STATES[f"{IN_ROW_BATCH}RowsFailed"])["Error"] == "$states.input.Error"


def test_functions_know_the_row_batch_machine_by_the_name_that_it_has() -> None:
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    name = resources["RowBatchStateMachine"]["Properties"]["Name"]["!Sub"]
    for function in ("LoadCsvDataFunction", "SalvageAnswersFunction"):
        variables = resources[function]["Properties"]["Environment"]["Variables"]
        assert variables["ROW_BATCH_MACHINE_ARN"]["!Sub"].rpartition(":")[2] == name


@DEFINITIONS
def test_every_placeholder_is_a_substitution_of_the_template(path: Path) -> None:
    template = cloudformation.load(ROOT / "template.yaml")
    machines = [r for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::StateMachine"]
    [machine] = [m["Properties"] for m in machines if m["Properties"]["DefinitionUri"].endswith(path.name)]
    substitutions = machine["DefinitionSubstitutions"]
    assert set(_placeholders(path.read_text(encoding="utf-8"))) == substitutions.keys()
    for name, value in substitutions.items():
        if name.endswith("FunctionArn"):
            assert value == {"!GetAtt": f"{name.removesuffix('Arn')}.Arn"}


def test_a_function_has_the_name_of_its_state() -> None:
    functions = {
        name: arguments["FunctionName"]
        for name in TASKS
        if "FunctionName" in (arguments := STATES[name]["Arguments"]) and not name.startswith("InvokeTool")
    }
    # What a row batch left is salvaged by the same function as what a batch left, and what is too large to be joined
    # at once is joined by the same.
    assert functions.pop("SalvageRowBatch") == functions["SalvageAnswers"]
    for name in ("CutOutput", "JoinRange", "AggregateJoinedParts"):
        assert functions.pop(name) == functions["AggregateResults"]
    for name in ("LeaveOutAnswered", "CollectUnfinishedRows"):
        assert functions.pop(name) == functions["LoadCSVData"]
    for name in ("ExtractAnswers", "ExtractAnswerInChild"):
        assert functions.pop(name) == functions["ExtractStructuredOutput"]
    for name, placeholder in functions.items():
        assert placeholder.lower() == f"${{{name.removeprefix(IN_ROW_BATCH)}FunctionArn}}".lower()


@DEFINITIONS
def test_every_placeholder_is_a_whole_quoted_value(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r'"\$\{\w+\}"', text)) == text.count("${")


def _placeholders(text: str) -> list[str]:
    return re.findall(r"\$\{(\w+)\}", text)
