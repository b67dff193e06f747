"""Shows one agent or tool: what it takes, what it answers, what to type."""

from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.operations.agents.compatibility import Compatibility, validate_agent_compatibility
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (Column("field", 8), Column("type"), Column("", 3), Column("what it is", 12))
_MOST_CHOICES = 6


def show_agent(name: str, csv: str | None, as_json: str | None, where: Where) -> int:
    """The exit code: 2 if batches cannot use it, or there is none of that name; what they can use is told."""
    answer = Answer.of(as_json, Compatibility)
    with deployed(where) as deployment:
        found = validate_agent_compatibility(name, deployment, csv)
    answer.give(found, _show)
    if not answer.as_json:
        _tell(found, csv, where)
    return exit_codes.DONE if found["compatible"] else exit_codes.WRONG_USAGE


def _show(found: Compatibility) -> None:
    if not found["compatible"]:
        return
    kind = found.get("kind", "agent")
    print(f"{found['agent_name']}" + (f"@{found['version']}" if "version" in found else "") + f" ({kind})")
    if description := found.get("description"):
        print(description)
    for title, schema in (("Takes", found.get("input_schema")), ("Answers", found.get("output_schema"))):
        rows = list(_fields(schema or {}))
        if not rows and title == "Answers":
            rows = [(field, "", "", "") for field in found["available_fields"]]
        print(f"\n{title}:" if rows else f"\n{title}: whatever it is given")
        if rows:
            print(table(_COLUMNS, rows))
    if "fit" in found:
        missing = ", ".join(found.get("missing", []))
        print(f"\nFits the CSV to {found['fit']:.0%}" + (f"; it lacks {missing}" if missing else ""))


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    for name, shape in properties.items() if isinstance(properties, Mapping) else ():
        about = shape if isinstance(shape, Mapping) else {}
        yield name, _type(about), "required" if name in required else "", _about(about)


def _type(shape: Mapping[str, Any]) -> str:
    kind = shape.get("type", "any")
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def _about(shape: Mapping[str, Any]) -> str:
    choices = shape.get("enum", [])
    listed = ", ".join(map(str, choices[:_MOST_CHOICES])) + (" …" if len(choices) > _MOST_CHOICES else "")
    return "; ".join(
        filter(None, (str(shape.get("description", "")).rstrip("."), f"one of {listed}" if choices else ""))
    )


def _tell(found: Compatibility, csv: str | None, where: Where) -> None:
    if found["compatible"]:
        name = found["agent_name"]
        tell_next(
            where, f"batchctl config new {csv or 'CSV'} --agent {name}", f"batchctl run {csv or 'CSV'} --agent {name}"
        )
        return
    note(
        " ".join(filter(None, (found.get("message"), found.get("suggestion"))))
        or f"{found['agent_name']} cannot be used."
    )
    tell_next(where, "batchctl agents list")
