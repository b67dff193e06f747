"""What a batch has cost so far: what the table of batches has counted, and what rows have done that it has not counted yet."""

from dataclasses import replace

from batch_processor.cost.model import Work, more, usage_of
from batch_processor.cost.prices import cost_of
from batch_processor.cost.shapes import Cost, Usage
from batch_processor.operations.running.known_batch import KnownBatch


def cost_so_far(batch: KnownBatch, counted: Cost | None, on_way: Work) -> Cost | None:
    """None where the table does not know the batch; of one that has ended it is all that it cost.

    `counted` is what the table had when its rows were counted, which may be later than the batch's record was read.
    """
    counted = counted or (batch.record.get("cost") if batch.record else None)
    if not (counted and batch.plan and batch.loaded and (batch.runs or batch.is_untold)):
        return counted
    work = replace(on_way, is_stored=batch.loaded["storage"]["mode"] == "dynamodb", is_resumed="earlier" in batch.plan)
    work = _with_tokens(work, counted["usage"])
    return cost_of(more(counted["usage"], usage_of(work)), batch.plan["target"].get("price"))


def _with_tokens(work: Work, counted: Usage) -> Work:
    """The work with as many tokens a call as were counted: what events tell does not have them."""
    calls = counted.get("target_call", 0)
    if not calls:
        return work
    return replace(
        work,
        input_tokens=work.calls * counted.get("input_tokens", 0) / calls,
        output_tokens=work.calls * counted.get("output_tokens", 0) / calls,
    )
