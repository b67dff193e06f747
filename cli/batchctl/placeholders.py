"""Fills what only a deployed stack knows into files: `${CONTACT_TOOL_ARN}` is its output ContactToolArn."""

import re
from collections.abc import Mapping

from batch_processor.document.placeholders import PLACEHOLDER, placeholders


def constant(output: str) -> str:
    """How files write the output of a stack: ContactToolArn as CONTACT_TOOL_ARN."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", output).upper()


def constants(outputs: Mapping[str, str]) -> dict[str, str]:
    """The outputs by the names that files, pages and shells have for them; BUCKET is the batch processor's."""
    short = {"BUCKET": outputs["BucketName"]} if "BucketName" in outputs else {}
    return short | {constant(name): value for name, value in outputs.items()}


def filled(text: str, outputs: Mapping[str, str]) -> str:
    """The text with the outputs in it. What is not known stays as it is."""
    names = constants(outputs)
    return PLACEHOLDER.sub(lambda match: names.get(match[1], match[0]), text)


def unfilled(text: str) -> list[str]:
    """The placeholders that are still in a text, each once."""
    return placeholders(text)
