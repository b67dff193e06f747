"""Shows what a batch has left, and removes it."""

from dataclasses import dataclass, replace

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.copies import copies_of
from batch_processor.operations.erasure.place import Held, Place, Progress, clear, count
from batch_processor.operations.erasure.places import config_of, csv_of, last_places_of, places_of
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
        """The places that were to be erased and could not be reached, or not to their end."""
        return [held for held in self.places if held.fault]


def survey(execution_arn: str, deployment: Deployment, progress: Progress, *, inputs: bool) -> Erasure:
    """What would be erased, with the batch's inputs among it or not; nothing is changed. BatchAtWork while it may grow."""
    traces = traces_of(execution_arn, deployment)
    refuse_at_work(traces, deployment)
    first, last = _wanted(traces, deployment, inputs=inputs)
    places = [count(place, progress) for place in (*first, *last)]
    return _told(traces, deployment, places, _left(traces, progress, inputs=inputs))


def erase(execution_arn: str, deployment: Deployment, progress: Progress, *, inputs: bool) -> Erasure:
    """Erases it. What is done is done if it is broken off, or a place cannot be reached: the same call goes on with the rest."""
    traces = traces_of(execution_arn, deployment)
    refuse_at_work(traces, deployment)
    told = _told(traces, deployment, [], _left(traces, progress, inputs=inputs))
    first, last = _wanted(traces, deployment, inputs=inputs)
    cleared = [clear(place, progress) for place in first]
    for place in last:
        cleared.append(_clear_last(place, cleared, progress))
    return replace(told, places=cleared)


def _wanted(traces: Traces, deployment: Deployment, *, inputs: bool) -> tuple[list[Place], list[Place]]:
    """The places to erase, and those of them that go last."""
    first, last = places_of(traces, deployment), last_places_of(traces, deployment)
    return ([*csv_of(traces), *first], [*config_of(traces), *last]) if inputs else (first, last)


def _left(traces: Traces, progress: Progress, *, inputs: bool) -> list[Held]:
    return [] if inputs else [count(place, progress) for place in (*csv_of(traces), *config_of(traces))]


def _clear_last(place: Place, cleared: list[Held], progress: Progress) -> Held:
    if faults := [held.place for held in cleared if held.fault]:
        kept = f"kept, as it tells where to look for the rest: {', '.join(faults)}"
        return Held(place.name, place.where, place.unit, fault=kept)
    return clear(place, progress)


def _told(traces: Traces, deployment: Deployment, places: list[Held], left: list[Held]) -> Erasure:
    status = traces.state.status if traces.state else "FORGOTTEN"
    copies, out_of_reach = copies_of(traces, deployment), list(remains_of(traces, deployment))
    return Erasure(traces.name, traces.execution_arn, status, places, left, copies, out_of_reach)
