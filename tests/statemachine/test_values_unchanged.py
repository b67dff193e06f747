"""A cell on its way to an agent and back: mapping, template, JSONata, Mustache, JSON, extraction, CSV. It arrives as it is."""

import csv
import io
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from batch_processor.config import BatchConfig
from batch_processor.config import parse as parse_config
from batch_processor.extraction.compiling import compile_rules
from batch_processor.extraction.structured_output import extract_cells
from batch_processor.mustache import render
from tests.statemachine.definition import all_states, load
from tests.statemachine.engines import Engine, Engines
from tests.statemachine.samples import plan
from tests.statemachine.visit import visit

TRANSFORM_INPUT = all_states(load())["TransformInput"]
HOSTILE = 'O\'Brien & "Söhne"\n{{x}}'
# As RFC 4180 and UTF-8 have it: no NUL is needed, half a surrogate pair is no text.
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TEMPLATE = {
    "steps": [
        {"goal": "Find {{name}} at {{{name}}}.", "value": "{{name}}", "raw": "{{{name}}}", "said": "{{prompt}}"},
        {"goal": "{{#name}}{{name}}{{/name}}{{^name}}nobody{{/name}}"},
    ]
}
RULES = compile_rules([{"method": "tool_result", "field_mappings": {"said": "$.value", "letter": "$.said"}}])
OUTPUT: Any = {"columns": [{"name": "said"}, {"name": "letter"}], "extraction": RULES}


def configured(template: str) -> BatchConfig:
    """One column mapped, and put into a template."""
    transformation = {"type": "template", "config": {"template": template, "variables": {"who": "name"}}}
    return parse_config(
        {
            "csv_s3_uri": "s3://data/people.csv",
            "target": "arn:aws:states:eu-west-1:123456789012:stateMachine:agent",
            "input_mapping": {"column_mappings": {"name": "name"}, "transformations": {"prompt": transformation}},
            "output_mapping": {"structured_output_fields": ["said"]},
        }
    )


def agent_input(engine: Engine, config: BatchConfig, cell: str) -> dict[str, Any]:
    """What TransformInput makes of the row, sent as JSON."""
    planned = plan(input={"constants": {}, "fields": list(config.fields)})
    seen = visit(TRANSFORM_INPUT, engine, {"plan": planned}, {"index": 1, "row": {"name": cell}})
    sent: dict[str, Any] = json.loads(json.dumps(seen.assigned["row"]["input"]))
    return sent


def answer_of(script: Any) -> Any:
    """An old agent's answer: what its browser said, as JSON text in a tool result, in an execution's output."""
    said = {"value": script["steps"][0]["value"], "said": script["steps"][0]["said"]}
    message = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": json.dumps(said)}]}
    return {"Output": json.dumps({"messages": [message]})}


def through_csv(cells: list[str]) -> list[str]:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(cells)
    [row] = csv.reader(io.StringIO(written.getvalue(), newline=""), strict=True)
    return row


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cell=CELLS, before=CELLS, after=CELLS)
@example(cell=HOSTILE, before="Dear {{{", after="}}} {{x}}\\")
@example(cell="", before="", after="")
def test_any_cell_goes_to_the_agent_and_back_unchanged(cell: str, before: str, after: str, engines: Engines) -> None:
    template = f"{before.replace('{', '{{').replace('}', '}}')}{{who}}{after.replace('{', '{{').replace('}', '}}')}"
    config = configured(template)
    prompt = f"{before}{cell}{after}"
    for engine in engines:
        sent = agent_input(engine, config, cell)
        assert sent == {"name": cell, "prompt": prompt}
        script = json.loads(json.dumps(render(TEMPLATE, sent), ensure_ascii=False))
        assert script["steps"][0] == {"goal": f"Find {cell} at {cell}.", "value": cell, "raw": cell, "said": prompt}
        assert script["steps"][1]["goal"] == (cell or "nobody")
        assert through_csv(extract_cells(answer_of(script), OUTPUT)) == [cell, prompt]
