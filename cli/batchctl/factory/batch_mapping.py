"""The configuration of a batch: which columns go into the agent, and which come out of it."""

from collections.abc import Iterator
from typing import Any

from batch_processor import config
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration
from batchctl.factory.agent_machine import agent_seconds
from batchctl.factory.canonical import Canonical, InvalidSchema
from batchctl.factory.json_schema import pointer, query
from batchctl.factory.registry_entries import entry_problems, placeholders

# What the placeholders stand for while the configuration is checked.
_CHECKED_WITH = {
    "agent_state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:agent",
    "input_csv_s3_uri": "s3://bucket/inputs/rows.csv",
}


def batch_mapping(canonical: Canonical) -> dict[str, Any]:
    """The configuration, with ${…} for what only a deployed stack knows."""
    known = placeholders(canonical)
    renamed = _renamed(canonical)
    output: dict[str, Any] = {
        "structured_output_fields": [name for name in canonical.output_fields if name not in renamed]
    }
    if renamed:
        output["columns"] = [
            {"name": column, "source": query("structured_output", name)} for name, column in renamed.items()
        ]
    return {
        # Pinned: a pre-release is for those alone who name it, and the columns are those of this version.
        "agent_name": f"{known['agent_name']}@{canonical.shape.version}",
        "agent_state_machine_arn": known["agent_arn"],
        "input_csv_s3_uri": f"s3://${{BUCKET}}/inputs/{canonical.names.module}.csv",
        "input_mapping": {
            "column_mappings": [
                {"csv_column": name, "agent_input_field": name, "required": name in canonical.required_inputs}
                for name in canonical.inputs
            ]
        },
        "output_mapping": {**output, "include_original": True, "add_metadata": True},
        "execution_config": {
            "max_concurrency": 10,
            "timeout_seconds": agent_seconds(canonical),
            "retry_strategy": {"max_attempts": 2, "backoff_rate": 2.0, "interval_seconds": 5},
        },
    }


def refuse_unusable(canonical: Canonical) -> None:
    """InvalidSchema with all that keeps the batch processor from registering the agent, or from working with it."""
    problems = [*entry_problems(canonical), *_config_problems(canonical)]
    if problems:
        raise InvalidSchema(list(dict.fromkeys(problems)))


def _config_problems(canonical: Canonical) -> Iterator[Problem]:
    mapping = batch_mapping(canonical)
    try:
        config.parse({**mapping, **_CHECKED_WITH, "agent_name": f"agent@{canonical.shape.version}"})
    except InvalidConfiguration as exc:
        yield from _translated(exc, mapping)


def _renamed(canonical: Canonical) -> dict[str, str]:
    """Output fields that are called like an input, with a column name that is free: the CSV has that column already."""
    taken = {*canonical.inputs, *canonical.output_fields}
    renamed = {}
    for name in canonical.output_fields:
        if name in canonical.inputs:
            column = f"output_{name}"
            while column in taken:
                column += "_"
            taken.add(column)
            renamed[name] = column
    return renamed


def _translated(exc: InvalidConfiguration, mapping: dict[str, Any]) -> Iterator[Problem]:
    """The problems, at the properties of the canonical schema that they come from."""
    lists = {
        "/input_mapping/column_mappings/": [
            ("input_schema", entry["csv_column"]) for entry in mapping["input_mapping"]["column_mappings"]
        ],
        "/output_mapping/structured_output_fields/": [
            ("output_schema", name) for name in mapping["output_mapping"]["structured_output_fields"]
        ],
    }
    for problem in exc.problems:
        for prefix, properties in lists.items():
            if problem.pointer.startswith(prefix):
                schema, name = properties[int(problem.pointer.removeprefix(prefix).split("/")[0])]
                yield Problem(pointer(schema, "properties", name), problem.message)
                break
        else:
            yield Problem("", f"no batch could use the agent: {problem}")
