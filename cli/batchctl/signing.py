"""How requests are signed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config


def signing(service: str) -> "Config":
    """By Signature Version 4 throughout: boto3's links to objects in us-east-1 have another one, which no new bucket takes."""
    from botocore.config import Config

    return Config(signature_version="s3v4") if service == "s3" else Config()
