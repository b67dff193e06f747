"""The fingerprint of what makes answers: rows that carry the same one were made alike."""

import hashlib
import json

from batch_processor.contract import Plan
from batch_processor.resumption.differences import decisive_parts

_DIGITS = 32  # 128 bits


def fingerprint(plan: Plan) -> str:
    """A digest of the plan's CSV, target and mappings; equal for two plans that `differences` finds none between."""
    parts = sorted(json.dumps(part, sort_keys=True) for part in decisive_parts(plan, csv=""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]
