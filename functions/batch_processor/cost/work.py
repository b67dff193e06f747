"""What a batch does that is paid for."""

from dataclasses import dataclass

# Of a row that is answered at once: TransformInput; the call; ExtractStructuredOutput.
_ROW_TRANSITIONS = 1
_CALL_TRANSITIONS = 1
_JUDGING_TRANSITIONS = 1  # JudgeSyncExecution
_EXTRACTION_TRANSITIONS = 1
_RETRY_TRANSITIONS = 3  # JudgeFailure, WaitBeforeRetry, SelectTarget
_FAILURE_TRANSITIONS = 2  # JudgeFailure, SendToDeadLetterQueue
_SKIP_TRANSITIONS = 1  # SkipRow
# A failure is written on its index, too. In the Express tier the machine stores an answer, and its extraction puts the row's
# item in its place; a failure stays as the machine stored it.
_ANSWER_WRITES, _EXPRESS_ANSWER_WRITES, _FAILURE_WRITES = 1, 2, 2
# There an answer that cannot be read is stored as well, and its failure in its place and on the index, from which the next
# attempt's answer takes it.
_UNREADABLE_WRITES, _INDEX_WRITES = 3, 1


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch has done, or will: `batches` is 0 for a part of one.

    `rows` are those that ran; of them the target was `called` for some, in all so many `calls`. `extractions` are answers that
    were read, or tried to be. `is_resumed` is a batch whose rows may have answers before. With `is_express` the row batches are
    Express children, which took `express_ms` together as AWS bills them; `is_rest` is what these left to row batches. An item of
    the table takes `item_units` to be written. `deduplicated` rows got the answer of another row of the batch and `from_cache`
    rows that of another batch, in which answers are looked for, and kept for others, with `is_cached`. Of an Express agent, whose
    calls come back with their end, each is judged by a state more with `is_judged`.
    """

    rows: int = 0
    called: int = 0
    calls: int = 0
    extractions: int = 0
    failed: int = 0
    skipped: int = 0
    input_tokens: float = 0
    output_tokens: float = 0
    row_batches: int = 0
    batches: int = 1
    is_distributed: bool = False
    is_stored: bool = False
    is_announced: bool = True
    is_resumed: bool = False
    is_express: bool = False
    express_ms: float = 0
    is_rest: bool = False
    item_units: int = 1
    deduplicated: int = 0
    from_cache: int = 0
    is_cached: bool = False
    is_judged: bool = False

    @property
    def transitions(self) -> int:
        """Those of its rows; an Express child's cost nothing."""
        if self.is_express:
            return 0
        return (
            self.rows * _ROW_TRANSITIONS
            + self.calls * (_CALL_TRANSITIONS + (_JUDGING_TRANSITIONS if self.is_judged else 0))
            + self.extractions * _EXTRACTION_TRANSITIONS
            + max(self.calls - self.called, 0) * _RETRY_TRANSITIONS
            + self.failed * _FAILURE_TRANSITIONS
            + self.skipped * _SKIP_TRANSITIONS
        )

    @property
    def answered(self) -> int:
        """The rows that have an answer."""
        return max(self.rows - self.failed - self.skipped, 0)

    @property
    def item_writes(self) -> int:
        """The write units of its rows' items, the index on failures among them."""
        if not (self.is_stored or self.is_express):
            return 0
        answer = _EXPRESS_ANSWER_WRITES if self.is_express else _ANSWER_WRITES
        return self.item_units * (self.answered * answer + self.failed * _FAILURE_WRITES + self._unreadable_writes)

    @property
    def _unreadable_writes(self) -> int:
        """Those beyond one failure for each failed row; all rows are taken to have had as many attempts."""
        unreadable = max(self.extractions - self.answered, 0) if self.is_express else 0
        rows = unreadable * self.called / self.calls if self.calls else 0
        return round(
            unreadable * (_UNREADABLE_WRITES + _INDEX_WRITES) - rows * (_FAILURE_WRITES + _INDEX_WRITES),
        )
