"""The README of a generated agent."""

from typing import Any

from batchctl.factory.canonical import Canonical
from batchctl.factory.json_schema import main_type
from batchctl.factory.registry_entries import placeholders


def readme(canonical: Canonical) -> str:
    """What the agent is, and how it is deployed, run and changed."""
    names, shape = canonical.names, canonical.shape
    agent_arn = placeholders(canonical)["agent_arn"].replace("{", "").replace("}", "")
    return f"""\
# {_text(shape.extraction_name)} {shape.version}

{_text(canonical.description)}

An agent for the batch processor, made by the schema factory from the canonical schema `{_code(shape.extraction_name)}`.
To change it, change that and run `batchctl factory generate`.

## Input

{_table(canonical.input_schema)}

A CSV's cells are text. Where the schema refuses text, a cell is read as a number, as true or false, or as JSON, and an
empty one of a field that is not required as none.

## Structured output

{_table(canonical.output_schema)}

## Deploy

```console
$ sam build && sam deploy --guided --stack-name {names.agent}
```

| Parameter | Meaning |
| --- | --- |
| `ExecutorFunctionArn` | Does the extraction. Without one the stack replays `functions/recorded_answers.json`. |
| `RegisterEntryFunctionArn` | The batch processor's function that writes registry entries. Without one, none are. |
| `NamePrefix` | Begins the agent's name, where the batch processor may start agents of certain names only. |

An executor gets `{{template: {{template_id, version}}, variables, batchContext}}` and answers `{{structured_output}}`.

## Run

One extraction:

```console
$ aws stepfunctions start-execution --state-machine-arn {agent_arn} --input '{{"input": {{…}}}}'
```

{_replayed(canonical)}

`batch.config.json` is a batch's configuration; fill in its `${{…}}` from the stack's outputs.

## Files

| File | What it is |
| --- | --- |
| `template.yaml`, `agent.asl.json` | The stack and its state machine |
| `functions/` | The functions' code, `{names.validator}.py` among it, and the data that they read |
| `registry/` | The entries of the agent, its tools, its template and its schema, with `${{…}}` for ARNs |
| `tool_spec.json`, `output_tool_spec.json` | The agent and `{names.output_tool}` as an LLM's tools |
| `batch.config.json` | The configuration of a batch |
| `manifest.json` | Which schema all this was made from, and how the files looked then |
"""


def _table(schema: dict[str, Any]) -> str:
    rows = ["| Field | Type | Required | Meaning |", "| --- | --- | --- | --- |"]
    for name, inner in schema["properties"].items():
        said = inner if isinstance(inner, dict) else {}
        required = "yes" if name in schema.get("required", []) else ""
        kind = main_type(inner, schema) or "any"
        rows.append(f"| `{_code(name)}` | {kind} | {required} | {_text(str(said.get('description', '')))} |")
    return "\n".join(rows)


def _replayed(canonical: Canonical) -> str:
    count = len(canonical.shape.examples)
    if not count:
        return "Without an executor, every input gets the same made-up answer, for the schema has no `examples`."
    recorded = "one input has a recorded answer" if count == 1 else f"{count} inputs have a recorded answer"
    return f"Without an executor, {recorded}; others fail with NoRecordedAnswer."


def _text(text: str) -> str:
    """The text in one line that Markdown leaves alone."""
    line = " ".join(text.split())
    for character in "\\`*_[]<>|#":
        line = line.replace(character, f"\\{character}")
    return line


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")
