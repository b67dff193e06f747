"""What a Map Run counts."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.maps.distributed import COUNT, FAIL_ON_BAD, distributed, map_run
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("map_run_record", {"succeeded": 3, "failed": 2, "pending": 0, "running": 0, "total": 5})
def a_map_run_counts_items_not_batches(aws: LocalAws) -> Any:
    choose = {"Condition": "{% 'bad' in $states.input.Items %}", "Next": "Fail"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choose], "Default": "Count"},
        "Count": COUNT,
        "Fail": FAIL_ON_BAD["Fail"],
    }
    batcher = {"MaxItemsPerBatch": 2}
    machine = distributed(states, ItemBatcher=batcher, ToleratedFailurePercentage="{% 40 %}", Output="end")
    counts = map_run(aws, aws.run(machine, {"items": ["a", "b", "bad", "c", "d"]}))["itemCounts"]
    return {name: counts[name] for name in ("succeeded", "failed", "pending", "running", "total")}


@item("map_run_record", ["States.ExceedToleratedFailureThreshold", "SUCCEEDED"])
def a_number_of_failed_items_may_be_tolerated(aws: LocalAws) -> Any:
    machine = distributed(FAIL_ON_BAD, ToleratedFailureCount="{% 1 %}", Output="end")
    over, within = (aws.run(machine, {"items": ["bad"] * number}) for number in (2, 1))
    return [over.get("error"), within["status"]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
