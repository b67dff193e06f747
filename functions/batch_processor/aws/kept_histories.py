"""Remembers of which row batches' executions the table has all that their histories have."""

from batch_processor.aws import s3
from batch_processor.aws.client import client, translated
from batch_processor.contract import Location
from batch_processor.work_folder import kept_histories_prefix


def note(work: Location, execution_arn: str) -> None:
    """Says so of one of them."""
    s3.write(work["bucket"], kept_histories_prefix(work) + execution_arn.rpartition(":")[2], b"", "text/plain")


def noted(work: Location) -> set[str]:
    """The names of all of which it has been said."""
    bucket, prefix = work["bucket"], kept_histories_prefix(work)
    pages = client("s3").get_paginator("list_objects_v2")
    with translated(f"Listing s3://{bucket}/{prefix}"):
        found = [
            entry["Key"] for page in pages.paginate(Bucket=bucket, Prefix=prefix) for entry in page.get("Contents", [])
        ]
    return {key.removeprefix(prefix) for key in found}
