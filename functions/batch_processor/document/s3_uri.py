"""S3 URIs, taken apart."""

from dataclasses import dataclass


@dataclass(frozen=True)
class S3Uri:
    """An object or a prefix in S3; a prefix has no slash at its end and may be ""."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def object_uri(text: str) -> S3Uri:
    """Return the parts of `s3://BUCKET/KEY`; a text of another form has no key, or no bucket either."""
    scheme, _, place = text.partition("://")
    bucket, _, key = place.partition("/") if scheme == "s3" else ("", "", "")
    return S3Uri(bucket, key)


def prefix_uri(text: str) -> S3Uri:
    """Return the parts of a checked `s3://BUCKET/PREFIX/`, without the slashes at its end."""
    return object_uri(text.rstrip("/"))
