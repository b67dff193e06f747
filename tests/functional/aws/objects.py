"""Objects that are written for a batch."""

from typing import IO, Any

from batch_processor.aws import s3
from tests.functional.account import RESULTS

MEBIBYTE = 1024 * 1024
LARGE = bytes(range(256)) * (20 * 4096)  # 20 MiB, so three parts
OWNER = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"


def write(body: bytes, owner: str = OWNER, publish: bool = True, at_a_time: int = MEBIBYTE) -> None:
    with s3.NewObject(RESULTS, "out.csv", "text/csv; charset=utf-8", owner) as target:
        for start in range(0, len(body), at_a_time):
            target.write(body[start : start + at_a_time])
        if publish:
            target.publish()


def fail_while_writing(target: s3.NewObject, sink: IO[Any], *pieces: Any) -> None:
    with target:
        for piece in pieces:
            sink.write(piece)
        raise ValueError("in the middle")
