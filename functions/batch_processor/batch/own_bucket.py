"""What the folders of the stack's own bucket are for: which of them hold no CSV of anybody's, and where outputs go."""

from batch_processor.document.s3_uri import S3Uri

OUTPUTS = "outputs"
_NO_CSV = {"work": "what batches keep for themselves", "configs": "configurations"}
_NO_CONFIG = {"work": "what batches keep for themselves", OUTPUTS: "what batches have written"}


def csv_refusal(csv: S3Uri, *, output_stays: bool) -> str | None:
    """Why an object of the stack's own bucket may not be read as a CSV; None if it may.

    What is under `outputs/` may be another batch's: it can become a CSV again only where the new output stays beside it,
    as whoever may start a batch need not be somebody who may read the bucket.
    """
    folder = csv.key.partition("/")[0]
    if folder in _NO_CSV:
        return f"{folder}/ holds {_NO_CSV[folder]}, and is never read as a CSV; put the CSV under inputs/"
    if folder == OUTPUTS and not output_stays:
        return (
            f"an output of a batch may be a CSV only if the new output stays in the same bucket; leave output_s3_prefix out, "
            f"or set it to s3://{csv.bucket}/{OUTPUTS}/"
        )
    return None


def config_refusal(config: S3Uri) -> str | None:
    """Why an object of the stack's own bucket may not be read as a configuration; None if it may."""
    folder = config.key.partition("/")[0]
    if folder in _NO_CONFIG:
        return f"{folder}/ holds {_NO_CONFIG[folder]}, and is never read as a configuration; put it under configs/"
    return None


def output_refusal(prefix: S3Uri) -> str | None:
    """Why outputs may not go to that prefix of the stack's own bucket, and what to type instead; None if they may."""
    folder, _, rest = prefix.key.partition("/")
    if folder == OUTPUTS:
        return None
    below = rest if folder in _NO_CSV else prefix.key
    instead = "/".join(part for part in (prefix.bucket, OUTPUTS, below.strip("/")) if part)
    return f"outputs go under {OUTPUTS}/ in the stack's own bucket; type s3://{instead}/"
