"""The fingerprint of what makes answers: rows that carry the same one were made alike."""

import hashlib
import json
from collections.abc import Iterable

from batch_processor.contract import Plan
from batch_processor.resumption.differences import answering_parts, decisive_parts

_DIGITS = 32  # 128 bits


def fingerprint(plan: Plan) -> str:
    """A digest of the plan's CSV, target and mappings; equal for two plans that `differences` finds none between."""
    return _digest(decisive_parts(plan, csv=""))


def answers_fingerprint(plan: Plan) -> str:
    """The same without the CSV: rows of any CSV whose cells in use are the same are asked the same, and read alike.

    The schema that answers are checked by is among it, as it stands in a plan that is being made: an answer of another batch
    is not checked once more.
    """
    return _digest([*answering_parts(plan), ("schema", plan["output"].get("schema"))])


def _digest(decisive: Iterable[object]) -> str:
    parts = sorted(json.dumps(part, sort_keys=True) for part in decisive)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]
