"""The states of the definition as it stands in the file."""

from tests.statemachine.definition import State, all_states, load, scopes

STATES = all_states(load())
TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
SCOPES = scopes(load())


def error_names(handlers: list[State]) -> list[str]:
    return [name for handler in handlers for name in handler["ErrorEquals"]]
