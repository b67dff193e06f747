"""The specification's examples, run: configurations verbatim but for buckets and ARNs, and the CSVs that it prints."""

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.integration.batches import Batches, Outcome
from tests.integration.test_registry import register

pytestmark = pytest.mark.inline

DOCUMENTS = Path(__file__).parents[1] / "unit" / "config" / "documents"
METADATA = ["_status", "_error_message", "_timestamp", "_execution_time_ms"]

TICKETS = """\
ticket_id,customer_email,description
1001,john@example.com,"Cannot login to account"
1002,jane@example.com,"Billing discrepancy last month"
"""
PRODUCTS = """\
product_id,title,features
P001,"Wireless Headphones","Noise canceling, 30hr battery"
P002,"Smart Watch","Heart rate monitor, GPS"
"""
ROUTES = """\
from_address,to_address
"Buckingham Palace, London","Tower of London, London"
"Times Square, New York","Central Park, New York"
"""
ADDRESSES = """\
address,postcode
"13 ALBION DRIVE, HACKNEY, LONDON","E8 4LX"
"10 Downing Street, Westminster, London","SW1A 2AA"
"""
COMPANIES = """\
company_name,website
Acme Corp,acme.com
TechStart,techstart.io
"""
BUILDINGS = """\
building_number,street,postcode,full_address
23,High Street,SW1A 1AA,23 High Street London SW1A 1AA
1,Church View,DN12 1RH,
45A,Park Road,E8 4LX,
"""


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def put(batches: Batches, name: str, text: str) -> str:
    key = f"inputs/{uuid.uuid4().hex}/{name}"
    batches.s3.put_object(Bucket=batches.bucket, Key=key, Body=text.encode())
    return f"s3://{batches.bucket}/{key}"


def fields(*names: str, **typed: str) -> dict[str, Any]:
    """An object schema: strings but for those whose type is given."""
    types = {**dict.fromkeys(names, "string"), **typed}
    return {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in types.items()},
        "required": [*types],
    }


def register_agent(batches: Batches, name: str, takes: dict[str, Any], answers: dict[str, Any]) -> None:
    entry = {
        "agent_name": name,
        "version": "1.0.0",
        "state_machine_arn": batches.account.outputs["ScriptedAgentArn"],
        "input_schema": takes,
        "structured_output": {"enabled": True, "schemas": {"answer": {"schema": answers}}},
    }
    register(batches, "agent", entry)


def run(batches: Batches, config: dict[str, Any], text: str) -> Outcome:
    return batches.outcome(batches.start({**config, "csv_s3_uri": put(batches, "input.csv", text)}).wait())


def made(outcome: Outcome, text: str) -> list[list[str]]:
    """What header and rows have got; their own cells and their success are as they must be."""
    original = list(csv.reader(io.StringIO(text)))
    count = len(original[0])
    header, *rows = outcome.table
    assert [row[:count] for row in outcome.table] == original
    assert header[-len(METADATA) :] == METADATA
    assert all(row[-len(METADATA) :][:2] == ["SUCCESS", ""] for row in rows)
    return [row[count : -len(METADATA)] for row in outcome.table]


def test_example_1_ticket_classification(batches: Batches) -> None:
    classified = fields("suggestedResponse", classification="object")
    register_agent(batches, "ticket_classifier_agent", fields("ticketText", "customerEmail"), classified)
    config = {**document("spec-1-example-1"), "target": {"type": "agent", "name": "ticket_classifier_agent"}}
    outcome = run(batches, config, TICKETS)
    assert made(outcome, TICKETS) == [
        ["category", "priority", "suggested_response"],
        ["Authentication", "High", "Please reset your password..."],
        ["Billing", "Medium", "We'll review your billing..."],
    ]


def test_example_2_product_descriptions_by_a_tool(batches: Batches) -> None:
    tool = {
        "tool_name": "generate_description",
        "tool_type": "state_machine",
        "resource_arn": batches.account.outputs["ScriptedAgentArn"],
        "input_schema": fields("prompt"),
        "output_schema": fields("description", keywords="array"),
    }
    register(batches, "tool", tool)
    config = {**document("spec-1-example-2"), "target": {"type": "tool", "name": "generate_description"}}
    outcome = run(batches, config, PRODUCTS)
    assert made(outcome, PRODUCTS) == [
        ["marketing_description", "seo_keywords"],
        ["Silence, for thirty hours.", '["headphones", "noise canceling"]'],
        ["It knows your heart, and the way.", '["watch", "GPS"]'],
    ]


def test_example_3_travel_times(batches: Batches) -> None:
    times = fields(driving_time="integer", walking_time="integer", cycling_time="integer")
    register_agent(batches, "travel-time-checker-structured", fields("from_address", "to_address"), times)
    config = document("spec-1-example-3")
    config["agent_config"]["state_machine_arn"] = batches.account.outputs["ScriptedAgentArn"]
    outcome = run(batches, config, ROUTES)
    assert made(outcome, ROUTES) == [
        ["driving_time", "walking_time", "cycling_time"],
        ["18", "73", "17"],
        ["6", "14", "5"],
    ]


def test_example_4_broadband_by_name_alone(batches: Batches) -> None:
    found = fields("exchange_station", "screenshot_url", download_speed="number", upload_speed="number")
    register_agent(batches, "broadband-checker-structured", fields("address", "postcode"), found)
    config = {**document("spec-1-example-4"), "target": "broadband-checker-structured"}
    outcome = run(batches, config, ADDRESSES)
    assert made(outcome, ADDRESSES) == [
        ["exchange_station", "download_speed", "upload_speed", "screenshot_url"],
        ["London Exchange", "67", "20", "https://s3.../screenshot.html"],
        ["Westminster Exchange", "330", "50", "https://s3.../screenshot.html"],
    ]


def test_example_5_company_enrichment_with_static_values(batches: Batches) -> None:
    takes = fields("name", "domain", "enrichment_level", include_social="boolean")
    register_agent(batches, "company_enrichment_agent", takes, fields(enrichment="object", social="object"))
    config = {**document("spec-1-example-5"), "target": {"type": "agent", "name": "company_enrichment_agent"}}
    outcome = run(batches, config, COMPANIES)
    assert made(outcome, COMPANIES) == [
        ["industry", "employee_count", "revenue_estimate", "linkedin_url", "description"],
        ["Manufacturing", "1200", "$50M", "https://linkedin.com/company/acme", "Anvils, delivered."],
        ["Software", "15", "$2M", "https://linkedin.com/company/techstart", "A start in tech."],
    ]


def test_broadband_integration_by_config_file_and_execution_input(batches: Batches) -> None:
    outputs = batches.account.outputs
    names = ("success", "exchange", "cabinet", "downstream_mbps", "upstream_mbps", "availability", "service_type")
    answer = fields(
        "exchange", "cabinet", "service_type", "screenshot_url", success="boolean", availability="boolean",
        downstream_mbps="number", upstream_mbps="number", metadata="object",
    )  # fmt: skip
    takes = {**fields("building_number", "street", "postcode", "full_address"), "required": ["building_number"]}
    register_agent(batches, "broadband-availability-bt-wholesale-prod", takes, answer)
    given = document("spec-4-config-and-execution-input")
    locations = {"input_csv_s3_uri": put(batches, "addresses.csv", BUILDINGS)}
    locations["output_s3_prefix"] = f"s3://{batches.bucket}/outputs/broadband/"
    config = {key: value for key, value in given.items() if key not in locations and key != "config_s3_uri"}
    config["agent_state_machine_arn"] = outputs["ScriptedAgentArn"]
    config["notification_config"]["sns_topic_arn"] = outputs["TopicArn"]
    locations["config_s3_uri"] = put(batches, "broadband_batch_config.json", json.dumps(config))
    outcome = batches.outcome(batches.start(locations).wait())
    assert outcome.summary["csv_location"].startswith(locations["output_s3_prefix"])
    recording = "s3://browser-agent-recordings-prod/.../recording.mp4"
    metadata = '{"act_id": "a-1", "session_id": "s-1", "num_steps": 5}'
    assert made(outcome, BUILDINGS) == [
        [*names, "screenshot_url", "metadata"],
        ["true", "KINGSLAND GREEN", "Cabinet 9", "80", "20", "true", "FTTC", recording, metadata],
        ["true", "DONCASTER CENTRAL", "Cabinet 15", "67", "19", "true", "FTTC", recording, metadata],
        ["true", "HACKNEY", "Cabinet 23", "300", "50", "true", "FTTP", recording, metadata],
    ]
