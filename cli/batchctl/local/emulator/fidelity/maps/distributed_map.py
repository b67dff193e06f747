"""The Distributed Map in JSONata: a Map Run whose items, alone or in batches, are executions of their own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html. MiniStack's own reads JSONPath only
and knows neither ItemBatcher nor ResultWriter; machines in JSONPath keep it.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs
from batchctl.local.emulator.fidelity.executions.execution_history import add_event
from batchctl.local.emulator.fidelity.maps.map_run import MapRun
from batchctl.local.emulator.fidelity.tasks import role_policies

State = dict[str, Any]
Execution = dict[str, Any]
Outcome = tuple[Any, str | None]


def _map_run(state: State, data: Any, execution: Execution, context: dict[str, Any]) -> MapRun:
    progress = runs.current().progress
    role_policies.check_distributed_map(execution, is_redriven=progress.map_run is not None)
    if progress.map_run is not None:
        redriven: MapRun = progress.map_run
        redriven.reopen()
        record = redriven.record
        details = {"mapRunArn": record.arn, "redriveCount": record.fields["redriveCount"]}
        add_event(execution, "MapRunRedriven", {"mapRunRedrivenEventDetails": details})
        return redriven
    map_run = MapRun(state, data, execution, context)
    # What an ItemReader finds is not known yet.
    add_event(execution, "MapStateStarted", {"mapStateStartedEventDetails": {"length": map_run.record.items["total"]}})
    add_event(execution, "MapRunStarted", {"mapRunStartedEventDetails": {"mapRunArn": map_run.record.arn}})
    progress.map_run = map_run
    return map_run


def _run(state: State, data: Any, execution: Execution, context: dict[str, Any]) -> Outcome:
    map_run = _map_run(state, data, execution, context)
    try:
        with runs.current().last_words("MapRunAborted"):
            result = map_run.run()
        payload_quota.checked_text(result, context["State"]["Name"])
    except stepfunctions._ExecutionError as exc:
        add_event(execution, "MapRunFailed", {"mapRunFailedEventDetails": {"error": exc.error, "cause": exc.cause}})
        add_event(execution, "MapStateFailed")
        raise
    add_event(execution, "MapRunSucceeded")
    add_event(execution, "MapStateSucceeded", leads_on=False)
    output = stepfunctions._apply_jsonata_output(state, data, context, result=result, default=result)
    stepfunctions._apply_state_assign(state, data, context, result=result)
    return output, stepfunctions._next_or_end(state)


def apply() -> None:
    """Replace the Distributed Map of machines in JSONata."""
    run_other: Callable[..., Outcome] = stepfunctions._run_map_items

    def run_map_items(state: State, data: Any, execution: Execution, context: dict[str, Any]) -> Outcome:
        config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
        is_jsonata = stepfunctions._state_query_language(state, context) == "JSONata"
        run = _run if is_jsonata and config.get("Mode") == "DISTRIBUTED" else run_other
        return run(state, data, execution, context)

    stepfunctions._run_map_items = run_map_items
