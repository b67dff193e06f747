"""What AWS asks for an Express child: a request, and its duration by its memory, both rounded up.

Memory is reckoned as https://aws.amazon.com/step-functions/pricing/ does: 50 MB, the size of the definition, and what a step of
a Map carries, times the steps at once.
"""

import math

BILLED_MS = 100
_BILLED_MB = 64
_BASE_MB = 50
_MB = 1024 * 1024
# More than the batch machine's text, the children's in it; the largest payload, and the most rows at once (limits.py).
DEFINITION_BYTES, PAYLOAD_BYTES, ROWS_AT_ONCE = 128 * 1024, 256 * 1024, 40
# Of a child besides the calls: its start, the look for answers, one invocation that reads and stores all.
OVERHEAD_MS = 1_500
LONGEST_MS = 300_000


def billed_mb(definition_bytes: int, payload_bytes: int, steps_at_once: int) -> int:
    """The memory that an Express execution is billed for."""
    used = _BASE_MB + (definition_bytes + payload_bytes * steps_at_once) / _MB
    return math.ceil(used / _BILLED_MB) * _BILLED_MB


# Even if each of the rows at once carried the largest payload that there can be, a child would be billed for 64 MB.
CHILD_MB = billed_mb(DEFINITION_BYTES, PAYLOAD_BYTES, ROWS_AT_ONCE)


def billed_ms(milliseconds: float) -> int:
    """The duration of one child that is billed."""
    return math.ceil(milliseconds / BILLED_MS) * BILLED_MS


def gb_seconds(milliseconds: float) -> float:
    """GB-seconds of children that took so long together, each rounded up already."""
    return milliseconds / 1000 * CHILD_MB / 1024


def child_ms(rows: int, rows_at_once: int, seconds_per_call: float) -> int:
    """How long a child takes whose rows are answered at once, in full rounds."""
    rounds = math.ceil(rows / max(rows_at_once, 1))
    return min(billed_ms(rounds * seconds_per_call * 1000 + OVERHEAD_MS), LONGEST_MS)


def children_ms(rows: int, child_rows: int, rows_at_once: int, seconds_per_call: float) -> int:
    """How long the children of so many rows take together: all are full but the last, which has the rest."""
    full, rest = divmod(rows, child_rows)
    together = full * child_ms(child_rows, rows_at_once, seconds_per_call)
    return together + (child_ms(rest, rows_at_once, seconds_per_call) if rest else 0)
