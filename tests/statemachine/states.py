"""The states of both definitions as they stand in the files."""

from tests.statemachine.definition import ROW_BATCH_DEFINITION, State, all_states, load, scopes

# What the names of the row batch machine's own states begin with here. Those of a row are the batch machine's.
IN_ROW_BATCH = "RowBatch:"
BATCH_SCOPES, ROW_BATCH_SCOPES = scopes(load()), scopes(load(ROW_BATCH_DEFINITION))
MACHINES = {"batch": BATCH_SCOPES, "row batch": ROW_BATCH_SCOPES}
STATES = {
    **all_states(load()),
    **{f"{IN_ROW_BATCH}{name}": state for name, state in ROW_BATCH_SCOPES[0].states.items()},
}
TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]


def error_names(handlers: list[State]) -> list[str]:
    return [name for handler in handlers for name in handler["ErrorEquals"]]
