"""The earlier batch that a batch resumes: whether it can be resumed, what has changed since, and what may be taken.

Rows are found by their number, and their answers are taken as they are. So a CSV, a target or a mapping that has
changed is refused, unless the configuration accepts changes; then it takes what the named batch itself wrote or took.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from batch_processor.config import Resumption, named_batch
from batch_processor.contract import Batch, Earlier, EarlierRows, Loaded, Plan, Storage
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration
from batch_processor.resumption.differences import differences, only_output_differs
from batch_processor.resumption.fingerprint import fingerprint

# The plan travels with every row batch, and each takes some 250 bytes of it.
MOST_EARLIER = 50
# Anybody may start relatives of a batch: they leave room for those that a chain goes on with itself.
_MOST_WITH_RELATIVES = 25


@dataclass(frozen=True, slots=True)
class EarlierBatch:
    """An earlier batch as its work folder has it.

    `status` is its execution's, None if Step Functions has forgotten it; only then `has_summary` tells whether its
    output was published. `header` is None if it is not kept any more. Express children of it may be at work until `busy_until`.
    """

    resumption: Resumption
    plan: Plan
    loaded: Loaded
    config: dict[str, Any] | None
    status: str | None
    has_summary: bool = False
    header: Sequence[str] | None = None
    busy_until: datetime | None = None

    @property
    def name(self) -> str:
        return self.plan["batch"]["name"]

    @property
    def has_ended(self) -> bool:
        """Whether the batch got to its end, so that every row without an answer has failed."""
        return self.has_summary if self.status is None else self.status == "SUCCEEDED"

    def keeps_answers(self, at: str) -> bool:
        """Whether all answers are kept then still, by time_text, and so taken over rather than paid for again."""
        return min(map(_kept_until, self.rows())) >= datetime.fromisoformat(at)

    def given_config(self) -> dict[str, Any]:
        """The configuration that the batch was given; InvalidConfiguration if it is not kept any more."""
        if self.config is None:
            raise InvalidConfiguration(
                [
                    self._problem(
                        f"the configuration of the batch {self.name} is not kept any more; give the whole of it"
                    )
                ]
            )
        return self.config

    def obstacles(self) -> Iterator[Problem]:
        """Why this batch cannot be resumed, or not by the key that names it."""
        if is_running(self.status):
            yield self._problem(f"the batch {self.name} is still running; wait for its end, or stop it first")
        elif self.has_ended and self.loaded["storage"]["mode"] == "inline":
            yield self._problem(self._nothing_stored())
        elif self.resumption.only_failed and not self.has_ended:
            yield self._problem(f"the batch {self.name} did not get to its end; use resume_from")
        else:
            yield from self._too_long()

    def changes(self, plan: Plan, document: Any, header: Sequence[str]) -> Iterator[Problem]:
        """What has changed and is not accepted, so that the plan may not resume this batch; what to do comes first.

        `header` has the names of the columns that the plan's CSV has.
        """
        if self.resumption.only_failed and plan.get("max_rows") != self.plan.get("max_rows"):
            yield Problem(
                "/max_rows",
                f"only_failed_from runs no rows that the batch {self.name} did not have, and its max_rows is "
                f"{self.plan.get('max_rows', 'all')}; leave it so, or use resume_from",
            )
        headers = None if self.header is None else (self.header, header)
        changes = [*self._expiry(plan["batch"]), *differences(self.plan, plan, document, headers), *self._accepted()]
        if changes and not self.resumption.accept_changes:
            yield self._problem(
                f"the batch {self.name} was not quite the same, see below; set accept_changes to true to resume it "
                "nevertheless (finished rows keep their answers, by row number), or leave "
                f"{self.resumption.pointer[1:]} out to run all rows"
            )
            yield from changes

    def rows(self) -> list[EarlierRows]:
        """What this batch stored and what it took of others, nearest first."""
        return [_all_rows_of(self.plan, self.loaded), *_taken(self.plan)]

    def resumed_plan(self, plan: Plan, relatives: Sequence["Relative"] = ()) -> Plan:
        """The plan of the batch that resumes this one.

        Unless more than the output has changed, its agent executions have the earlier names, so that answers are found.
        """
        batch: Batch = {**plan["batch"]}
        if only_output_differs(self.plan, plan):
            batch["origin_key"] = self.plan["batch"]["origin_key"]
        storage: Storage = {**plan["storage"]}
        if storage["mode"] == "auto":
            storage["mode"] = "dynamodb"  # where the earlier answers are
        rows, runs = self.rows(), [self.plan["batch"]["id"]] if may_hold_answers(self.status, self.loaded) else []
        shelves, lasting = {(shelf["batch_id"], shelf["since"]) for shelf in rows}, min(map(_kept_until, rows))
        for relative in relatives:
            shelf, has_room = relative.rows(), len(rows) < _MOST_WITH_RELATIVES
            # What goes before the rest of the chain does would have it refused, as answers that may be gone.
            if (shelf["batch_id"], shelf["since"]) not in shelves and has_room and _kept_until(shelf) >= lasting:
                rows.append(shelf)
            if not is_running(relative.status) and may_hold_answers(relative.status, relative.loaded):
                runs.append(relative.plan["batch"]["id"])
        earlier = Earlier(batch=self.name, only_failed=self.resumption.only_failed, rows=rows[:MOST_EARLIER], runs=runs)
        busy = [until for until in (self.busy_until, *(each.busy_until for each in relatives)) if until]
        if busy:
            earlier["wait_seconds"] = max(math.ceil((max(busy) - datetime.now(UTC)).total_seconds()), 1)
        resumed: Plan = {**plan, "batch": batch, "storage": storage, "earlier": earlier}
        if self.plan.get("deduplicate"):
            # Its duplicates have no results of their own, so they are this batch's, too.
            resumed["deduplicate"] = True
        return resumed

    def _nothing_stored(self) -> str:
        if self.plan["storage"]["mode"] == "inline":
            return (
                f"the batch {self.name} has ended and kept its answers inline, for its CSV only; run all rows as a new "
                "batch, with storage_mode dynamodb if its failed rows are to be run again by themselves"
            )
        return (
            f"the batch {self.name} has ended without a failed row, and kept its few answers for its CSV only; to run its "
            "rows again, run them as a new batch"
        )

    def _expiry(self, batch: Batch) -> Iterator[Problem]:
        first = min(self.rows(), key=_kept_until)
        until, days = _kept_until(first), first["ttl_seconds"] // 86_400
        if until < datetime.fromisoformat(batch["started_at"]):
            yield self._problem(
                f"its answers were kept for {days} days, the first ones until {until:%Y-%m-%d %H:%M} UTC; rows whose "
                "answers are gone are run, and paid for, again"
            )

    def _accepted(self) -> Iterator[Problem]:
        """What this batch took although it was made otherwise: who resumes it has not accepted that."""
        own = fingerprint(self.plan)
        for shelf in _taken(self.plan):
            if own not in shelf["fingerprints"]:
                yield self._problem(
                    f"it accepted changes itself: it took answers of {shelf['batch_id']}, which another CSV, mapping or target "
                    "gave"
                )

    def _too_long(self) -> Iterator[Problem]:
        if len(self.rows()) > MOST_EARLIER:
            yield self._problem(
                f"the batch {self.name} goes on with {MOST_EARLIER} others, and no batch with more; leave "
                f"{self.resumption.pointer[1:]} out to run all rows"
            )

    def _problem(self, message: str) -> Problem:
        return Problem(self.resumption.pointer, message)


@dataclass(frozen=True, slots=True)
class Relative:
    """Another batch that goes on with the same one, and would have its rows made alike."""

    plan: Plan
    loaded: Loaded
    status: str | None
    busy_until: datetime | None = None

    def rows(self) -> EarlierRows:
        """What it stored that it made itself."""
        return _rows_of(self.plan, self.loaded, _made_by(self.plan))


def _all_rows_of(plan: Plan, loaded: Loaded) -> EarlierRows:
    # What it took is among them where only histories had it: that it stored anew.
    rows = _rows_of(plan, loaded, _made_by(plan).union(*(shelf["fingerprints"] for shelf in _taken(plan))))
    return rows if "fingerprint" in plan["storage"] else {**rows, "unmarked": True}


def _made_by(plan: Plan) -> set[str]:
    """The fingerprints of what a batch made: as its rows carry it, and as it is now.

    They differ where a newer build counts something more among what decides answers.
    """
    return {fingerprint(plan), plan["storage"].get("fingerprint", fingerprint(plan))}


def _rows_of(plan: Plan, loaded: Loaded, fingerprints: set[str]) -> EarlierRows:
    storage, store = plan["storage"], loaded["storage"]
    rows = EarlierRows(
        batch_id=storage["batch_id"],
        since=storage["since"],
        ttl_seconds=storage["ttl_seconds"],
        fingerprints=sorted(fingerprints),
    )
    if partition_rows := store.get("partition_rows"):
        rows["partition_rows"] = partition_rows
    return rows


def _taken(plan: Plan) -> list[EarlierRows]:
    return plan["earlier"]["rows"] if "earlier" in plan else []


def _kept_until(rows: EarlierRows) -> datetime:
    return datetime.fromisoformat(rows["since"]) + timedelta(seconds=rows["ttl_seconds"])


def is_running(status: str | None) -> bool:
    """Whether an execution has not come to an end."""
    return status in ("RUNNING", "PENDING_REDRIVE")


def may_hold_answers(status: str | None, loaded: Loaded) -> bool:
    """Whether a run's histories may have answers that the table lacks: not if it succeeded without row batches.

    Status None means that Step Functions has forgotten the execution, and its history too.
    """
    return status is not None and (status != "SUCCEEDED" or loaded["map_mode"] == "distributed")


def execution_arn(resumption: Resumption, batch: Batch) -> str:
    """The ARN of the named batch's execution; InvalidConfiguration if it is not one of this state machine."""
    machine = batch["id"].rpartition(":")[0]
    arn = resumption.batch if resumption.batch.startswith("arn:") else f"{machine}:{resumption.batch}"
    if arn.rpartition(":")[0] != machine:
        raise InvalidConfiguration(
            [
                Problem(
                    resumption.pointer,
                    f"{resumption.batch} is none of this state machine's, whose batches are {machine}:NAME",
                )
            ]
        )
    return arn


def unknown(resumption: Resumption, folder: str, config: Mapping[str, Any] | None) -> InvalidConfiguration:
    """The error that says why there is nothing to resume; `config` is the batch's, if its folder has that much."""
    if config is None:
        reason = (
            f"there is nothing of a batch {resumption.batch} in {folder}; is it another stack's or Region's, or its "
            "name another? What is there is deleted in time (parameter WorkFolderDays). Run all rows as a new batch otherwise"
        )
    elif before := named_batch(config):
        reason = f"the batch {resumption.batch} paid for nothing; resume the one that it resumed, {before.batch}"
    else:
        reason = (
            f"the batch {resumption.batch} did not get to its first row and paid for nothing; run it as a new batch"
        )
    return InvalidConfiguration([Problem(resumption.pointer, reason)])
