"""RegisterEntry: puts checked entries into the registries, for CloudFormation and for whoever calls it."""

from typing import Any

from batch_processor.aws import cloudformation
from batch_processor.errors import BatchProcessorError
from batch_processor.logs import logger
from batch_processor.operations import registration
from batch_processor.plan.callable_targets import CallableTargets
from batch_processor.plan.registered_target import warnings
from batch_processor.registry.cloudformation import NOT_REGISTERED, entry_of, owner_of, registered_id
from batch_processor.registry.documents import parse_request
from batch_processor.registry.entry import Entry
from batch_processor.registry.notes import entry_notes
from batch_processor.registry.tables import DynamoDbRegistries
from batch_processor.settings import read


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {kind, entry}, {kind, entries}, {entries: [{kind, entry}]} or a request of CloudFormation's.

    Returns {registered: [id], notes: [text]}, without notes if there are none; they also say of targets that no batch can
    call. CloudFormation has no place for notes, so they are logged. Fails with InvalidEntry, which has the
    problems of all entries, and then none is put. CloudFormation gets its answer at the request's ResponseURL, and so its
    failures too; a request whose ResponseURL is not CloudFormation's fails with BatchProcessorError before anything is done.
    """
    if isinstance(event, dict) and "ResponseURL" in event:
        return _serve_cloudformation(event)
    registries = DynamoDbRegistries.of_environment()
    entries = parse_request(event)
    for entry in entries:
        registries.put(entry)
    registered = [entry.id for entry in entries]
    notes = _notes(entries)
    logger.info("Registered", extra={"entries": registered, "notes": notes})
    return {"registered": registered, **({"notes": notes} if notes else {})}


def _notes(entries: list[Entry]) -> list[str]:
    targets = read(CallableTargets)
    return [f"{entry.id}: {note}" for entry in entries for note in (*entry_notes(entry), *warnings(entry, targets))]


def _serve_cloudformation(event: dict[str, Any]) -> dict[str, Any]:
    try:
        cloudformation.refuse_foreign(event["ResponseURL"])
    except BatchProcessorError:
        logger.exception("Refused a request that would be answered elsewhere", extra={"stack": event.get("StackId")})
        raise
    before = event.get("PhysicalResourceId", f"{NOT_REGISTERED}/{event['RequestId']}")
    try:
        physical_id = _carry_out(event, before)
    except Exception as exc:
        # Without an answer the stack hangs, so whatever goes wrong is one.
        logger.exception("Could not do what CloudFormation asked", extra={"resource": event["LogicalResourceId"]})
        cloudformation.answer(event, before, str(exc) or type(exc).__name__)
        return {"registered": []}
    cloudformation.answer(event, physical_id)
    return {"registered": [] if event["RequestType"] == "Delete" else [physical_id]}


def _carry_out(event: dict[str, Any], before: str) -> str:
    """The physical id; if an update returns a new one, CloudFormation asks for the deletion of the old one."""
    registries = DynamoDbRegistries.of_environment()
    if event["ResourceProperties"].get("Kind") == registration.KIND:
        return _carry_out_operations(event, before, registries)
    if event["RequestType"] == "Delete":
        if registered := registered_id(before):
            removed = registries.delete(registered.kind, registered.name, registered.version, owner_of(event))
            logger.info("Removed" if removed else "Not this resource's any more; left alone", extra={"entry": before})
        return before
    entry = entry_of(event["ResourceProperties"])
    # A resource does not replace what it has not registered itself: a rollback would remove it.
    registries.put(entry, owner_of(event), over=None if entry.id == before else event["StackId"])
    logger.info("Registered", extra={"entries": [entry.id], "notes": _notes([entry])})
    return entry.id


def _carry_out_operations(event: dict[str, Any], before: str, registries: DynamoDbRegistries) -> str:
    """As `_carry_out`, for the operations of the stack as tools."""
    properties, owner = event["ResourceProperties"], owner_of(event)
    if event["RequestType"] == "Delete":
        for name in registration.registered_names(properties):
            registries.delete("tool", name, None, owner)
        return before
    entries = registration.entries_of(properties)
    for entry in entries:
        registries.put(entry, owner, over=event["StackId"])
    if registration.physical_id(properties) == before:  # else CloudFormation has the former ones deleted
        kept = {entry.name for entry in entries}
        for name in registration.registered_names(event.get("OldResourceProperties", {})):
            if name not in kept:
                registries.delete("tool", name, None, owner)
    logger.info("Registered", extra={"entries": [entry.id for entry in entries]})
    return registration.physical_id(properties)
