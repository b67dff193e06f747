"""Why a model ended its reply: of its own accord, or so that nothing in it may be taken for an answer."""

import re
from dataclasses import dataclass
from typing import Final

_TOO_LONG = (
    "max_tokens", "max_output_tokens", "length", "model_length", "max_length", "token_limit", "error_limit",
    "model_context_window_exceeded", "context_length_exceeded",
)  # fmt: skip
BROKE_OFF: Final = (
    *_TOO_LONG, "pause_turn", "incomplete", "in_progress", "queued", "cancelled", "canceled", "user_cancel", "abort",
    "aborted", "error", "failed", "timeout", "other", "language", "too_many_tool_calls", "unexpected_tool_call",
    "missing_thought_signature", "insufficient_system_resource",
)  # fmt: skip
WITHHELD: Final = (
    "refusal", "content_filter", "content_filtered", "guardrail_intervened", "safety", "recitation", "blocklist",
    "prohibited_content", "spii", "image_safety", "model_armor", "error_toxic", "blocked",
)  # fmt: skip
# malformed_tool_use, malformed_model_output, MALFORMED_FUNCTION_CALL, MALFORMED_RESPONSE
_MALFORMED = re.compile(r"malformed_[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Ending:
    """Where in a reply its ending is told, as `stopReason`, and as what."""

    key: str
    reason: str
    is_withheld: bool = False  # by the key, whatever the reason

    def fault(self) -> str | None:
        """Why the reply is no answer, as a sentence; None if it ended by itself, or in a way that is not known."""
        # Of an enumeration's member, FinishReason.SAFETY, its name.
        name = re.sub(r"[\s-]", "_", self.reason.strip().lower().rpartition(".")[2])
        told = f"({self.key} {self.reason.strip()})" if self.key != self.reason else f"({self.key})"
        if self.is_withheld or name in WITHHELD:
            return f"The model gave no answer, it was refused or held back {told}."
        if name in _TOO_LONG:
            return f"The answer broke off {told}. Let the model write more, or ask it for less."
        return f"The answer broke off {told}." if name in BROKE_OFF or _MALFORMED.fullmatch(name) else None
