"""Express children that outlive their batch: Step Functions stops none of them, and each ends within its five minutes.

Until then they call rows, and store answers and parts, of a batch that was stopped or has failed.
"""

from datetime import UTC, datetime, timedelta

from batch_processor import limits
from batch_processor.aws import s3
from batch_processor.aws.step_functions import State
from batch_processor.batch.work_folder import rest_key
from batch_processor.contract import Loaded, Plan
from batch_processor.output import parts
from batch_processor.output.pieces import Part

# Whatever began before the end of the batch has ended by then.
_LONGEST = timedelta(seconds=limits.EXPRESS_SECONDS)


def at_work_until(plan: Plan, loaded: Loaded, state: State | None, spare: timedelta = timedelta(0)) -> datetime | None:
    """Until when Express children of a batch that did not succeed may be at work; None if none is, or the batch runs.

    `spare` is for what they have called and that may go on without them. They leave no trace before their first answer, so
    this goes by the time alone, unless the batch was through with them.
    """
    if loaded.get("tier") != "express" or not state or state.status == "SUCCEEDED" or not state.ended_at:
        return None
    until = state.ended_at + _LONGEST + spare
    return None if until <= datetime.now(UTC) or _are_through(plan, loaded) else until


def _are_through(plan: Plan, loaded: Loaded) -> bool:
    """Whether the Standard pass has begun, or every row is in a part."""
    work = plan["work"]
    if next(s3.listed(work["bucket"], rest_key(work)), None):
        return True
    return all(isinstance(piece, Part) for piece in parts.found_pieces(work, loaded["row_count"]))
