"""Says how a batch ended, where the machine could not, in the form in which the machine does it itself.

JSON for programs, the same in words for mails: `$short_subject_of` and `$mail_of` in statemachine/source/functions.yaml.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

# SNS takes ASCII, 100 characters. A long name gives way, down to 20, as the rest of the message has all of it.
_SUBJECT_CHARACTERS = 100
_LEAST_NAME_CHARACTERS = 20
_NOT_IN_A_SUBJECT = re.compile(r"[^ -~]+")


def failure_message(message: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    """Subject, text for each protocol, and attributes of `message`.

    It has {status, batch, error, cause, execution_arn}, and all of the summary where there is one.
    """
    texts = {"default": json.dumps(message, ensure_ascii=False), "email": _mail(message)}
    return (
        _short_subject(message),
        json.dumps(texts, ensure_ascii=False),
        {"outcome": "FAILED", "status": message["status"]},
    )


def _subject(message: Mapping[str, Any]) -> str:
    error = f", {message['error']}" if message.get("error") else ""
    return f"Batch {message['batch']}: {message['status']}{error}"


def _short_subject(message: Mapping[str, Any]) -> str:
    name = message["batch"]
    room = max(_SUBJECT_CHARACTERS - len(_subject({**message, "batch": ""})), _LEAST_NAME_CHARACTERS)
    subject = _subject(message if len(name) <= room else {**message, "batch": f"{name[: room - 3]}..."})
    return _NOT_IN_A_SUBJECT.sub("?", subject)[:_SUBJECT_CHARACTERS]


def _mail(message: Mapping[str, Any]) -> str:
    places = (("CSV", "csv_location"), ("Summary", "summary_location"), ("Execution", "execution_arn"))
    lines = [_subject(message), message.get("status_text"), message.get("cause"), message.get("cost_text")]
    lines += [f"{name}: {message[key]}" for name, key in places if key in message]
    return "\n\n".join(line for line in lines if line)
