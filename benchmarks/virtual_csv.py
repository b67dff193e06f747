"""A CSV of any size that is nowhere: the same block of rows again and again, made when a range of it is read."""

import io
import time
from dataclasses import dataclass, field

from batch_processor.aws.object_stream import ObjectStream


@dataclass
class VirtualFile:
    """`blocks` times the same whole rows behind a header; each read takes `latency_seconds`, as a request to S3 does."""

    header: bytes
    block: bytes
    blocks: int
    latency_seconds: float = 0.0
    uri: str = "s3://nowhere/virtual.csv"
    requests: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        return len(self.header) + self.blocks * len(self.block)

    def open(self, start: int = 0, end: int | None = None) -> io.RawIOBase:
        return ObjectStream(self.read_range, start, self.size_bytes if end is None else end, 4 * 1024 * 1024)

    def read_range(self, start: int, length: int) -> bytes:
        self.requests.append((start, length))
        time.sleep(self.latency_seconds)
        end = min(start + length, self.size_bytes)
        parts = [self.header[start:end]] if start < len(self.header) else []
        at = max(start, len(self.header)) - len(self.header)
        left = max(end - len(self.header) - at, 0)
        while left:
            part = self.block[at % len(self.block) :][:left]
            parts.append(part)
            at, left = at + len(part), left - len(part)
        return b"".join(parts)
