"""The request document of json_to_csv: which results, what goes into the CSV, and what ties them to the original one."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Discriminator, Field, Tag, ValidationError

from batch_processor.config.csv_format import CsvFormatShape
from batch_processor.config.locations import ObjectUri, PrefixUri
from batch_processor.config.output_format import AS_INPUT
from batch_processor.config.output_mapping import OutputMapping
from batch_processor.config.transformations import Path
from batch_processor.document.s3_uri import S3Uri, object_uri, prefix_uri
from batch_processor.document.shape import MARK, WHOLE, Finding, Shape, Text, expected, problems_of
from batch_processor.document.singular_query import parse_singular_query
from batch_processor.document.soundness import unreadable
from batch_processor.errors import InvalidConfiguration
from batch_processor.map_run.request import MapResultsRequest, Places, Steps

_FORMS = "the URI of a manifest.json, an object {Bucket, Key}, or the result of the Distributed Map"


class ObjectShape(Shape):
    """An object in S3, as Step Functions writes it."""

    model_config = ConfigDict(title="Object")

    bucket: Text = Field(alias="Bucket", description="The bucket of the manifest.")
    key: Text = Field(alias="Key", description="The key of the manifest.")


class MapResultShape(Shape):
    """What a Distributed Map with a ResultWriter returns."""

    model_config = ConfigDict(title="Result of a Distributed Map")

    map_run_arn: Text | None = Field(default=None, alias="MapRunArn", description="The ARN of the Map Run.")
    result_writer_details: ObjectShape = Field(alias="ResultWriterDetails", description="Where the manifest is.")


def _form(given: Any) -> str:
    if isinstance(given, str):
        return f"{MARK}uri"
    is_result = isinstance(given, dict) and not {"MapRunArn", "ResultWriterDetails"}.isdisjoint(given)
    return f"{MARK}result" if is_result else f"{MARK}object"


_Results = Annotated[
    Annotated[ObjectUri, Tag(f"{MARK}uri")]
    | Annotated[MapResultShape, Tag(f"{MARK}result")]
    | Annotated[ObjectShape, Tag(f"{MARK}object")],
    Discriminator(_form),
    expected(_FORMS),
]


class ChildInputShape(Shape):
    """Where in each item of a child's input, as the ItemSelector made it."""

    model_config = ConfigDict(title="Child input")

    index: Path | None = Field(default=None, description="The item's index, $states.context.Map.Item.Index.")
    row: Path | None = Field(default=None, description="The original row, an object of plain values.")


class ChildOutputShape(Shape):
    """Where in each answer of a child's output."""

    model_config = ConfigDict(title="Child output")

    index: Path | None = Field(default=None, description="The index of the item that is answered.")
    answer: Path | None = Field(default=None, description="The target's answer, where the output holds more than that.")


class RequestDocument(Shape):
    """The results of a Map Run, to become a CSV."""

    model_config = ConfigDict(title="json_to_csv")
    misplaced: ClassVar[Mapping[str, str]] = {
        "target": "the Map Run has called its target already; take 'target' out",
        "input_mapping": "the Map Run has made its inputs already; take 'input_mapping' out",
    }

    results: _Results = Field(description=f"The results: {_FORMS}.")
    output_mapping: OutputMapping = Field(description="An object that says which columns the output gets.")
    output_s3_prefix: PrefixUri | None = Field(default=None, description="Where the output goes.")
    csv_s3_uri: ObjectUri | None = Field(default=None, description="The CSV that the Map Run has read.")
    csv_format: CsvFormatShape | None = Field(default=None, description="How that CSV is written.")
    child_input: ChildInputShape | None = Field(default=None, description="What a child's input says of its items.")
    child_output: ChildOutputShape | None = Field(default=None, description="What a child's output says.")
    first_index: Annotated[int, Field(ge=0, le=1), WHOLE, expected("0 or 1")] = Field(
        default=0, description="Index of the first item; Step Functions counts from 0."
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield a CSV to which no row can be tied, and a CSV's format without the CSV."""
        places = [given.get("child_input"), given.get("child_output")]
        if "csv_s3_uri" in given and not any(isinstance(place, dict) and "index" in place for place in places):
            yield Finding(
                ("csv_s3_uri",),
                "nothing ties the results to the rows of this CSV, as Step Functions keeps no order; say in "
                "'child_input' or 'child_output' where the 'index' of an item is, or leave the CSV out",
            )
        if "csv_format" in given and "csv_s3_uri" not in given:
            yield Finding(("csv_format",), "there is no csv_s3_uri whose format it could be; take it out")
        mapping = given.get("output_mapping")
        if isinstance(mapping, dict) and mapping.get("csv_format") == AS_INPUT and "csv_s3_uri" not in given:
            yield Finding(
                ("output_mapping", "csv_format"),
                "there is no csv_s3_uri whose format it could be; write it as an object {delimiter, bom}",
            )


def parse_request(document: object) -> MapResultsRequest:
    """The normal form of a request; InvalidConfiguration carries all of its problems."""
    if problems := unreadable(document):
        raise InvalidConfiguration(problems)
    try:
        return _normalised(RequestDocument.model_validate(document))
    except ValidationError as exc:
        raise InvalidConfiguration(problems_of(exc, document)) from None


def _normalised(checked: RequestDocument) -> MapResultsRequest:
    child_input, child_output = checked.child_input or ChildInputShape(), checked.child_output or ChildOutputShape()
    return MapResultsRequest(
        manifest=_manifest(checked.results),
        output=checked.output_mapping.options(),
        output_prefix=prefix_uri(checked.output_s3_prefix) if checked.output_s3_prefix else None,
        csv=object_uri(checked.csv_s3_uri) if checked.csv_s3_uri else None,
        csv_format=(checked.csv_format or CsvFormatShape()).normalised(),
        places=Places(
            input_index=_steps(child_input.index),
            input_row=_steps(child_input.row),
            output_index=_steps(child_output.index),
            output_answer=_steps(child_output.answer) or (),
            first_index=checked.first_index,
        ),
    )


def _manifest(results: str | MapResultShape | ObjectShape) -> S3Uri:
    if isinstance(results, str):
        return object_uri(results)
    place = results.result_writer_details if isinstance(results, MapResultShape) else results
    return S3Uri(place.bucket, place.key)


def _steps(path: str | None) -> Steps | None:
    return None if path is None else parse_singular_query(path)
