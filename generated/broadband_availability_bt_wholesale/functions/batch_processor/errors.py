# Copied by `batchctl factory generate` from functions/batch_processor/errors.py:
# change that, not this file.
"""What can go wrong. The class names are the state machine's contract: it matches them as error names.

BatchProcessorError
├── InvalidConfiguration       the config, its target or the CSV's header; before any call is made
├── InvalidEntry               a registry entry, when it is written or when it is read
├── InvalidCsv                 bytes that are not the CSV they claim to be; before any call is made
├── BatchTooLarge              beyond a limit of Step Functions, which is named; before any call is made
├── SourceUnavailable          an object that is missing, or that changed since it was pinned
├── StorageUnavailable         an AWS service throttles or fails; worth another attempt of the same call
├── StructuredOutputMissing    a row's answer without structured output; worth another attempt
├── StructuredOutputInvalid    a row's answer of the wrong shape, or not as its schema wants it; worth another attempt
├── AnswerSchemaInvalid        the schema that answers are checked by is none; no attempt helps
├── AgentExecutionFailed       an agent of whose execution no answer came; worth another attempt
├── AgentInputTooLarge         a row that no payload holds, so that its agent never ran; another attempt would not help
├── TemplateInvalid            a template that is not there, or is no Mustache; no attempt helps
├── VariableMissing            a template's variable that is not given; no attempt helps
└── RowCountMismatch           rows out would differ from rows in: the output is not published
"""

from collections.abc import Sequence
from typing import Any


class BatchProcessorError(Exception):
    """Whatever this project raises on purpose."""


class InvalidConfiguration(BatchProcessorError):
    """All problems of a configuration at once; `problems` in the order in which they were found."""

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(f"The configuration has {count} problem{'' if count == 1 else 's'}:\n{lines}")


class InvalidEntry(BatchProcessorError):
    """All problems of a registry entry at once; `problems` in the order in which they were found."""

    def __init__(self, entry: str, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(f"{entry} has {count} problem{'' if count == 1 else 's'}:\n{lines}")


class InvalidCsv(BatchProcessorError):
    """The input is not the CSV it claims to be; the message names the line and the column."""


class BatchTooLarge(BatchProcessorError):
    """The batch does not fit a limit of Step Functions; the message names the limit and the way out."""


class SourceUnavailable(BatchProcessorError):
    """An object in S3 is missing, may not be read, or is no longer the version that was pinned."""


class StorageUnavailable(BatchProcessorError):
    """An AWS service throttled, failed or could not be reached, also after the SDK's own retries."""


class StructuredOutputMissing(BatchProcessorError):
    """The target answered without structured output at any of the places it may stand."""


class StructuredOutputInvalid(BatchProcessorError):
    """The target's structured output is not what its schema says, or what the configured columns need."""


class AnswerSchemaInvalid(BatchProcessorError):
    """The schema that answers are to be checked by cannot be used; the registries should not have taken it."""


class TemplateInvalid(BatchProcessorError):
    """A template that no registry has, or that cannot be rendered whatever its variables are."""


class VariableMissing(BatchProcessorError):
    """A template names variables that are not given; the message has each one's name and its places."""


class AgentExecutionFailed(BatchProcessorError):
    """The agent's execution, in which an answer was looked for, ended without one."""


class AgentInputTooLarge(BatchProcessorError):
    """The agent was never started on the row, whose input is too large for a payload; nothing was paid for."""


class RowCountMismatch(BatchProcessorError):
    """The output would not have exactly the rows of the input, so it is not published."""
