"""Every function as `sam build` made it answers every event in `events/`, as it would under `sam local invoke`."""

import json
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from batch_processor.batch.trigger import execution_input
from batch_processor.resumption.fingerprint import fingerprint
from batchctl.local.invoke import ENV_VARS, SAMPLES_BUCKET, TEMPLATE, prepare, upload_samples, variables_of
from batchctl.local.sam import Stack
from batchctl.local.stack import EXAMPLES, MAIN, LocalStack
from batchctl.project import ROOT
from tests.integration.event_answers import ANSWERS, Json
from tests.integration.runtime_emulator import BuiltFunction, RunningFunction, running
from tests.locked import installed, needed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="SAM ships AWS's emulator for Linux only")

EVENTS = ROOT / "events"
HANDLERS = ROOT / "functions" / "batch_processor" / "handlers"
Invoke = Callable[[str], Json]


@pytest.fixture(scope="module")
def built(local_stack: LocalStack) -> dict[str, BuiltFunction]:
    """All functions of both stacks by logical id, with the environment that they are deployed with."""
    upload_samples(local_stack)
    _start_sample_batch(local_stack)
    return _built(local_stack, MAIN) | _built(local_stack, EXAMPLES)


@pytest.fixture(scope="module")
def started(
    built: dict[str, BuiltFunction], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], RunningFunction]]:
    """Starts a function when it is first asked for; one emulator serves all its events, as a warm Lambda would."""
    logs = tmp_path_factory.mktemp("runtime-emulator")
    functions: dict[str, RunningFunction] = {}
    with ExitStack() as stack:

        def start(logical_id: str) -> RunningFunction:
            if logical_id not in functions:
                runs = running(built[logical_id], logs / f"{logical_id}.log")
                functions[logical_id] = stack.enter_context(runs)
            return functions[logical_id]

        yield start


@pytest.fixture
def invoke(started: Callable[[str], RunningFunction]) -> Invoke:
    return lambda name: started(_logical_id(name)).invoke(_event(name))


@pytest.mark.usefixtures("local_stack")  # which builds the template
def test_every_function_has_events_and_every_event_a_function() -> None:
    names = {path.stem for path in EVENTS.glob("*.json")}
    assert names == set(ANSWERS)
    assert {_logical_id(name) for name in names} == set(_functions(MAIN))


def test_what_is_built_is_what_is_locked(built: dict[str, BuiltFunction]) -> None:
    locked = needed(ROOT / "functions" / "requirements.txt", f"{sys.version_info.major}.{sys.version_info.minor}")
    for name in _functions(MAIN):
        assert installed(built[name].artifact) == locked, name


def test_targets_of_the_events_are_those_of_the_examples(local_stack: LocalStack) -> None:
    deployed = {local_stack.outputs["ContactToolArn"], local_stack.outputs["TicketAgentArn"]}
    planned = [name for name, answer in ANSWERS.items() if name.startswith("validate_") and "errorType" not in answer]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in [*EVENTS.glob("samples/configs/*.json")])
    texts += "\n".join(json.dumps(_event(name)["input"]) for name in planned)
    assert set(re.findall(r"arn:aws:(?:lambda|states):[^\"]+", texts)) == deployed


@pytest.mark.parametrize("name", ANSWERS)
def test_built_function_answers_its_event(name: str, invoke: Invoke) -> None:
    answer = invoke(name)
    assert _extract(answer, ANSWERS[name]) == ANSWERS[name], answer


def test_the_events_of_one_batch_fit_together(invoke: Invoke) -> None:
    planned = invoke("validate_input_contacts")
    assert planned["source"]["key"] == f"{planned['work']['prefix']}source.csv"
    # The samples have no versions, so the batch works on a copy; the events name the sample, which is always there.
    planned["source"]["key"] = "inputs/contacts.csv"
    # Every build has another revision, and so another fingerprint.
    del planned["target"]["revision"]
    planned["storage"]["fingerprint"] = fingerprint(planned)
    assert invoke("start_batch_object_created")["execution_name"] == planned["batch"]["name"]
    assert _event("load_csv_data_contacts") == {"plan": planned, "given": {}}
    loaded = invoke("load_csv_data_contacts")["loaded"]
    extracted, aggregated = _event("extract_structured_output_tool"), _event("aggregate_results_contacts")
    assert (extracted["output"], extracted["work"]) == (planned["output"], planned["work"])
    assert (extracted["store"], extracted["result_bytes"]) == (loaded["storage"], loaded["result_bytes"])
    assert (aggregated["plan"], aggregated["loaded"]) == (planned, loaded)


def test_config_object_starts_one_batch_however_often_it_is_told_of(
    started: Callable[[str], RunningFunction], local_stack: LocalStack
) -> None:
    event = _event("start_batch_object_created_versioned")
    event["detail"]["object"]["version-id"] = "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"
    function = started("StartBatchFunction")
    first, second = function.invoke(event), function.invoke(event)
    assert first["started"]
    assert second["execution_name"] == first["execution_name"]
    arn = _execution_arn(local_stack, first["execution_name"])
    execution = local_stack.client("stepfunctions").describe_execution(executionArn=arn)
    assert json.loads(execution["input"]) == {
        "config_s3_uri": f"s3://{SAMPLES_BUCKET}/configs/contacts.json",
        "config_version_id": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
    }


def test_spilled_cells_and_failures_are_in_the_csv(invoke: Invoke, local_stack: LocalStack) -> None:
    def written(name: str) -> str:
        key = invoke(name)["csv_location"].removeprefix(f"s3://{SAMPLES_BUCKET}/")
        body = local_stack.client("s3").get_object(Bucket=SAMPLES_BUCKET, Key=key)["Body"]
        text: str = body.read().decode()
        return text

    assert "the notes repeat themselves." in written("aggregate_results_spilled")
    assert "000003,Tyler Benson,+16175550178,,US,,,,,,,TIMEOUT," in written("aggregate_results_failed_rows")


def test_built_contact_tool_answers_a_row(started: Callable[[str], RunningFunction]) -> None:
    contact = {"phone": "01314960451", "email": "ana@example.com", "country": "GB"}
    answer = started("ContactToolFunction").invoke({"name": "contact_enrichment", "input": contact, "id": "run-1-1"})
    assert (answer["type"], answer["tool_use_id"]) == ("structured_output", "run-1-1")
    assert answer["content"]["phone_e164"] == "+441314960451"
    assert answer["content"]["email_domain"] == "example.com"


def test_built_triage_function_answers_a_ticket(started: Callable[[str], RunningFunction]) -> None:
    answer = started("TriageTicketFunction").invoke({"ticket": "I was charged twice, refund me!", "reference": "T-1"})
    assert set(answer) == {"category", "priority", "sentiment", "confidence", "suggested_reply"}
    assert "T-1" in answer["suggested_reply"]


def test_template_for_sam_local_invoke_has_the_deployed_functions(
    built: dict[str, BuiltFunction], local_stack: LocalStack, tmp_path: Path
) -> None:
    prepare(local_stack, MAIN, EXAMPLES, folder=tmp_path)
    connection = json.loads((tmp_path / ENV_VARS).read_text())["Parameters"]
    resources = json.loads((tmp_path / TEMPLATE).read_text())["Resources"]
    assert connection["AWS_ENDPOINT_URL"].startswith("http://host.docker.internal:")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (ENV_VARS, TEMPLATE)] == [0o600, 0o600]
    assert set(resources) == set(built)
    for name, function in built.items():
        properties = resources[name]["Properties"]
        assert (Path(properties["CodeUri"]), properties["Handler"]) == (function.artifact, function.handler)
        assert properties["Environment"]["Variables"] == {**function.variables, **connection}


# Of the following, each proves that the tests above can fail.


def test_wrong_handler_path_is_found(built: dict[str, BuiltFunction], tmp_path: Path) -> None:
    function = built["ExtractStructuredOutputFunction"]
    moved = BuiltFunction(function.artifact, f"{function.handler}r", function.variables)
    with running(moved, tmp_path / "log") as started:
        answer = started.invoke({})
    assert answer["errorType"] == "Runtime.HandlerNotFound"


def test_wrong_module_path_is_found(built: dict[str, BuiltFunction], tmp_path: Path) -> None:
    function = built["ExtractStructuredOutputFunction"]
    moved = BuiltFunction(function.artifact, "handlers.extract_structured_output.handle", function.variables)
    with running(moved, tmp_path / "log") as started:
        answer = started.invoke({})
    assert answer["errorType"] == "Runtime.ImportModuleError"


@pytest.mark.parametrize(
    ("logical_id", "package"),
    [("ValidateInputFunction", "pydantic"), ("ContactToolFunction", "phonenumbers")],
)
def test_missing_dependency_is_found(
    logical_id: str, package: str, built: dict[str, BuiltFunction], tmp_path: Path
) -> None:
    function = built[logical_id]
    artifact = tmp_path / logical_id
    shutil.copytree(function.artifact, artifact, ignore=shutil.ignore_patterns(package))
    with running(BuiltFunction(artifact, function.handler, function.variables), tmp_path / "log") as started:
        answer = started.invoke({})
    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert f"No module named '{package}'" in answer["errorMessage"]


def test_missing_variable_is_found(built: dict[str, BuiltFunction], tmp_path: Path) -> None:
    function = built["StartBatchFunction"]
    bare = {name: value for name, value in function.variables.items() if name != "STATE_MACHINE_ARN"}
    with running(BuiltFunction(function.artifact, function.handler, bare), tmp_path / "log") as started:
        answer = started.invoke(_event("start_batch_object_created"))
    assert answer["errorType"] == "MissingSetting"


def _start_sample_batch(local_stack: LocalStack) -> None:
    """The batch that the events are of: StartBatch finds it started, SalvageAnswers reads its whole history.

    The deployed stack may not read the samples' bucket, so the batch fails at once.
    """
    states = local_stack.client("stepfunctions")
    started = states.start_execution(
        stateMachineArn=local_stack.outputs["StateMachineArn"],
        name=_event("validate_input_contacts")["execution"]["name"],
        input=execution_input(_event("start_batch_object_created")["detail"]),
    )
    deadline = time.monotonic() + 60
    while states.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _execution_arn(local_stack: LocalStack, name: str) -> str:
    return f"{local_stack.outputs['StateMachineArn'].replace(':stateMachine:', ':execution:')}:{name}"


def _event(name: str) -> Json:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def _logical_id(event: str) -> str:
    (handler,) = (path.stem for path in HANDLERS.glob("[a-z]*.py") if event.startswith(f"{path.stem}_"))
    return f"{''.join(word.capitalize() for word in handler.split('_'))}Function"


def _functions(stack: Stack) -> dict[str, dict[str, Json]]:
    """The functions of the built template by logical id."""
    resources = yaml.safe_load((stack.build_dir / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    functions = {name: resource for name, resource in resources.items() if resource["Type"].endswith("::Function")}
    return {name: resource["Properties"] for name, resource in functions.items()}


def _built(local_stack: LocalStack, stack: Stack) -> dict[str, BuiltFunction]:
    variables = variables_of(local_stack, stack)
    return {
        name: BuiltFunction(
            stack.build_dir / properties["CodeUri"],
            properties["Handler"],
            variables[name] | local_stack.environment,
            properties.get("Timeout", 60),  # as the template's Globals have it
        )
        for name, properties in _functions(stack).items()
    }


def _extract(answer: Json, expected: Json) -> Json:
    """What of the answer the expectation speaks of; of an error message, the words that are in it."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return {key: _extract(answer.get(key), value) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(answer, list) and len(answer) == len(expected):
        return [_extract(*pair) for pair in zip(answer, expected, strict=True)]
    if isinstance(expected, tuple):
        return tuple(words for words in expected if words in answer) or answer
    return answer
