"""The definitions of the state machines, and what stands in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT / "statemachine" / "batch_processor.asl.json"
ROW_BATCH_DEFINITION = ROOT / "statemachine" / "row_batch.asl.json"

State = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """States that see each other's variables: the machine itself, or the inside of a Map state, the `owner`.

    The inside of an inline Map also sees those of the scope that it is `within`, by that one's owner. The children of a
    Distributed Map are executions of their own and see nothing but their input.
    """

    start: str
    states: dict[str, State]
    owner: str = ""
    distributed: bool = False
    within: str = ""


def load(path: Path = DEFINITION) -> dict[str, Any]:
    """A definition as it stands in the file, placeholders and all: the batch machine's, unless another is named."""
    definition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return definition


def scopes(definition: dict[str, Any]) -> list[Scope]:
    """The machine's own scope first, then that of each Map state, those within it right behind it."""
    return list(_scopes(Scope(definition["StartAt"], definition["States"])))


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for name, state in scope.states.items():
        if state["Type"] == "Map":
            processor = state["ItemProcessor"]
            distributed = processor["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
            yield from _scopes(Scope(processor["StartAt"], processor["States"], name, distributed, scope.owner))


def inside(owner: str, definition: dict[str, Any]) -> Scope:
    """The scope of a Map state."""
    [scope] = [scope for scope in scopes(definition) if scope.owner == owner]
    return scope


def all_states(definition: dict[str, Any]) -> dict[str, State]:
    """Every state of every scope by its name, which is unique."""
    return {name: state for scope in scopes(definition) for name, state in scope.states.items()}


def targets(state: State) -> list[str]:
    """Every state that the state may lead to."""
    endings = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return [ending[key] for ending in endings for key in ("Next", "Default") if key in ending]


def expressions(state: State) -> dict[str, str]:
    """The JSONata of a state by its place, as `Arguments.Payload.index`; a Map's inside is not its own."""
    return dict(_expressions({name: value for name, value in state.items() if name != "ItemProcessor"}, ""))


def expression_of(value: Any) -> str | None:
    """The text between `{%` and `%}`, if that is what the value is."""
    if isinstance(value, str) and value.startswith("{%") and value.endswith("%}"):
        return value[2:-2].strip()
    return None


def _expressions(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _expressions(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _expressions(inner, f"{place}.{index}")
    elif expression := expression_of(value):
        yield place, expression
