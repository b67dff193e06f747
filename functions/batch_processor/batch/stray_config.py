"""Says that a config started nothing, as it does not lie where configs start batches."""

import json
import shlex
from pathlib import PurePosixPath

_SUBJECT_CHARACTERS = 100


def stray_message(bucket: str, key: str) -> tuple[str, str, dict[str, str]]:
    """Subject, text for each protocol, and attributes, in the form of the messages of output/message.py."""
    uri, name = f"s3://{bucket}/{key}", PurePosixPath(key).name
    command = shlex.join(["aws", "s3", "cp", uri, f"s3://{bucket}/configs/{name}"])
    cause = f"{uri} looks like a batch's configuration, and is not under configs/: nothing was started."
    advice = f"To start the batch, copy the file there: {command}"
    message = {"status": "NOT_STARTED", "config": uri, "cause": cause, "advice": advice}
    texts = {"default": json.dumps(message, ensure_ascii=False), "email": f"{cause}\n\n{advice}"}
    subject = "".join(c if " " <= c <= "~" else "?" for c in f"No batch was started by {name}")
    attributes = {"outcome": "FAILED", "status": "NOT_STARTED"}
    return subject[:_SUBJECT_CHARACTERS], json.dumps(texts, ensure_ascii=False), attributes
