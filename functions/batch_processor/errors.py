"""What can go wrong. The class names are the state machine's contract: it matches them as error names.

BatchProcessorError
├── BeforeAnyCall               nothing was called and nothing is owed: mend what is wrong, and start again
│   ├── InvalidConfiguration    the config, its target or the CSV's header
│   ├── InvalidEntry            a registry entry, when it is written or when it is read
│   ├── InvalidArguments        what an operation was given
│   ├── UnknownOperation        no operation is called so
│   ├── UnknownConversation     no conversation has that id
│   ├── InvalidCsv              bytes that are not the CSV they claim to be
│   ├── BatchTooLarge           beyond a limit of Step Functions, which is named
│   ├── UnknownBatch            no batch, or more than one, is called so
│   ├── ConfirmationInvalid     a confirmation of something else, or that has run out or was used
│   ├── AgentNotFound           no agent or tool is registered under that name
│   └── IncompatibleAgent       one is, and batches cannot use it, as it has no structured output
├── WorthAnotherAttempt         the same call may succeed the next time
│   ├── StorageUnavailable      an AWS service throttles or fails
│   ├── StructuredOutputMissing a row's answer without structured output
│   ├── StructuredOutputInvalid a row's answer of the wrong shape, or not as its schema wants it
│   ├── AgentExecutionFailed    an agent's execution that ended without an answer
│   ├── ForeignExecution        an execution that has a row's name and was given something else
│   └── BatchAtWork             a batch that still runs, or whose answers are still being saved
├── DuplicatesUnsettled         rows that wait for the results of earlier ones: the batch itself settles them at its end
└── Permanent                   no attempt helps
    ├── ConversationChanged     a turn of a conversation that another turn has gone on with meanwhile
    ├── SourceUnavailable       an object that is missing, or that changed since it was pinned
    ├── AnswerSchemaInvalid     a schema that no answer can be checked by
    ├── AgentInputTooLarge      a row whose input exceeds a payload, so that its agent never ran
    ├── TemplateInvalid         a template that does not exist, or that is not Mustache
    ├── VariableMissing         a template whose variables are not all given
    ├── RowCountMismatch        rows out would differ from rows in: the output is not published
    ├── OutOfTime               a function that stopped before Lambda would have cut it off
    ├── JoinedInRanges          more than one invocation surely joins: the machine has ranges of rows joined first
    ├── StackUpdated            a definition, plan or function of another build: the batch ends, and is resumed
    └── OutputTooLarge          more bytes than are surely joined to one object in time

The three parents are for readers and for `except`; nothing raises them, and the machine does not know them.
"""

from collections.abc import Sequence
from typing import Any

# Beyond these nobody reads on, and a message must not grow with what it is about.
_MOST_LISTED = 100


class BatchProcessorError(Exception):
    """Whatever this project raises on purpose."""


class BeforeAnyCall(BatchProcessorError):
    """What is wrong was found before any target was called."""


class WorthAnotherAttempt(BatchProcessorError):
    """What failed may succeed when it is tried again as it is."""


class Permanent(BatchProcessorError):
    """What failed fails again, however often it is tried."""


class DuplicatesUnsettled(BatchProcessorError):
    """A row has the input of an earlier one whose result is not known yet; it never leaves the function."""


class InvalidConfiguration(BeforeAnyCall):
    """All problems of a configuration at once; `problems` in the order in which they were found."""

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        super().__init__(_listed("The configuration", self.problems))


class InvalidEntry(BeforeAnyCall):
    """All problems of a registry entry at once; `problems` in the order in which they were found."""

    def __init__(self, entry: str, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        super().__init__(_listed(entry, self.problems))


class InvalidArguments(BeforeAnyCall):
    """All problems of what an operation was given; `problems` in the order in which they were found."""

    def __init__(self, operation: str, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        super().__init__(_listed(f"The call of {operation}", self.problems))


class UnknownOperation(BeforeAnyCall):
    """No operation is called so; the message names the one that was probably meant."""


class UnknownConversation(BeforeAnyCall):
    """No conversation has that id, or none any more."""


class InvalidCsv(BeforeAnyCall):
    """The input is not the CSV it claims to be; the message names the line and the column."""


class BatchTooLarge(BeforeAnyCall):
    """The batch does not fit a limit of Step Functions; the message names the limit and the way out."""


class UnknownBatch(BeforeAnyCall):
    """No batch is called so, or several are; the message names those that could be meant."""


class ConfirmationInvalid(BeforeAnyCall):
    """The confirmation does not start this batch; the message says why, and what to do."""


class AgentNotFound(BeforeAnyCall):
    """No agent or tool is called so; `suggestion` says what to use instead, `compatible_agents` are all that batches can use."""

    def __init__(self, message: str, suggestion: str, compatible_agents: Sequence[str]) -> None:
        super().__init__(message)
        self.suggestion, self.compatible_agents = suggestion, tuple(compatible_agents)


class IncompatibleAgent(AgentNotFound):
    """Batches cannot use the agent, as nothing says which fields its answers have; the rest as above."""


class StorageUnavailable(WorthAnotherAttempt):
    """An AWS service throttled, failed or could not be reached, also after the SDK's own retries."""


class StructuredOutputMissing(WorthAnotherAttempt):
    """The target answered without structured output at any of the places it may stand."""


class StructuredOutputInvalid(WorthAnotherAttempt):
    """The target's structured output is not what its schema says, or what the configured columns need."""


class AgentExecutionFailed(WorthAnotherAttempt):
    """The execution of an agent ended without an answer."""


class ForeignExecution(WorthAnotherAttempt):
    """The execution that has the name of a row's call was given another input, so its answer is not the row's."""


class BatchAtWork(WorthAnotherAttempt):
    """The batch still runs, or functions are still saving its answers; the message says what to wait for or to type."""


class ConversationChanged(Permanent):
    """Another turn of the conversation ended first, so this one is not kept."""


class SourceUnavailable(Permanent):
    """An object in S3 is missing, may not be read, or is no longer the version that was pinned."""


class AnswerSchemaInvalid(Permanent):
    """No answer can be checked by the registered schema, which the registries should have refused."""


class AgentInputTooLarge(Permanent):
    """The row's input is too large for a payload, so its agent was never started and nothing was paid for."""


class TemplateInvalid(Permanent):
    """The template is in no registry, or cannot be rendered whatever its variables are."""


class VariableMissing(Permanent):
    """The template names variables that are not given; the message has each one's name and its places."""


class RowCountMismatch(Permanent):
    """The output would not have exactly the rows of the input, so it is not published."""


class OutOfTime(Permanent):
    """The work does not fit the time that a function may run; the message says what became of it and what to do."""


class JoinedInRanges(Permanent):
    """The output is more than one invocation surely joins; ranges of its rows are to be joined first, each by its own."""


class StackUpdated(Permanent):
    """What was met is of another build, by its contract number; the message says what became of the batch and what to do."""


class OutputTooLarge(Permanent):
    """The output is larger than what is surely joined to one object; the message says where its parts are."""


def _listed(subject: str, problems: tuple[Any, ...]) -> str:
    lines = [f"- {problem}" for problem in problems[:_MOST_LISTED]]
    if more := len(problems) - len(lines):
        lines.append(f"- and {more:,} more")
    return "\n".join([f"{subject} has {len(problems):,} problem{'' if len(problems) == 1 else 's'}:", *lines])
