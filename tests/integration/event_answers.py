"""What each event of `events/` is answered: the part of the payload that tells the case from others."""

import hashlib
from typing import Any

from batchctl.local.invoke import SAMPLES_BUCKET

Json = Any

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
    {
        "index": 2,
        "row": {},
        "problem": {
            "error": "RaggedRow",
            "message": 'Line 4 has 3 cells, the header has 5; csv_format.ragged "pad" would add empty ones.',
        },
    },
    {"index": 3, "row": {}, "problem": {"error": "RaggedRow", "message": "Line 5 has 6 cells, the header has 5."}},
]


def counts(succeeded: int, failed: int = 0, timed_out: int = 0, not_run: int = 0) -> dict[str, Json]:
    return {
        "status": "COMPLETED_WITH_ERRORS" if failed or not_run else "SUCCEEDED",
        "row_count": 3,
        "rows_succeeded": succeeded,
        "rows_failed": failed,
        "rows_timed_out": timed_out,
        "rows_not_run": not_run,
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
    "act_on_batches_unknown_batch": {"is_error": True, "content": {"error": "UNKNOWN_BATCH"}},
    "close_turn_new_conversation": {"messages": 2},
    "open_turn_first_message": {"messages": [{"Role": "user"}], "left_out": 0, "etag": ""},
    "read_batches_list_agents": {"is_error": False, "tool_use_id": "tooluse_1", "schema": "list_compatible_agents"},
    "read_batches_misspelt_argument": {"is_error": True, "content": {"error": "INVALID_ARGUMENTS"}},
    "start_batch_folder_created": {"execution_name": None, "started": False},
    "start_batch_object_created": {"execution_name": "contacts-f865472e7486d9a87f3cc71ce7a52a9a", "started": False},
    "start_batch_object_created_versioned": {"execution_name": "contacts-5c3f5a920e7f0a102643d98597489f6d"},
    "tell_of_stray_config_config": {"told": True},
    "tell_of_stray_config_other_json": {"told": False},
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
        "rows": [
            {
                **CONTACT_ROWS[1],
                "run": "-" + hashlib.sha256(b"contacts-14-7f3e7a8efbdc8522e95deb383b16ae9c").hexdigest()[:8],
            }
        ],
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
    "extract_structured_output_stored": {
        **cells("true", "+441134960614", "GB", "true", "example.com", "[]"),
        "stored": True,
    },
    "extract_structured_output_tool": cells("true", "+441134960614", "GB", "true", "example.com", "[]"),
    "aggregate_results_contacts": counts(3),
    "aggregate_results_failed_rows": counts(1, failed=2, timed_out=1),
    "aggregate_results_large_batch": {**counts(2, not_run=1), "map_mode": "distributed", "row_batches": 1},
    "aggregate_results_row_batch": {
        "status": "PART_WRITTEN",
        "first": 3,
        "last": 3,
        "rows_succeeded": 0,
        "rows_failed": 1,
        "rows_timed_out": 0,
    },
    "aggregate_results_row_count_mismatch": error("RowCountMismatch", "had 4 rows", "now it has 3"),
    "aggregate_results_row_without_result": counts(2, not_run=1),
    "aggregate_results_spilled": counts(3),
    "json_to_csv_batches": counts(2, not_run=1),
    "json_to_csv_compact_lines": counts(3),
    "json_to_csv_contacts": counts(1, failed=2, timed_out=1),
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
