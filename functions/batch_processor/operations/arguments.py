"""What callers may give operations: strict shapes, whose descriptions tell people and models what to write."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from batch_processor.csv_file.csv_format import Encoding
from batch_processor.document.shape import WHOLE, Flag, Shape, Text, expected, one_of

BatchStatus = Literal[
    "RUNNING", "SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED", "TIMED_OUT", "ABORTED"
]
RowStatus = Literal["SUCCESS", "FAILED", "TIMEOUT", "SKIPPED", "NOT_RUN"]
_MOST_SAMPLED, _MOST_LISTED = 50, 200


Object = Annotated[dict[str, Any], expected("an object {…}")]
Sampled = Annotated[int, WHOLE, Field(ge=0, le=_MOST_SAMPLED), expected(f"a whole number from 0 to {_MOST_SAMPLED}")]
Listed = Annotated[int, WHOLE, Field(ge=1, le=_MOST_LISTED), expected(f"a whole number from 1 to {_MOST_LISTED}")]
Csv = Annotated[Text, Field(description="The CSV, as s3://bucket/key.")]
Saved = Annotated[
    Encoding,
    one_of(*get_args(Encoding)),
    Field(description="How the CSV was saved, where its bytes do not tell: csv_format.encoding of a configuration."),
]
Batch = Annotated[
    Text,
    Field(
        description="The batch: the execution_arn that its start gave, its name, or a beginning that no other name has."
    ),
]
Config = Annotated[
    Object, Field(description="The batch's configuration, as generate_batch_config gives it under config.")
]
Confirmation = Annotated[
    Text | None,
    Field(description="What a person was given to agree with; left out at first. Good once, for this configuration."),
]
Page = Annotated[Text | None, Field(description="The next of the answer before, for the page after it.")]


class AnalyzeCsv(Shape):
    s3_uri: Csv = Field()
    sample_rows: Sampled = Field(default=5, description="How many of the first rows to show, 0 to 50.")
    encoding: Saved = Field(default="auto")


class CountRows(Shape):
    s3_uri: Csv = Field()


class ListAgents(Shape):
    s3_uri: Csv | None = Field(
        default=None, description="The CSV to rank them by, as s3://bucket/key; left out for all."
    )


class RecommendAgent(Shape):
    s3_uri: Csv = Field()
    goal: Text | None = Field(default=None, description="What is wanted, in a few words: classify tickets by priority.")


class ValidateAgent(Shape):
    agent_name: Text = Field(description="The registered name of the agent or tool, or name@version.")
    s3_uri: Csv | None = Field(default=None, description="The CSV to fit its inputs to, as s3://bucket/key.")


class GenerateConfig(Shape):
    csv_uri: Csv = Field()
    agent_name: Text = Field(description="The registered name of the agent or tool, or name@version.")
    mappings: Annotated[dict[Text, Text], expected("an object {column: input field}")] | None = Field(
        default=None,
        description="Which column fills which input field, {column: field}; the others are found by likeness.",
    )
    encoding: Saved = Field(default="auto")


class EstimateCost(Shape):
    config: Config = Field()
    trial: Text | None = Field(
        default=None,
        description="A batch of the same target that has ended; its measured usage is taken for a row's price.",
    )


class ExecuteBatch(Shape):
    config: Config = Field()
    confirmation: Confirmation = None
    again: Text | None = Field(
        default=None,
        description="Any text that tells this run from others of the same config: to run it once more on purpose.",
    )


class AuthorizeBatch(Shape):
    config: Config = Field()
    confirmation: Confirmation = None


class NamedBatch(Shape):
    execution_arn: Batch = Field()


class ConfirmedBatch(Shape):
    execution_arn: Batch = Field()
    confirmation: Confirmation = None


class GetResults(Shape):
    execution_arn: Batch = Field()
    sample_rows: Sampled = Field(default=0, description="How many rows of the output to show, 0 to 50.")
    download_link: Flag = Field(
        default=False, description="Whether to give a link that loads the output for 15 minutes."
    )


class GetRows(Shape):
    execution_arn: Batch = Field()
    status: Annotated[RowStatus, one_of(*get_args(RowStatus))] | None = Field(
        default=None, description="Only rows of this status."
    )
    rows: Text | None = Field(default=None, description='Only rows of these numbers, as "5", "5-20" or "5,9,11-13".')
    limit: Listed = Field(default=50, description="How many rows at most, 1 to 200.")
    next: Page = None


class ListBatches(Shape):
    status: Annotated[BatchStatus, one_of(*get_args(BatchStatus))] | None = Field(
        default=None, description="Only batches of this status."
    )
    since: Text | None = Field(default=None, description="Only batches that started then or later, as 2026-11-30.")
    limit: Listed = Field(default=20, description="How many batches at most, 1 to 200.")
    next: Page = None


class ListLetters(Shape):
    batch: Text | None = Field(default=None, description="Only the letters of this batch; left out for all.")


class RerunLetters(Shape):
    batch: Batch = Field()
    confirmation: Confirmation = None


class DrainLetters(Shape):
    batch: Text | None = Field(default=None, description="Only the letters of this batch; left out for all.")
    dealt_with_only: Flag = Field(
        default=True,
        description="Whether only letters go whose rows have an answer by now; false takes out all of them.",
    )
