"""Shows what a batch has left, and removes it."""

from dataclasses import dataclass

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.copies import copies_of
from batch_processor.operations.erasure.place import Held, Place, Progress, clear, count
from batch_processor.operations.erasure.places import inputs_of, last_places_of, places_of
from batch_processor.operations.erasure.readiness import refuse_at_work
from batch_processor.operations.erasure.remains import Remains, remains_of
from batch_processor.operations.erasure.traces import Traces, traces_of


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased, or was.

    `left` is what the batch was given and other batches may need, unless it was asked for. `copies` names the batches that took
    rows of this one. `out_of_reach` stays whatever is erased.
    """

    batch: str
    execution_arn: str
    status: str
    places: list[Held]
    left: list[Held]
    copies: list[str]
    out_of_reach: list[Remains]

    @property
    def faults(self) -> list[Held]:
        """The places that could not be reached, or not to their end."""
        return [held for held in (*self.places, *self.left) if held.fault]


def survey(execution_arn: str, deployment: Deployment, progress: Progress, *, inputs: bool) -> Erasure:
    """What would be erased, with the batch's inputs among it or not; nothing is changed. BatchAtWork while it may grow."""
    traces = traces_of(execution_arn, deployment)
    refuse_at_work(traces, deployment)
    own = [*places_of(traces, deployment), *last_places_of(traces, deployment)]
    places = [*inputs_of(traces), *own] if inputs else own
    left = [] if inputs else [count(place, progress) for place in inputs_of(traces)]
    return _told(traces, deployment, [count(place, progress) for place in places], left)


def erase(execution_arn: str, deployment: Deployment, progress: Progress, *, inputs: bool) -> Erasure:
    """Erases it. What is done is done if it is broken off, or a place cannot be reached: the same call goes on with the rest."""
    traces = traces_of(execution_arn, deployment)
    refuse_at_work(traces, deployment)
    told = _told(traces, deployment, [], [] if inputs else [count(place, progress) for place in inputs_of(traces)])
    places = [*(inputs_of(traces) if inputs else ()), *places_of(traces, deployment)]
    cleared = [clear(place, progress) for place in places]
    for place in last_places_of(traces, deployment):
        cleared.append(_clear_last(place, cleared, progress))
    return _with_places(told, cleared)


def _clear_last(place: Place, cleared: list[Held], progress: Progress) -> Held:
    if faults := [held.place for held in cleared if held.fault]:
        kept = f"kept, as it tells where to look for the rest: {', '.join(faults)}"
        return Held(place.name, place.where, place.unit, fault=kept)
    return clear(place, progress)


def _told(traces: Traces, deployment: Deployment, places: list[Held], left: list[Held]) -> Erasure:
    status = traces.state.status if traces.state else "FORGOTTEN"
    copies, out_of_reach = copies_of(traces, deployment), list(remains_of(traces, deployment))
    return Erasure(traces.name, traces.execution_arn, status, places, left, copies, out_of_reach)


def _with_places(told: Erasure, places: list[Held]) -> Erasure:
    return Erasure(told.batch, told.execution_arn, told.status, places, told.left, told.copies, told.out_of_reach)
