"""Uploads a CSV of this machine, as `batchctl run` does: only one that an assistant was asked for, from an allowed folder."""

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from batch_processor.document.problem import Problem
from batch_processor.document.shape import Shape, Text
from batch_processor.errors import InvalidArguments
from batchctl.mcp.allowance import Allowance
from batchctl.mcp.stack import Stack

UPLOAD = "upload_csv"
DESCRIPTION = (
    "Uploads a CSV of the user's machine into the stack's bucket, under inputs/, and answers its S3 location. Only when the user "
    "has asked for that very file to be processed: it leaves the machine. Analyse it first, which uploads nothing. "
    "Next: generate_batch_config with the s3_uri."
)
_ENDINGS = (".csv", ".tsv", ".txt")
_DIGITS = 12


class Upload(Shape):
    path: Text = Field(description="The file: absolute, or from one of the folders that the server may read.")


class Uploaded(TypedDict):
    """Where the file is now; the same file is always at the same place."""

    s3_uri: str
    size_bytes: int


INPUT_SCHEMA: dict[str, Any] = Upload.model_json_schema()
OUTPUT_SCHEMA: dict[str, Any] = TypeAdapter(Uploaded).json_schema()


def upload_csv(given: Mapping[str, Any], allowance: Allowance, stack: Stack) -> dict[str, Any]:
    """Uploads it; PathNotAllowed, or InvalidArguments if it is not called as CSVs are."""
    try:
        path = allowance.file(Upload.model_validate(dict(given)).path)
    except ValidationError as exc:
        problems = [Problem(f"/{'/'.join(map(str, error['loc']))}", error["msg"]) for error in exc.errors()]
        raise InvalidArguments(UPLOAD, problems) from exc
    if path.suffix.lower() not in _ENDINGS:
        raise InvalidArguments(UPLOAD, [Problem("/path", f"expected a file that ends in {', '.join(_ENDINGS)}")])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]
    # Below its digest no file takes the place of another one that is called so too, and the same file has one place.
    bucket, key = stack.deployment.data_bucket, f"inputs/{digest}/{path.name}"
    stack.client("s3").upload_file(str(path), bucket, key)
    return dict(Uploaded(s3_uri=f"s3://{bucket}/{key}", size_bytes=path.stat().st_size))
