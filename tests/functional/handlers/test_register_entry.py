import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from batch_processor import settings
from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, InvalidEntry
from batch_processor.handlers.register_entry import handle
from batch_processor.registry.tables import OWNER, DynamoDbRegistries
from tests.functional.targets import create_agent, create_tool
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry.test_cloudformation import as_text
from tests.unit.registry_entries import make_agent, make_schema, make_tool

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/agents/1a2b"
EVENTS = Path(__file__).parents[3] / "events"


class ResponseBucket:
    """Where CloudFormation waits for answers; refuses the first ones if told to."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        self.refusals = 0
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if bucket.refusals:
                    bucket.refusals -= 1
                    self.send_error(503)
                    return
                bucket.content_types.append(self.headers["Content-Type"])
                bucket.answers.append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/answer?signature=x"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def bucket(registries: DynamoDbRegistries, monkeypatch: pytest.MonkeyPatch) -> Iterator[ResponseBucket]:
    """Where another AWS is stood in for; the tables stay moto's."""
    for service in ("dynamodb", "lambda", "stepfunctions"):
        client(service)
    found = ResponseBucket()
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url.partition("/answer")[0])
    yield found
    found.close()


@pytest.fixture
def registries(account: None) -> DynamoDbRegistries:
    """The registries, in an account that has the agent and the tool of the tests' entries."""
    create_agent()
    create_tool()
    return DynamoDbRegistries.of_environment()


def ask(
    bucket: ResponseBucket, request_type: str, entry: Any = None, kind: str = "agent", **event: Any
) -> dict[str, Any]:
    """What CloudFormation gets to know when it asks for this."""
    handle(
        {
            "RequestType": request_type,
            "ResponseURL": bucket.url,
            "StackId": STACK,
            "RequestId": "request-1",
            "ResourceType": "Custom::RegistryEntry",
            "LogicalResourceId": "Triage",
            "ResourceProperties": {"ServiceToken": "arn:…", "Kind": kind, "Entry": entry},
            **event,
        },
        None,
    )
    return bucket.answers[-1]


def test_entries_are_registered_by_a_call(registries: DynamoDbRegistries) -> None:
    assert handle({"kind": "agent", "entry": make_agent()}, None) == {"registered": ["agent/triage@1.0.0"]}
    entries = {"entries": [make_tool(), make_schema(), make_agent(version="1.1.0")]}
    assert handle(entries, None)["registered"] == ["tool/enrich", "schema/triage@1.0", "agent/triage@1.1.0"]
    assert len(registries.versions("agent", "triage")) == 2


def test_notes_come_with_what_is_registered(registries: DynamoDbRegistries) -> None:
    schema = {"type": "object", "properties": {"seen": {"type": "string", "format": "date-time"}}}
    output = {"enabled": True, "schemas": {"v1": {"schema": json.dumps(schema)}}}
    answer = handle({"entries": [make_tool(), make_agent(structured_output=output)]}, None)
    assert answer["registered"] == ["tool/enrich", "agent/triage@1.0.0"]
    [note] = answer["notes"]
    place = "/structured_output/schemas/v1/schema/properties/seen/format"
    assert note.startswith(f"agent/triage@1.0.0: {place}: the format date-time wants an offset")
    assert registries.entry("agent", "triage", "1.0.0")


def test_targets_that_no_batch_can_call_are_registered_with_a_warning(registries: DynamoDbRegistries) -> None:
    absent, excluded = f"{TOOL}s", AGENT.replace("support-", "billing-")
    others = {"tool_name": "other", "lambda_arn": absent}, {"agent_name": "other", "state_machine_arn": excluded}
    answer = handle({"entries": [make_tool(**others[0]), make_agent(**others[1])]}, None)
    assert answer["registered"] == ["tool/other", "agent/other@1.0.0"]
    missing, refused, _ = answer["notes"]
    assert missing == f"tool/other: /lambda_arn: there is no {absent}; check the ARN"
    assert refused.startswith(
        f"agent/other@1.0.0: /state_machine_arn: no batch can call it: the stack may not use {excluded}"
    )


def test_stack_is_told_nothing_of_targets_but_the_log_is(
    bucket: ResponseBucket, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert ask(bucket, "Create", as_text(make_tool(lambda_arn=f"{TOOL}s")), "tool")["Reason"] == "Done"
    [note] = vars(caplog.records[-1])["notes"]
    assert f"there is no {TOOL}s" in note


def test_nothing_is_registered_if_anything_is_wrong(registries: DynamoDbRegistries) -> None:
    with pytest.raises(InvalidEntry, match="/entries/1/lambda_arn"):
        handle({"entries": [make_agent(), make_tool(lambda_arn="x")]}, None)
    assert registries.versions("agent", "triage") == []


def test_stack_registers_an_entry(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    answer = ask(bucket, "Create", as_text(make_agent()))
    assert answer == {
        "Status": "SUCCESS",
        "Reason": "Done",
        "PhysicalResourceId": "agent/triage@1.0.0",
        "StackId": STACK,
        "RequestId": "request-1",
        "LogicalResourceId": "Triage",
    }
    assert bucket.content_types == [""]
    assert (registries.entry("agent", "triage", "1.0.0") or {})[OWNER] == f"{STACK}/Triage"


def test_new_version_takes_the_place_of_the_old_one(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    before = ask(bucket, "Create", as_text(make_agent()))["PhysicalResourceId"]
    after = ask(bucket, "Update", as_text(make_agent(version="1.1.0")), PhysicalResourceId=before)
    assert after["PhysicalResourceId"] == "agent/triage@1.1.0"
    # CloudFormation asks for it, as the physical id is another one.
    assert ask(bucket, "Delete", as_text(make_agent()), PhysicalResourceId=before)["Status"] == "SUCCESS"
    assert [listed.version for listed in registries.versions("agent", "triage")] == ["1.1.0"]


def test_deleted_stack_takes_its_entry_along(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    created = ask(bucket, "Create", as_text(make_tool()), "tool")["PhysicalResourceId"]
    assert created == "tool/enrich"
    for _ in range(2):  # CloudFormation may ask again
        answer = ask(bucket, "Delete", as_text(make_tool()), "tool", PhysicalResourceId=created)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", created)
    assert registries.entry("tool", "enrich") is None


def test_entry_of_somebody_else_outlives_the_stack(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    created = ask(bucket, "Create", as_text(make_tool()), "tool")["PhysicalResourceId"]
    # Its logical id was changed in the template: created under the new one, deleted under the old.
    ask(bucket, "Create", as_text(make_tool()), "tool", LogicalResourceId="Enricher")
    ask(bucket, "Delete", as_text(make_tool()), "tool", PhysicalResourceId=created)
    assert registries.entry("tool", "enrich")
    handle({"kind": "tool", "entry": make_tool(description="by hand")}, None)
    ask(bucket, "Delete", as_text(make_tool()), "tool", LogicalResourceId="Enricher", PhysicalResourceId=created)
    assert (registries.entry("tool", "enrich") or {})["description"] == "by hand"


def test_invalid_entry_fails_the_stack_with_all_reasons(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    handle({"kind": "agent", "entry": make_agent()}, None)
    answer = ask(bucket, "Create", as_text(make_agent(state_machine_arn="x", input_format="y")))
    assert answer["Status"] == "FAILED"
    assert "/state_machine_arn" in answer["Reason"]
    assert "/input_format" in answer["Reason"]
    # The rollback deletes what was never created, and must not take another's entry.
    rolled_back = ask(bucket, "Delete", as_text(make_agent()), PhysicalResourceId=answer["PhysicalResourceId"])
    assert (rolled_back["Status"], rolled_back["PhysicalResourceId"]) == ("SUCCESS", "not-registered/request-1")
    assert registries.entry("agent", "triage", "1.0.0")


def test_failed_update_leaves_the_entry_and_its_id(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    created = ask(bucket, "Create", as_text(make_agent()))["PhysicalResourceId"]
    answer = ask(bucket, "Update", as_text(make_agent(version="x")), PhysicalResourceId=created)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", created)
    assert registries.entry("agent", "triage", "1.0.0")


def test_whatever_goes_wrong_is_answered(bucket: ResponseBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.forget()
    monkeypatch.setenv("AGENT_REGISTRY", "absent")
    assert "there is no such resource" in ask(bucket, "Create", as_text(make_agent()))["Reason"]
    monkeypatch.delenv("AGENT_REGISTRY")
    assert ask(bucket, "Delete", PhysicalResourceId="agent/triage@1.0.0")["Status"] == "FAILED"


def test_answer_fits_what_cloudformation_takes(bucket: ResponseBucket) -> None:
    fields = ["𝄞" * 200 for _ in range(9)]
    structured = {"enabled": True, "schemas": {"a": {"schema": {"properties": {"b": {}}}}}, "output_fields": fields}
    answer = ask(bucket, "Create", as_text(make_agent(structured_output=structured)))
    assert answer["Reason"].endswith("…")
    assert len(json.dumps(answer, ensure_ascii=False).encode()) <= 4096


def test_answer_is_sent_again_until_it_arrives(bucket: ResponseBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batch_processor.aws.cloudformation.time.sleep", lambda _: None)
    bucket.refusals = 2
    assert ask(bucket, "Create", as_text(make_tool()), "tool")["Status"] == "SUCCESS"
    bucket.refusals = 3
    with pytest.raises(OSError, match="503"):
        ask(bucket, "Create", as_text(make_tool()), "tool")


@pytest.mark.parametrize(
    ("event", "registered"),
    [
        ("register_entry_agent", ["agent/property-search@1.0.0"]),
        ("register_entry_several", ["tool/postcode-lookup", "schema/broadband-agent-rust@1.0"]),
    ],
)
def test_sample_event_is_registered(event: str, registered: list[str]) -> None:
    answer = handle(json.loads((EVENTS / f"{event}.json").read_text()), None)
    assert answer["registered"] == registered
    # The events are of the local stack, which is in another account.
    assert ["nothing of another account or Region" in note for note in answer["notes"]] == [True]


def test_invalid_sample_event_is_refused() -> None:
    with pytest.raises(InvalidEntry, match="has 3 problems"):
        handle(json.loads((EVENTS / "register_entry_invalid.json").read_text()), None)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_stack_does_not_take_over_an_entry_that_it_has_not_registered(
    bucket: ResponseBucket, registries: DynamoDbRegistries, request_type: str
) -> None:
    handle({"kind": "agent", "entry": make_agent(description="by hand")}, None)
    others = {"PhysicalResourceId": "agent/triage@0.9.0"} if request_type == "Update" else {}
    answer = ask(bucket, request_type, as_text(make_agent()), **others)
    assert answer["Status"] == "FAILED"
    assert "agent/triage@1.0.0 is registered already, and not by this stack" in answer["Reason"]
    ask(bucket, "Delete", as_text(make_agent()), PhysicalResourceId=answer["PhysicalResourceId"])
    assert (registries.entry("agent", "triage", "1.0.0") or {})["description"] == "by hand"


def test_stack_replaces_its_own_entry(bucket: ResponseBucket, registries: DynamoDbRegistries) -> None:
    ask(bucket, "Create", as_text(make_agent()))
    # CloudFormation asks again if it has not heard the answer; and an update of the entry keeps its id.
    assert ask(bucket, "Create", as_text(make_agent(description="again")))["Status"] == "SUCCESS"
    handle({"kind": "agent", "entry": make_agent(description="by hand")}, None)
    updated = ask(bucket, "Update", as_text(make_agent(description="new")), PhysicalResourceId="agent/triage@1.0.0")
    assert updated["Status"] == "SUCCESS"
    assert (registries.entry("agent", "triage", "1.0.0") or {})["description"] == "new"


def test_nothing_is_registered_if_dynamodb_would_refuse_one(registries: DynamoDbRegistries) -> None:
    with pytest.raises(InvalidEntry, match="/entries/1: the entry takes 450"):
        handle({"entries": [make_tool("big"), make_agent(description="x" * 450_000)]}, None)
    assert registries.entry("tool", "big") is None


@pytest.mark.parametrize("event", [5, None, [], "x"])
def test_event_that_is_no_request_is_refused(event: Any) -> None:
    with pytest.raises(InvalidEntry, match="expected"):
        handle(event, None)


def test_request_that_is_to_be_answered_elsewhere_registers_nothing_and_is_not_answered(
    bucket: ResponseBucket, registries: DynamoDbRegistries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(
        BatchProcessorError, match=r"ResponseURL is at http://127\.0\.0\.1, which is not CloudFormation's"
    ):
        ask(bucket, "Create", as_text(make_agent()))
    assert bucket.answers == []
    assert registries.versions("agent", "triage") == []
