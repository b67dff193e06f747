"""Puts a CSV into S3 under a name that its content gives it: never over another one, and never twice."""

import hashlib
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from batchctl import figures
from batchctl.answer import note
from batchctl.errors import Expected

# 64 bits in the key, for people's eyes; the whole digest is compared.
_DIGEST_CHARACTERS = 16
_DIGEST = "sha256"
_MISSING = {"404", "NoSuchKey", "NotFound"}


class NameTaken(Expected):
    """Something else lies where the CSV would; the message says where."""


def csv_uri(path: Path, bucket: str) -> tuple[str, str]:
    """Where the CSV lies, or will lie, and its digest."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, _DIGEST).hexdigest()
    # In a folder of its own the file keeps its name, by which batch and output are called.
    return f"s3://{bucket}/inputs/{digest[:_DIGEST_CHARACTERS]}/{path.name}", digest


def upload(path: Path, bucket: str, s3: Any) -> str:
    """The URI of the CSV in S3, where it is put if it is not there yet."""
    uri, digest = csv_uri(path, bucket)
    key = uri.removeprefix(f"s3://{bucket}/")
    found = _digest_of(bucket, key, s3)
    if found is None:
        note(f"upload   {path.name}, {figures.size(path.stat().st_size)}")
        s3.upload_file(str(path), bucket, key, ExtraArgs={"ContentType": "text/csv", "Metadata": {_DIGEST: digest}})
    elif found != digest:
        raise NameTaken(f"{uri} is something else than {path}. Remove it, or give the CSV another name.")
    return uri


def _digest_of(bucket: str, key: str, s3: Any) -> str | None:
    try:
        metadata: dict[str, str] = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as exc:
        if exc.response["Error"]["Code"] in _MISSING:
            return None
        raise
    return metadata.get(_DIGEST, "")
