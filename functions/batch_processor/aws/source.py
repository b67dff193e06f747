"""Opens a batch's CSV."""

from batch_processor.aws.s3 import PinnedObject
from batch_processor.contract import Plan
from batch_processor.csv_input import CsvInput


def csv_input(plan: Plan) -> CsvInput:
    """The batch's CSV, in the version that was pinned."""
    source = plan["source"]
    pinned = PinnedObject(
        source["bucket"], source["key"], source["etag"], source["size_bytes"], source.get("version_id")
    )
    return CsvInput(pinned.open, source["encoding"], source["delimiter"])
