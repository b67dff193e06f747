"""What is worth knowing of an entry that can be registered: where it says less, or more, than was meant perhaps."""

from collections.abc import Iterator

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import nearest, shown
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entry import Document, Entry
from batch_processor.registry.promises import PROMISES
from batch_processor.registry.tool_entry import ToolEntry


def entry_notes(entry: Entry, at: str = "") -> Iterator[Problem]:
    """Yield the notes on an entry that stands at a JSON pointer."""
    # Imported where it is used: whoever registers no schema does not wait for it.
    from batch_processor.json_schema.notes import schema_notes

    if isinstance(entry, AgentEntry | ToolEntry):
        yield from _misspelt(entry, at)
    for pointer, schema in _schemas(entry):
        yield from (Problem(f"{at}{pointer}{note.pointer}", note.message) for note in schema_notes(schema))


def _misspelt(entry: AgentEntry | ToolEntry, at: str) -> Iterator[Problem]:
    """A key that nobody reads is the target's own; but one that nearly is a promise was meant to be that."""
    for key in entry.model_extra or {}:
        if meant := nearest(key, PROMISES):
            yield Problem(
                f"{at}/{escaped(key)}", f"{shown(key)} is kept, and no batch reads it; did you mean '{meant}'?"
            )


def _schemas(entry: Entry) -> Iterator[tuple[str, Document]]:
    if isinstance(entry, AgentEntry):
        for name, registered in entry.structured_output.schemas.items():
            yield f"/structured_output/schemas/{escaped(name)}/schema", registered.schema_
    if isinstance(entry, ToolEntry) and entry.output_schema is not None:
        yield "/output_schema", entry.output_schema
    if isinstance(entry, AgentEntry | ToolEntry) and entry.input_schema is not None:
        yield "/input_schema", entry.input_schema
