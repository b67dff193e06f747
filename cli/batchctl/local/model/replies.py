"""How the stand-in of the orchestrator's model words what tools have told it; every number is a tool's."""

from collections.abc import Iterable, Mapping
from typing import Any

from batch_processor.cost.money import money

Told = Mapping[str, Any]


def which_csv(said: str) -> str:
    """Asks for the file."""
    about = " for your support tickets" if "ticket" in said.lower() else ""
    return f"I'll help you{about}. Which CSV is it? Give me its address, as s3://bucket/inputs/file.csv."


def options(analysed: Told, agents: Iterable[Told], absent: str | None) -> str:
    """Says what there is to choose from."""
    lines = [f"There is no {absent} here, so I cannot use it."] if absent else []
    lines.append(f"{_found(analysed)} What would you like to do with them?")
    listed = [f"{number}. {agent['agent_name']}: {agent['description']} Gives: {', '.join(agent['output_fields'])}."
              for number, agent in enumerate(agents, start=1)]  # fmt: skip
    if not listed:
        return "\n".join([*lines[:-1], _found(analysed), "No registered agent takes its columns."])
    return "\n".join([*lines, "Available options with structured output support:", *listed])


def plan(agent: Told, generated: Told, analysed: Told, estimate: Told) -> str:
    """Says what would be run, and asks."""
    mapped = [
        f"- {field['column']} → {field['field']}{' (a guess: please check)' if field['guessed'] else ''}"
        for field in generated["mapping"]
    ]
    asked = [f"- {question['question']}" for question in generated["questions"]]
    lines = [
        f"{_found(analysed)} I'll use {agent['agent_name']}, which supports structured output and adds:",
        f"{', '.join(agent['output_fields'])}.",
        "Columns:", *mapped, *(["Questions:", *asked] if asked else []),
        f"{estimate['rows']:,} rows, about {money(estimate['expected']['usd'])}. Shall I start it?",
    ]  # fmt: skip
    return "\n".join(lines)


def ask_mapping(generated: Told) -> str:
    """Asks for columns of required inputs."""
    asked = [f"- {question['question']}" for question in generated["questions"] if question["required"]]
    fields = ", ".join(generated["missing_required"])
    return "\n".join([f"No column is sure to fill {fields}. Which one does?", *asked])


def to_confirm(asked: Told) -> str:
    """Says that a person has to confirm."""
    return f"{asked['message']} I cannot confirm it myself: please confirm it, and I will start exactly this batch."


def running(progress: Told) -> str:
    """Says how far the batch is."""
    total = f" of {progress['total_rows']:,}" if "total_rows" in progress else ""
    when = f" Estimated completion: {progress['estimated_completion']}." if "estimated_completion" in progress else ""
    return (
        f"The batch {progress['batch']} is running: {progress['rows_processed']:,}{total} rows processed, "
        f"{progress['rows_failed']:,} failed.{when} Ask me again for its results."
    )


def ended(results: Told) -> str:
    """Says what came out."""
    if "output_csv_uri" not in results:
        return f"The batch ended as {results['status']}: {results['message']}"
    failed = f"\n- Failed: {results['rows_failed']:,}; ask me why." if results["rows_failed"] else ""
    return (
        f"Batch processing ended as {results['status']}.\n- Succeeded: {results['rows_succeeded']:,} of "
        f"{results['rows_processed']:,}{failed}\n- Output file: {results['output_csv_uri']}\n"
        f"- Processing time: {results['processing_time_seconds']:,.0f} seconds"
    )


def explained(told: Told) -> str:
    """Says why rows failed."""
    groups = [*told["groups"], *([told["batch_error"]] if "batch_error" in told else [])]
    if not groups:
        return "No row of the batch has failed."
    lines = [
        f"- {group['count']:,} × {group['cause']}: {group['probable_reason']} {group['what_to_do']}" for group in groups
    ]
    return "\n".join([f"{told['rows_failed']:,} rows failed:", *lines])


def failed(name: str, answer: Told) -> str:
    """Says what is wrong, as the tool says it."""
    hint = f" {answer['suggestion']}" if answer.get("suggestion") else ""
    return f"{name} did not work: {answer.get('message', answer['error'])}{hint}"


def _found(analysed: Told) -> str:
    about = "" if analysed.get("row_count_is_exact", True) else "about "
    return f"I found a CSV with {about}{analysed['row_count']:,} rows and the columns {', '.join(analysed['columns'])}."
