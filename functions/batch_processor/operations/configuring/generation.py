"""Makes the configuration of a batch from a CSV and the name of a target."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment

How = Literal["given", "same_name", "normalised", "synonym", "similar", "by_type"]


class FieldMapping(TypedDict):
    """Where an input field comes from; `guessed` says that somebody should look at it."""

    field: str
    column: str
    how: How
    confidence: float
    guessed: bool
    required: bool


class Question(TypedDict):
    """What could not be told from names and cells: the candidates, best first, and what to type for each."""

    field: str
    question: str
    candidates: list[str]
    required: bool


class GeneratedConfig(TypedDict):
    """The answer of generate_batch_config.

    `config` is valid as it stands unless `missing_required` names a field. `questions` ask about what was not sure enough to be
    mapped.
    """

    config: dict[str, Any]
    mapping: list[FieldMapping]
    unmapped_columns: list[str]
    missing_required: list[str]
    warnings: list[str]
    questions: list[Question]
    agent_name: str
    version: NotRequired[str]


def generate_batch_config(
    csv_uri: str, agent_name: str, deployment: Deployment, mappings: Mapping[str, str] | None = None
) -> GeneratedConfig:
    """The configuration; `mappings` {column: field} are taken as given, as in column_mappings.

    IncompatibleAgent or AgentNotFound if it is none that batches can use, with those that they can.
    """
    raise NotImplementedError
