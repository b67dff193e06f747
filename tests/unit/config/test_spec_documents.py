"""The documents of the specification, verbatim but for the ARN that stands in for, or beside, each name."""

import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.config import (
    BatchConfig,
    ExecutionOptions,
    NotificationOptions,
    OutputColumn,
    OutputOptions,
    Target,
    TargetRequest,
    parse,
    request,
)
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.document.s3_uri import S3Uri

DOCUMENTS = Path(__file__).parent / "documents"
AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:"
TOOL = "arn:aws:lambda:eu-west-1:123456789012:function:"
Fields = tuple[dict[str, Any], ...]


def parsed(name: str) -> BatchConfig:
    return parse(json.loads((DOCUMENTS / f"{name}.json").read_text()))


def structured(*names: str) -> tuple[OutputColumn, ...]:
    return tuple(OutputColumn(name, (name,)) for name in names)


TICKET_FIELDS = (
    {"field": "ticketText", "column": "description"},
    {"field": "customerEmail", "column": "customer_email"},
)
COMPANY_FIELDS = (
    {"field": "name", "column": "company_name"},
    {"field": "domain", "column": "website"},
    {"field": "enrichment_level", "value": "full"},
    {"field": "include_social", "value": True},
)


def test_main_form_is_normalised_completely() -> None:
    assert parsed("spec-1-main-form") == BatchConfig(
        csv=S3Uri("bucket", "path/to/input.csv"),
        output_prefix=None,
        target=Target("agent", f"{AGENT}name", "agent_name_or_tool_name", "structured"),
        fields=(
            {"field": "agent_input_field", "column": "csv_column_name"},
            {"field": "field_name", "value": "static_value"},
            {"field": "fullName", "columns": ["first_name", "last_name"], "separator": " "},
            {
                "field": "prompt",
                "segments": [
                    {"text": "Process order "},
                    {"column": "order_number"},
                    {"text": " for customer "},
                    {"column": "name"},
                ],
            },
            {"field": "nestedValue", "column": "json_data", "path": ["details", "important_field"]},
        ),
        output=OutputOptions(
            (OutputColumn("result_column", ("agent_output", "field_path"), default="N/A", legacy=True),)
        ),
        csv_format=CsvFormat("auto", "auto"),
        execution=ExecutionOptions(max_attempts=3),
        notification=NotificationOptions(),
    )


def test_config_file_and_execution_input_together_are_normalised_completely() -> None:
    assert parsed("spec-4-config-and-execution-input") == BatchConfig(
        csv=S3Uri("batch-processor-prod", "inputs/addresses.csv"),
        output_prefix=S3Uri("batch-processor-prod", "outputs/broadband"),
        target=Target(
            "agent",
            f"{AGENT}broadband-availability-bt-wholesale-prod",
            "broadband-availability-bt-wholesale-prod",
            "structured",
        ),
        fields=(
            {"field": "building_number", "column": "building_number", "required": True},
            {"field": "street", "column": "street", "required": True},
            {"field": "postcode", "column": "postcode", "required": True},
            {"field": "full_address", "column": "full_address", "required": False},
        ),
        output=OutputOptions(
            structured(
                "success",
                "exchange",
                "cabinet",
                "downstream_mbps",
                "upstream_mbps",
                "availability",
                "service_type",
                "screenshot_url",
                "metadata",
            )
        ),
        csv_format=CsvFormat("auto", "auto"),
        execution=ExecutionOptions(max_attempts=2, interval_seconds=5),
        notification=NotificationOptions(
            topic_arn="arn:aws:sns:eu-west-1:123456789012:batch-processor-notifications-prod"
        ),
    )


@pytest.mark.parametrize(
    ("name", "target", "fields"),
    [
        (
            "spec-1-example-1",
            Target("agent", f"{AGENT}ticket_classifier_agent", "ticket_classifier_agent", "structured"),
            TICKET_FIELDS,
        ),
        (
            "spec-1-example-2",
            Target("tool", f"{TOOL}generate_description", "generate_description", "structured"),
            (
                {
                    "field": "prompt",
                    "segments": [
                        {"text": "Write a compelling product description for "},
                        {"column": "title"},
                        {"text": " with features: "},
                        {"column": "features"},
                    ],
                },
            ),
        ),
        (
            "spec-1-example-3",
            Target(
                "agent",
                f"{AGENT}travel-time-checker-structured-prod",
                "travel-time-checker-structured",
                "structured",
            ),
            (
                {"field": "from_address", "column": "from_address"},
                {"field": "to_address", "column": "to_address"},
            ),
        ),
        (
            "spec-1-example-4",
            Target("agent", f"{AGENT}broadband-checker-structured", "broadband-checker-structured", "structured"),
            ({"field": "address", "column": "address"}, {"field": "postcode", "column": "postcode"}),
        ),
        (
            "spec-1-example-5",
            Target("agent", f"{AGENT}company_enrichment_agent", "company_enrichment_agent", "structured"),
            COMPANY_FIELDS,
        ),
        (
            "spec-5-generated-config",
            Target("agent", f"{AGENT}company-enrichment-agent", "company-enrichment-agent", "structured"),
            ({"field": "name", "column": "company_name"},),
        ),
    ],
)
def test_example_gives_its_target_and_fields(name: str, target: Target, fields: Fields) -> None:
    config = parsed(name)
    assert (config.target, config.fields) == (target, fields)


def test_processing_config_is_read_as_execution_config() -> None:
    assert parsed("spec-1-example-3").execution == ExecutionOptions(max_concurrency=3, timeout_seconds=120)


def test_legacy_columns_keep_path_default_type_and_format() -> None:
    assert parsed("spec-1-legacy-columns").output.columns == (
        OutputColumn("company_name", ("structured_output", "company_name"), default="N/A", legacy=True),
        OutputColumn("industry", ("structured_output", "industry"), default="Unknown", legacy=True),
        OutputColumn("employee_count", ("structured_output", "employee_count"), type="number", legacy=True),
        OutputColumn(
            "confidence_score", ("structured_output", "confidence"), type="number", format="%.2f", legacy=True
        ),
    )


def test_tracing_and_debug_switches_are_accepted() -> None:
    assert parsed("spec-1-tracing-and-debug").execution == ExecutionOptions(log_level="DEBUG", debug=True)


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_document_of_the_specification_is_accepted(path: Path) -> None:
    assert parse(json.loads(path.read_text())).fields


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        (
            "spec-1-example-1",
            {"type": "agent", "name": "ticket_classifier_agent"},
            TargetRequest("/target/name", "ticket_classifier_agent", True, type="agent"),
        ),
        (
            "spec-1-example-2",
            {"type": "tool", "name": "generate_description"},
            TargetRequest("/target/name", "generate_description", True, type="tool"),
        ),
        (
            "spec-1-example-4",
            "broadband-checker-structured",
            TargetRequest("/target", "broadband-checker-structured", True),
        ),
        (
            "spec-1-example-5",
            {"type": "agent", "name": "company_enrichment_agent"},
            TargetRequest("/target/name", "company_enrichment_agent", True, type="agent"),
        ),
        (
            "spec-5-generated-config",
            {"type": "agent", "name": "company-enrichment-agent"},
            TargetRequest("/target/name", "company-enrichment-agent", True, type="agent"),
        ),
    ],
)
def test_example_with_its_verbatim_target_asks_the_registries(name: str, target: Any, expected: TargetRequest) -> None:
    document = json.loads((DOCUMENTS / f"{name}.json").read_text())
    verbatim = {key: value for key, value in document.items() if not key.startswith("agent_")} | {"target": target}
    parse(verbatim)
    assert request(verbatim) == expected
