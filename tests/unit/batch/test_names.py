from batch_processor.batch.names import describe_batch, is_row_batch, row_batch_prefixes
from tests.unit.plans import PLAN

STATES = "arn:aws:states:eu-west-1:123456789012"
MACHINE = f"{STATES}:stateMachine:batch-processor-rows-dev"


def test_row_batches_are_executions_of_their_machine_and_of_no_other() -> None:
    assert is_row_batch(f"{STATES}:execution:batch-processor-rows-dev:night-1a2b3c4d-1", MACHINE)
    for arn in (
        f"{STATES}:execution:batch-processor-dev:night-1a2b3c4d-1",
        f"{STATES}:execution:batch-processor-dev:row-batch-night-1a2b3c4d-1",
        f"{STATES}:execution:batch-processor-rows-dev-2:night-1a2b3c4d-1",
        f"{STATES.replace('123456789012', '210987654321')}:execution:batch-processor-rows-dev:night-1a2b3c4d-1",
    ):
        assert not is_row_batch(arn, MACHINE)


def test_row_batches_are_found_by_the_key_of_their_batch_also_where_they_were_before() -> None:
    key = PLAN["batch"]["key"]
    assert row_batch_prefixes(PLAN["batch"], MACHINE) == [
        f"{STATES}:execution:batch-processor-rows-dev:{key}-",
        f"{STATES}:execution:batch-processor-dev:row-batch-{key}-",
    ]


def test_row_batches_are_looked_for_among_batches_only_if_they_may_be_there() -> None:
    """Whoever may start batches may call one what a row batch of anybody's was called."""
    execution = {"id": f"{STATES}:execution:batch-processor-dev:night", "name": "night", "started_at": ""}
    batch = describe_batch(execution)
    assert row_batch_prefixes(batch, MACHINE) == [f"{STATES}:execution:batch-processor-rows-dev:{batch['key']}-"]
