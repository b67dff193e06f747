from batch_processor.batch.names import is_row_batch, row_batch_prefixes
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
    assert row_batch_prefixes(PLAN["batch"], MACHINE) == (
        f"{STATES}:execution:batch-processor-rows-dev:{key}-",
        f"{STATES}:execution:batch-processor-dev:row-batch-{key}-",
    )
