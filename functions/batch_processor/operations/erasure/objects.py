"""Objects of a bucket, in all of their versions, and what has been uploaded of them and never completed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from batch_processor.aws import s3


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions, delete markers among them, of the objects with that prefix whose keys `matches` takes."""

    name: str
    bucket: str
    prefix: str
    matches: Callable[[str], bool]
    where: str
    unit: str = "versions"
    at_a_time: int = 1_000

    def found(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each version, with its size."""
        for version in s3.versions(self.bucket, self.prefix):
            if self.matches(version["Key"]):
                yield version, version.get("Size", 0)

    def remove(self, items: list[dict[str, Any]]) -> None:
        """Deletes the versions."""
        s3.delete_versions(self.bucket, items)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Multipart uploads that a function which was cut off has left; S3 keeps them for a day, out of sight."""

    bucket: str
    prefix: str
    where: str
    matches: Callable[[str], bool] = lambda _: True
    name: str = "unfinished uploads"
    unit: str = "uploads"
    at_a_time: int = 1

    def found(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each upload; S3 does not tell its size."""
        uploads = s3.unfinished_uploads(self.bucket, self.prefix)
        return ((upload, 0) for upload in uploads if self.matches(upload["Key"]))

    def remove(self, items: list[dict[str, Any]]) -> None:
        """Drops the uploads."""
        for upload in items:
            s3.abort_upload(self.bucket, upload)


def object_versions(name: str, bucket: str, key: str) -> Versions:
    """All versions of one object."""
    return Versions(name, bucket, key, key.__eq__, f"s3://{bucket}/{key}")


def folder_versions(name: str, bucket: str, prefix: str, matches: Callable[[str], bool] = lambda _: True) -> Versions:
    """All versions of what is in a folder, or of the objects that `matches` takes."""
    return Versions(name, bucket, prefix, matches, f"s3://{bucket}/{prefix}")
