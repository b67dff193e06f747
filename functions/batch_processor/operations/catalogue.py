"""The table of operations: what every front end offers, under the same names.

A front end looks an operation up by its name, hands on what it was given, and shows what comes back. `arguments` are what a
caller may give, checked before anything happens; texts are written for a model: what it does, when not to use it, what to
call next. What an operation does is imported when it runs, so that a front end pays for what it uses.
"""

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from batch_processor.document.shape import Shape
from batch_processor.operations import arguments as given
from batch_processor.operations.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, its texts, the shape of what it takes, and where what it does stands.

    `reads_only`: it changes nothing but what it has counted. `destructive`: what it stops or removes does not come back.
    `idempotent`: the same call twice does no more than one.
    """

    name: str
    module: str
    arguments: type[Shape]
    description: str
    reads_only: bool = True
    destructive: bool = False
    idempotent: bool = True

    @property
    def function(self) -> Callable[..., Any]:
        """What it does, which is called as its name says."""
        function: Callable[..., Any] = getattr(import_module(f"batch_processor.operations.{self.module}"), self.name)
        return function

    @property
    def result(self) -> Any:
        """A TypedDict, or a union of them."""
        return typing.get_type_hints(self.function)["return"]

    def run(self, arguments: Mapping[str, Any], deployment: Deployment) -> Any:
        """Its answer to checked arguments."""
        return self.function(**arguments, deployment=deployment)


_ALL = (
    Operation(
        "analyze_csv_structure",
        "analysis.structure",
        given.AnalyzeCsv,
        "Tells what a CSV holds: columns with their roles and types, how many rows, the first rows, and what is wrong with the "
        "file. Call it first, for every CSV. A row_count that is not exact says so; count_csv_rows counts. It reads no output "
        "of a batch for you: use get_batch_results. Next: list_compatible_agents or recommend_agent.",
    ),
    Operation(
        "count_csv_rows",
        "analysis.row_count",
        given.CountRows,
        "Counts the rows of a large CSV exactly. The first call starts the count; call it again to ask how it stands. Not needed "
        "where analyze_csv_structure says that row_count_is_exact.",
    ),
    Operation(
        "list_compatible_agents",
        "agents.compatibility",
        given.ListAgents,
        "Lists the registered agents and tools with structured output, which alone batches can use; with a CSV ranked by how "
        "well its columns fit their inputs. Name no agent that this has not listed. Next: validate_agent_compatibility.",
    ),
    Operation(
        "recommend_agent",
        "agents.recommendation",
        given.RecommendAgent,
        "Picks the agent that fits a CSV and a goal in words, if one clearly does; else it answers the candidates and what "
        "to ask the user. Do not use it where the user has named the agent. Next: generate_batch_config.",
    ),
    Operation(
        "validate_agent_compatibility",
        "agents.compatibility",
        given.ValidateAgent,
        "Tells whether batches can use an agent or tool, what it takes and which fields it answers; if not, why, and which ones "
        "they can use instead. Next: generate_batch_config.",
    ),
    Operation(
        "generate_batch_config",
        "configuring.generation",
        given.GenerateConfig,
        "Makes the configuration of a batch from a CSV and an agent's name: which column fills which input field, how sure that "
        "is, and questions about what was not sure enough. Put the questions to the user and call it again with mappings. "
        "Starts nothing. Next: estimate_batch_cost, then execute_batch_processor with config as it stands.",
    ),
    Operation(
        "estimate_batch_cost",
        "estimate",
        given.EstimateCost,
        "Says beforehand what a batch costs and how long it takes, with the assumptions, and whether a person has to confirm "
        "it. Starts nothing and costs nothing. For what a batch did cost use get_batch_results.",
    ),
    Operation(
        "execute_batch_processor",
        "running.execution",
        given.ExecuteBatch,
        "Starts the batch of a configuration, which calls the agent for every row and costs money; for a trial put max_rows "
        "into the config. The same request twice starts one batch. If it answers CONFIRMATION_REQUIRED, nothing was started: "
        "tell the user the estimate and let a person decide. It does not wait. Next: monitor_batch_execution.",
        reads_only=False,
    ),
    Operation(
        "monitor_batch_execution",
        "running.progress",
        given.NamedBatch,
        "Tells how far a batch is: rows done and failed, pace, when it will end, cost so far, what it waits for. Once it has "
        "ended use get_batch_results. Do not call it more than once in half a minute.",
    ),
    Operation(
        "get_batch_results",
        "running.outcome",
        given.GetResults,
        "Tells what came out of a batch that has ended: where the CSV is, how many rows succeeded and failed, time and cost, and "
        "what to do next. If rows failed, next: explain_failures.",
    ),
    Operation(
        "explain_failures",
        "failures.explanation",
        given.NamedBatch,
        "Says why rows of a batch failed, or the whole batch: by cause, with how many, the first rows, an example, the probable "
        "reason and what to do. For the rows themselves use get_rows. Next, where it advises so: rerun_failed_rows.",
    ),
    Operation(
        "get_rows",
        "failures.rows",
        given.GetRows,
        "Shows rows of a batch, by status or number, a page at a time. For counts and causes use explain_failures: it reads "
        "less. Rows may hold personal data: show no more than was asked for.",
    ),
    Operation(
        "list_batches",
        "running.listing",
        given.ListBatches,
        "Lists batches, newest first, with status, rows and cost: to find the batch that a user means.",
    ),
    Operation(
        "rerun_failed_rows",
        "running.control",
        given.ConfirmedBatch,
        "Starts a batch of only those rows of an ended batch that failed or were not run; its output has all rows. It costs what "
        "these rows cost. Not before explain_failures has said that another attempt can help, or its cause is mended.",
        reads_only=False,
        idempotent=False,
    ),
    Operation(
        "resume_batch",
        "running.control",
        given.ConfirmedBatch,
        "Goes on with a batch that failed or was stopped: only rows without an answer run, and no row is paid for twice. For "
        "one that ended with failed rows use rerun_failed_rows.",
        reads_only=False,
        idempotent=False,
    ),
    Operation(
        "cancel_batch",
        "running.control",
        given.NamedBatch,
        "Stops a running batch. What was answered is saved in a partial CSV, and resume_batch can go on from there. Only when "
        "the user asks for it.",
        reads_only=False,
        destructive=True,
    ),
    Operation(
        "list_dead_letters",
        "dead_letters.queue",
        given.ListLetters,
        "Lists what is in the dead letter queue, rows that failed after their last attempt, by batch and cause; takes nothing "
        "out. For one batch explain_failures says more.",
    ),
    Operation(
        "rerun_dead_letters",
        "dead_letters.queue",
        given.RerunLetters,
        "Runs the rows again that a batch has in the dead letter queue, as a new batch. It costs what these rows cost.",
        reads_only=False,
        idempotent=False,
    ),
    Operation(
        "drain_dead_letters",
        "dead_letters.queue",
        given.DrainLetters,
        "Takes letters out of the dead letter queue for good: those whose rows have an answer by now, or with dealt_with_only "
        "false all of the batch's. Only when the user asks for it.",
        reads_only=False,
        destructive=True,
    ),
)
OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _ALL}
# What state machines of the stack ask besides; no front end offers it.
FOR_MACHINES: dict[str, Operation] = {
    "authorize_batch": Operation(
        "authorize_batch",
        "running.authorization",
        given.AuthorizeBatch,
        "Says whether a batch may be started, and uses its confirmation up; the machine that asks starts it.",
        reads_only=False,
        idempotent=False,
    )
}
