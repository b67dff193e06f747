"""What the definition and the template say of each other."""

import re

from batch_processor import limits
from batch_processor.batch.names import ROW_BATCH_PREFIX
from tests.statemachine import cloudformation
from tests.statemachine.definition import DEFINITION, ROOT, expressions, load
from tests.statemachine.recorded import STATUS_EVENT
from tests.statemachine.states import STATES, TASKS


def test_a_function_ends_before_its_task_does() -> None:
    # Else Step Functions takes States.Timeout, which nobody retries, for what is Sandbox.Timedout.
    resources = cloudformation.load(ROOT / "template.yaml")["Resources"]
    for name in TASKS:
        function = STATES[name]["Arguments"].get("FunctionName", "")
        if match := re.fullmatch(r"\$\{(\w+)Arn\}", function):
            seconds = resources[match[1]]["Properties"].get("Timeout", 60)
            assert STATES[name]["TimeoutSeconds"] > seconds, name


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


def test_the_rule_on_failed_executions_knows_row_batches_by_their_name() -> None:
    detail = cloudformation.load(ROOT / "template.yaml")["Resources"]["UnannouncedFailureRule"]["Properties"][
        "EventPattern"
    ]["detail"]
    [[prefix]] = [rule["anything-but"].values() for rule in detail["name"]]
    assert expressions(STATES["NameRowBatch"])["Assign.run.name"].startswith(f"'{prefix}' & ")
    assert prefix == ROW_BATCH_PREFIX, "no batch may be called so"


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


def _placeholders(text: str) -> list[str]:
    return re.findall(r"\$\{(\w+)\}", text)
