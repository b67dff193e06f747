"""What AWS does and MiniStack does not: one module a topic, each replacing a few of MiniStack's functions.

Every item has a test in `tests/emulator` that runs unpatched MiniStack and fails once the item can go.
"""

from types import ModuleType


def apply() -> None:
    """Replace MiniStack's functions; must run before the server starts."""
    from batchctl.local.emulator.fidelity.definitions import refusals
    from batchctl.local.emulator.fidelity.executions import (
        api_timestamps,
        arns,
        execution_history,
        executions,
        express,
        failure_texts,
        redrive,
        runs,
        start_execution,
        state_walk,
        status_events,
    )
    from batchctl.local.emulator.fidelity.expressions import choice_states, jsonata_evaluation, templates, variables
    from batchctl.local.emulator.fidelity.functions import lambda_code, lambda_environment, lambda_errors, lambda_logs
    from batchctl.local.emulator.fidelity.maps import distributed_map, inline_map, parallel_states
    from batchctl.local.emulator.fidelity.services import (
        batch_reads,
        event_permissions,
        expression_caches,
        lone_surrogates,
        model_answers,
        object_events,
        object_ranges,
        plain_puts,
        plain_queries,
        queue_batches,
        secure_transport,
        table_settings,
        template_conditions,
        topic_messages,
    )
    from batchctl.local.emulator.fidelity.tasks import (
        converse_tasks,
        error_matching,
        lambda_tasks,
        nested_executions,
        service_calls,
        task_states,
    )

    topics: tuple[ModuleType, ...] = (
        failure_texts,
        lone_surrogates,
        api_timestamps,
        jsonata_evaluation,
        templates,
        variables,
        error_matching,
        execution_history,
        runs,
        start_execution,
        executions,
        express,
        state_walk,
        redrive,
        refusals,
        arns,
        status_events,
        choice_states,
        task_states,
        lambda_code,
        lambda_environment,
        lambda_errors,
        lambda_logs,
        lambda_tasks,
        nested_executions,
        service_calls,
        model_answers,
        converse_tasks,
        inline_map,
        distributed_map,
        parallel_states,
        event_permissions,
        object_events,
        object_ranges,
        queue_batches,
        secure_transport,
        topic_messages,
        batch_reads,
        queue_batches,
        table_settings,
        template_conditions,
        expression_caches,
        plain_puts,
        plain_queries,
    )
    for topic in topics:
        topic.apply()
