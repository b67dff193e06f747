"""Every function as `sam build` made it answers every event in `events/`, as it would under `sam local invoke`."""

import hashlib
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from batchctl.local.invoke import ENV_VARS, SAMPLES_BUCKET, TEMPLATE, prepare, upload_samples, variables_of
from batchctl.local.sam import Stack
from batchctl.local.stack import EXAMPLES, MAIN, LocalStack
from batchctl.project import ROOT
from tests.integration.runtime_emulator import BuiltFunction, RunningFunction, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="SAM ships AWS's emulator for Linux only")

EVENTS = ROOT / "events"
HANDLERS = ROOT / "functions" / "batch_processor" / "handlers"
Json = Any
Invoke = Callable[[str], Json]

# What the events answer: the part of the payload that tells the case from others.
TICKET_CELLS = ["billing", "high", "negative", "0.947", "Dear customer,\nwe are sorry that you were charged twice."]
CONTACT_ROWS = [
    {"index": 1, "row": {"phone": "+44 113 496 0614", "email": "mfraser@example.com", "country": "GB"}},
    {"index": 2, "row": {"phone": "01314960451", "email": "gllewellyn@münchen.example", "country": "gb"}},
    {"index": 3, "row": {"phone": "+16175550178", "email": "", "country": "US"}},
]
GOAL = 'Fill in Building Number: 23, Street: O\'Brien & "Söhne"\n{{x}}, Postcode: SW1A 1AA.'
RENDERED = {"session": {"profile_name": "bt-wholesale"}, "steps": [{}, {"goal": GOAL}, {"retries": 2}]}
RAGGED_ROWS = [
    CONTACT_ROWS[0],
    {"index": 2, "row": {}, "problem": {"error": "RaggedRow", "message": "Line 4 has 3 cells, the header has 5."}},
    {"index": 3, "row": {}, "problem": {"error": "RaggedRow", "message": "Line 5 has 6 cells, the header has 5."}},
]


def counts(succeeded: int, failed: int = 0, timed_out: int = 0) -> dict[str, Json]:
    return {
        "status": "COMPLETED_WITH_ERRORS" if failed or timed_out else "SUCCEEDED",
        "row_count": 3,
        "rows_succeeded": succeeded,
        "rows_failed": failed,
        "rows_timed_out": timed_out,
    }


def cells(*texts: str) -> dict[str, Json]:
    return {"index": 1, "status": "SUCCESS", "cells": list(texts)}


def plan(csv: str, target_type: str, *columns: str) -> dict[str, Json]:
    """The parts of a plan by which the form of the configuration shows."""
    return {
        "source": {"uri": f"s3://{SAMPLES_BUCKET}/inputs/{csv}.csv"},
        "target": {"type": target_type},
        "output": {"columns": [{"name": column} for column in columns]},
    }


def error(name: str, *words: str) -> dict[str, Json]:
    return {"errorType": name, "errorMessage": words}


ANSWERS: dict[str, dict[str, Json]] = {
    "start_batch_folder_created": {"execution_name": None, "started": False},
    "start_batch_object_created": {"execution_name": "contacts-f865472e7486d9a8", "started": False},
    "start_batch_object_created_versioned": {"execution_name": "contacts-5c3f5a920e7f0a10"},
    "validate_input_agent_config": plan("travel-routes", "agent", "driving_time", "walking_time", "cycling_time"),
    "validate_input_broken_config_file": error("InvalidConfiguration", "configs/broken.json is not JSON", "line 4"),
    "validate_input_column_mappings": plan("tickets", "agent", "category", "priority", "suggested_response"),
    "validate_input_config_file_and_input": plan(
        "addresses",
        "agent",
        *("success", "exchange", "cabinet", "downstream_mbps", "upstream_mbps", "availability"),
        *("service_type", "screenshot_url", "metadata"),
    ),
    "validate_input_contacts": plan(
        "contacts",
        "tool",
        *("phone_valid", "phone_e164", "phone_region", "email_valid", "email_domain", "problems"),
    ),
    "validate_input_debug": {"execution": {"log_level": "DEBUG"}},
    "validate_input_forbidden_target": error("InvalidConfiguration", "/target", "payroll", "AgentNamePattern"),
    "validate_input_generated_config": plan("companies", "agent", "industry", "employee_count", "revenue"),
    "validate_input_invalid_config": error(
        "InvalidConfiguration",
        "4 problems",
        "did you mean 'column_mappings'",
        "from 1 to 10,000",
        "did you mean 'agent'",
    ),
    "validate_input_legacy_columns": plan(
        "tickets", "agent", "company_name", "industry", "employee_count", "confidence_score"
    ),
    "validate_input_main_form": {
        **plan("orders", "agent", "result_column"),
        "input": {"columns": {"csv_column_name": 0, "first_name": 1, "last_name": 2, "order_number": 3}},
    },
    "validate_input_missing_csv": error("SourceUnavailable", "inputs/contatcs.csv", "no such object"),
    "validate_input_static_values": {"input": {"constants": {"enrichment_level": "full", "include_social": True}}},
    "validate_input_target_by_arn": plan(
        "addresses", "agent", "exchange_station", "download_speed", "upload_speed", "screenshot_url"
    ),
    "validate_input_template": plan("products", "tool", "marketing_description", "seo_keywords"),
    "validate_input_trial": {
        "max_rows": 2,
        "storage": {
            "mode": "dynamodb",
            "batch_id": "contact_enrichment#contacts-trial",
            "since": "2026-11-21T09:34:44.123Z",
            "ttl_seconds": 30 * 24 * 3600,
            "compress": False,
        },
    },
    "validate_input_unknown_column": error("InvalidConfiguration", "no column 'fone'", "did you mean 'phone'"),
    "validate_input_unknown_earlier_batch": error("InvalidConfiguration", "/resume_from", "contacts-lost"),
    "load_csv_data_abort_on_error": error("InvalidCsv", "Row 2", "Line 4 has 3 cells"),
    "load_csv_data_changed_source": error("SourceUnavailable", "has changed since it was pinned"),
    "load_csv_data_contacts": {"rows": CONTACT_ROWS, "loaded": {"row_count": 3, "blank_lines": 0}},
    "load_csv_data_distributed": {
        "rows": [],
        "loaded": {"row_count": 3, "map_mode": "distributed", "map_mode_reason": "map_mode is distributed"},
    },
    "load_csv_data_ragged_rows": {"rows": RAGGED_ROWS, "loaded": {"blank_lines": 1, "surplus_cells": True}},
    "load_csv_data_row_batch": {
        "rows": [{**CONTACT_ROWS[1], "run": "-" + hashlib.sha256(b"contacts-14-e5ed9c76").hexdigest()[:8]}],
        "loaded": {"row_count": 3, "map_mode": "distributed", "row_batch": {"first": 1, "last": 2}},
    },
    "extract_structured_output_agent": cells(*TICKET_CELLS),
    "extract_structured_output_agent_content": cells(*TICKET_CELLS),
    "extract_structured_output_agent_output_text": cells(*TICKET_CELLS),
    "extract_structured_output_formula": cells("", "high", "negative", "-0.5", '=HYPERLINK("http://example.com")'),
    "extract_structured_output_invalid_structured_output": error("StructuredOutputInvalid", "a string of 7 characters"),
    "extract_structured_output_legacy_columns": cells("Harbor Light Ltd", "Unknown", "37", "0.86"),
    "extract_structured_output_messages": cells("WHITEHALL", "Direct Exchange", "330"),
    "extract_structured_output_missing_structured_output": error("StructuredOutputMissing", "'messages'"),
    "extract_structured_output_no_rule_applies": error(
        "StructuredOutputMissing", "2. tool_result (browser_broadband): the answer has none that is no error."
    ),
    "extract_structured_output_schema": cells(*TICKET_CELLS),
    "extract_structured_output_schema_violation": error(
        "StructuredOutputInvalid", "'category' is missing", "/priority: ", "/confidence: expected at most 1", "'team'"
    ),
    "extract_structured_output_spilled": {"index": 2, "status": "SUCCESS", "spilled": True},
    "extract_structured_output_stored": {"index": 1, "status": "SUCCESS", "stored": True, "cells": None},
    "extract_structured_output_tool": cells("true", "+441134960614", "GB", "true", "example.com", "[]"),
    "aggregate_results_contacts": counts(3),
    "aggregate_results_failed_rows": counts(1, failed=1, timed_out=1),
    "aggregate_results_large_batch": {**counts(2, failed=1), "map_mode": "distributed", "row_batches": 1},
    "aggregate_results_row_batch": {
        "status": "PART_WRITTEN",
        "first": 3,
        "last": 3,
        "rows_succeeded": 0,
        "rows_failed": 1,
        "rows_timed_out": 0,
    },
    "aggregate_results_row_count_mismatch": error("RowCountMismatch", "had 4 rows", "now it has 3"),
    "aggregate_results_row_without_result": counts(2, failed=1),
    "aggregate_results_spilled": counts(3),
    "json_to_csv_batches": counts(2, failed=1),
    "json_to_csv_compact_lines": counts(3),
    "json_to_csv_contacts": counts(1, failed=1, timed_out=1),
    "json_to_csv_invalid_request": error("InvalidConfiguration", "4 problems", "/results", "/target"),
    "json_to_csv_nothing_ties_the_rows": error("InvalidConfiguration", "/child_input"),
    "json_to_csv_outputs_alone": counts(3),
    "register_entry_agent": {"registered": ["agent/property-search@1.0.0"]},
    "register_entry_invalid": error(
        "InvalidEntry", "3 problems", "/version", "/state_machine_arn", "did you mean 'price'"
    ),
    "register_entry_several": {"registered": ["tool/postcode-lookup", "schema/broadband-agent-rust@1.0"]},
    "render_template_inline": {"rendered": RENDERED, "template_id": None, "version": None},
    "render_template_missing_variable": error(
        "VariableMissing", "'postcode' (/steps/1/goal)", "'retries' (/steps/2/retries)"
    ),
    "render_template_unknown_template": error("TemplateInvalid", "'broadband_availability' has no version 1.0.0"),
    "salvage_answers_failed_batch": {"rows": 0},
    "salvage_answers_row_batch": {"rows": 0},
    "salvage_answers_unknown_execution": error("BatchProcessorError", "contacts-10"),
}


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


def test_every_function_has_events_and_every_event_a_function() -> None:
    names = {path.stem for path in EVENTS.glob("*.json")}
    assert names == set(ANSWERS)
    assert {_logical_id(name) for name in names} == set(_functions(MAIN))


def test_targets_of_the_events_are_those_of_the_examples(local_stack: LocalStack) -> None:
    deployed = {local_stack.outputs["ContactToolArn"], local_stack.outputs["TicketAgentArn"]}
    planned = [name for name, answer in ANSWERS.items() if name.startswith("validate_") and "errorType" not in answer]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in [*EVENTS.glob("samples/configs/*.json")])
    texts += "\n".join(json.dumps(_event(name)["input"]) for name in planned)
    assert set(re.findall(r"arn:aws:(?:lambda|states):[^\"]+", texts)) == deployed


@pytest.mark.parametrize("name", ANSWERS)
def test_built_function_answers_its_event(name: str, invoke: Invoke) -> None:
    assert _extract(invoke(name), ANSWERS[name]) == ANSWERS[name]


def test_the_events_of_one_batch_fit_together(invoke: Invoke) -> None:
    planned = invoke("validate_input_contacts")
    assert planned["source"]["key"] == f"{planned['work']['prefix']}source.csv"
    # The samples have no versions, so the batch works on a copy; the events name the sample, which is always there.
    planned["source"]["key"] = "inputs/contacts.csv"
    del planned["target"]["revision"]  # every build has another
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
    """The batch that the events are of: StartBatch finds its name taken, SalvageAnswers reads its whole history."""
    states = local_stack.client("stepfunctions")
    started = states.start_execution(
        stateMachineArn=local_stack.outputs["StateMachineArn"],
        name=_event("validate_input_contacts")["execution"]["name"],
        input="{}",
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
