"""Lets later batches take the answers that this one got, where its plan has a cache."""

from collections.abc import Iterator, Mapping, Sequence

from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.errors import BatchProcessorError
from batch_processor.loading.row_files import all_originals, originals
from batch_processor.logs import logger
from batch_processor.results import answer_cache
from batch_processor.results.answer_cache import Shared


def share(plan: Plan, loaded: Loaded, results: Sequence[RowResult]) -> None:
    """Shares the answers among the results, which the table has: those alone that were asked for now.

    Answers that cannot be shared are asked for again by later batches; this one is none the worse for it.
    """
    # What was taken over from a batch that this one resumes stands in that one's rows, and is shared from there.
    begun = plan["batch"]["started_at"] if "earlier" in plan else ""
    answered = {result["index"]: result["at"] for result in results if _is_own(result) and result["at"] >= begun}
    if not answered:
        return
    try:
        answer_cache.remember(plan, loaded["storage"], _shared(plan, loaded, answered))
    except BatchProcessorError:
        logger.warning("Answers could not be shared; the batch goes on", exc_info=True)


def _is_own(result: RowResult) -> bool:
    return result["status"] == "SUCCESS" and "at" in result and "cached" not in result


def _shared(plan: Plan, loaded: Loaded, answered: Mapping[int, str]) -> Iterator[Shared]:
    work, columns = plan["work"], plan["input"]["columns"]
    first = loaded["row_batch"]["first"] if "row_batch" in loaded else 1
    records = originals(work, loaded["row_batch"]) if "row_batch" in loaded else all_originals(work)
    for index, record in enumerate(records, start=first):
        if index in answered:
            yield Shared(index, {address: record.cells[place] for address, place in columns.items()}, answered[index])
