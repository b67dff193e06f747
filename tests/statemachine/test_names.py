"""The names of the executions that the machine starts, of agents and of itself."""

from typing import Any

from batch_processor import limits
from batch_processor.batch.names import describe_batch
from tests.statemachine.definition import all_states, load
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.recorded import ALREADY_EXISTS
from tests.statemachine.samples import BATCH_INPUT, PLAN, plan
from tests.statemachine.situation import ROW_VARIABLES, row_variables
from tests.statemachine.visit import visit

STATES = all_states(load())
MOST_ROWS = 99_999_999
LONGEST: dict[str, Any] = {**describe_batch({**PLAN["batch"], "name": "n" * 80})}


def test_the_name_of_an_agent_execution_fits(javascript: JavaScriptEngine) -> None:
    row = {**ROW_VARIABLES["row"], "index": MOST_ROWS, "run": "-7a1b2c3d"}
    variables = row_variables(plan=plan(batch=LONGEST), row=row, attempt=10)
    name = visit(STATES["InvokeAgent"], javascript, variables, {}, {"Output": {}}).fields["Arguments"]["Name"]
    assert len(name) <= limits.EXECUTION_NAME_CHARACTERS


def test_the_name_of_a_row_batch_fits_also_after_every_redrive(javascript: JavaScriptEngine) -> None:
    given = {**BATCH_INPUT, "plan": plan(batch=LONGEST)}
    data = {"BatchInput": given, "Items": [{"index": MOST_ROWS}]}
    run = visit(STATES["NameRowBatch"], javascript, {}, data).assigned["run"]
    names = [run["name"]]
    for state in ("RunRowBatch", "RunRowBatchAgain", "RunRowBatchAgain"):
        seen = visit(STATES[state], javascript, {"run": run}, data, error=ALREADY_EXISTS)
        run = seen.assigned["run"]
        again = visit(STATES["RunRowBatchAgain"], javascript, {"run": run}, data, {"Output": {}})
        names.append(again.fields["Arguments"]["Name"])
    assert max(map(len, names)) <= limits.EXECUTION_NAME_CHARACTERS
