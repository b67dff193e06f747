"""What only `parse` can see: changes of a document, and where what is said of them."""

from typing import Any

from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN
from tests.unit.config.changes import AGENT, RETRY, TOOL, TRANSFORMATION, columns, fields, retry, rules

MEANING: list[tuple[dict[str, Any], str, str]] = [
    ({"csv_s3_uri": None}, "", "'csv_s3_uri' is missing"),
    *(
        ({"map_mode": "inline", name: {"max_concurrency": 41}}, f"/{name}/max_concurrency", "at most 40 rows at a time")
        for name in ("execution_config", "processing_config", "defaults")
    ),
    ({"input_csv_s3_uri": "s3://my-bucket/other.csv"}, "/input_csv_s3_uri", "it differs from csv_s3_uri"),
    (
        {"execution_tier": "standard", "execution_config": {"execution_tier": "express"}},
        "/execution_config/execution_tier",
        '"express" is not what \'execution_tier\' says, "standard"; keep one of them',
    ),
    *(
        ({key: "inline", "execution_tier": "express"}, "/execution_tier", f"of distributed batches only, and {key} is")
        for key in ("map_mode", "storage_mode")
    ),
    (
        {"processing_config": {"execution_tier": "express", "continue_on_error": False}},
        "/processing_config/execution_tier",
        "end no batch, and continue_on_error is false",
    ),
    ({"target": {"type": "agent"}}, "/target", "'name' is missing, that of a registered target; or 'arn'"),
    (
        {"target": {"type": "tool", "name": "enrich", "input_format": "messages"}},
        "/target/input_format",
        "the format messages is for agents",
    ),
    ({"target": "a", "agent_name": "b"}, "/agent_name", '"b" is not what \'target\' says, "a"'),
    ({"target": "victim#night"}, "/target", "\"victim#night\" has a '#', which comes between"),
    ({"target": {"arn": TOOL, "name": "a#b"}}, "/target/name", "has a '#', which comes between"),
    ({"target": None, "agent_name": "a#b@1.2.0"}, "/agent_name", "has a '#', which comes between"),
    (rules(method="tool_result"), "/output_mapping/extraction_methods/0", "'field_mappings' is missing"),
    (rules(method="jmespath"), "/output_mapping/extraction_methods/0", "'paths' is missing"),
    (
        rules(method="jmespath", field_mappings={"a": "a"}),
        "/output_mapping/extraction_methods/0/field_mappings",
        "jmespath takes paths instead",
    ),
    (
        rules(method="direct", paths={"a": "a"}),
        "/output_mapping/extraction_methods/0/paths",
        "direct takes field_mappings instead",
    ),
    (
        rules(method="results_array", field_mappings={"a": "a"}, tool_name="t"),
        "/output_mapping/extraction_methods/0/tool_name",
        "results_array is about no tool",
    ),
    ({"target": {"arn": AGENT, "type": "tool"}}, "/target/type", "the ARN is that of a state machine"),
    ({"target": {"arn": TOOL, "type": "agent"}}, "/target/type", "the ARN is that of a Lambda function"),
    (
        {"target": {"arn": TOOL, "input_format": "messages"}},
        "/target/input_format",
        "the format messages is for agents",
    ),
    (
        {"target": {"arn": AGENT, "input_format": "messages"}},
        "/target/input_format",
        "an input field 'prompt'",
    ),
    (
        {"agent_state_machine_arn": f"{AGENT}2"},
        "/agent_state_machine_arn",
        f"is not what 'target' says, \"{AGENT[:40]}",
    ),
    (
        {"target": {"arn": AGENT, "name": "a"}, "agent_name": "b"},
        "/agent_name",
        '"b" is not what \'target/name\' says, "a"',
    ),
    ({"input_mapping": {"column_mappings": {}, "columns": []}}, "/input_mapping", "no input field is mapped"),
    ({"input_mapping": {"a": "__proto__"}}, "/input_mapping/a", "cannot be the name of an input field"),
    ({"input_mapping": {"a": "x", "b": "x"}}, "/input_mapping/b", "\"x\" is already filled by 'a'"),
    (
        {"input_mapping": {"column_mappings": {"a": "x"}, "static_values": {"x": 1}}},
        "/input_mapping/static_values/x",
        "already filled by 'column_mappings/a'",
    ),
    (
        {"input_mapping": {"columns": [{"name": "x", "source": "a"}, {"name": "x", "source": "b"}]}},
        "/input_mapping/columns/1/name",
        "already filled by 'columns/0/name'",
    ),
    (
        fields(type="template", config={"template": "Hello {a", "variables": {"a": "b"}}),
        f"{TRANSFORMATION}/config/template",
        "single { at character 7",
    ),
    (
        fields(type="template", config={"template": "Hello {a}", "variables": {"b": "c"}}),
        f"{TRANSFORMATION}/config/variables/b",
        'the template does not use "b"; use it or take it out',
    ),
    (
        fields(type="template", config={"template": "Describe {{bird}}"}),
        f"{TRANSFORMATION}/config/template",
        "the same text; did you mean {bird}, with single braces?",
    ),
    (
        fields(type="template", config={"template": "Describe a bird"}),
        f"{TRANSFORMATION}/config/template",
        "write {NAME} where the cell of a column goes in, or move the text to static_values",
    ),
    (
        fields(type="template", config={"template": "Hello {{b}}", "variables": {"b": "c"}}),
        f"{TRANSFORMATION}/config/variables/b",
        "write {b} with single braces",
    ),
    (
        {"output_mapping": {"structured_output_fields": ["a", "b", "a"]}},
        "/output_mapping/structured_output_fields/2",
        "already given by 'structured_output_fields/0'",
    ),
    (
        {"output_mapping": {"structured_output_fields": ["n"], "columns": [{"name": "n", "source": "$.n"}]}},
        "/output_mapping/columns/0/name",
        "already given by 'structured_output_fields/0'",
    ),
    *(
        (
            {"output_mapping": {"structured_output_fields": [name]}},
            "/output_mapping/structured_output_fields/0",
            "is the name of a metadata column",
        )
        for name in (*METADATA_COLUMNS, SURPLUS_COLUMN)
    ),
    (columns(format="%d"), "/output_mapping/columns/0/format", "needs a 'type': number, integer or string"),
    (columns(type="boolean", format="%d"), "/output_mapping/columns/0/format", "boolean takes no format"),
    (
        columns(type="number", format="%s"),
        "/output_mapping/columns/0/format",
        "%s does not fit the type number",
    ),
    (columns(type="string", format="%d"), "/output_mapping/columns/0/format", "use %s"),
    (
        retry(interval_seconds=9, max_delay_seconds=8),
        f"{RETRY}/max_delay_seconds",
        "8 is less than interval_seconds, 9",
    ),
]
