"""The output is written as its configuration asks for, by whatever way it comes about."""

import codecs
from typing import Any

import pytest

from batch_processor.contract import Plan, RowResult
from batch_processor.handlers import aggregate_results
from batch_processor.output import publishing
from batch_processor.output.publishing import partial
from batch_processor.results.failure import Failure
from tests.functional.account import get, put
from tests.functional.batches import as_json
from tests.functional.resumption.runs import MACHINE, end, finish, load, validate
from tests.functional.targets import create_agent
from tests.unit.configs import make_document
from tests.unit.plans import NO_DEADLINE, failure, success

CONTENT = codecs.BOM_UTF8 + 'name;email\r\nAna;"a;b@x.org"\r\nBö;1,5\r\nCy;c@x.org\r\n'.encode()
AS_INPUT: Any = {"structured_output_fields": ["category"], "add_metadata": False, "csv_format": "as_input"}
WRITTEN = '\ufeffname;email;category\r\nAna;"a;b@x.org";"x;y"\r\nBö;1,5;1,5\r\nCy;c@x.org;ok\r\n'
RESULTS: list[RowResult] = [success(1, "x;y"), success(2, "1,5"), success(3, "ok")]


@pytest.fixture(autouse=True)
def stack(account: None) -> None:
    """The target and the machine."""
    create_agent()
    create_agent(MACHINE)


def run(name: str, given: Any) -> tuple[Plan, dict[str, Any]]:
    """Runs a batch to its end, in two row batches if it is distributed."""
    plan = validate(name, given)
    loaded, results = load(plan)["loaded"], RESULTS
    if loaded["map_mode"] == "distributed":
        for first, last in ((1, 1), (2, 3)):
            part = {**loaded, "row_batch": {"first": first, "last": last}}
            event = {"plan": plan, "loaded": part, "results": RESULTS[first - 1 : last]}
            aggregate_results.handle(as_json(event), None)
        results = []
    return plan, aggregate_results.handle(as_json({"plan": plan, "loaded": loaded, "results": results}), None)


@pytest.mark.parametrize("mode", ["inline", "distributed"])
def test_output_follows_the_input_and_says_so(mode: str) -> None:
    put("inputs/people.csv", CONTENT)
    plan, summary = run("night", make_document(map_mode=mode, output_mapping=AS_INPUT))
    assert get(plan["output"]["key"]).decode() == WRITTEN
    assert summary["csv_format"] == {"delimiter": ";", "bom": True}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_output_of_another_encoding_is_utf_8_with_a_mark(encoding: str) -> None:
    put("inputs/people.csv", CONTENT.decode("utf-8-sig").encode(encoding))
    csv_format = {"encoding": encoding}
    plan, _ = run("night", make_document(csv_format=csv_format, output_mapping=AS_INPUT))
    assert get(plan["output"]["key"]).decode() == WRITTEN


def test_partial_output_follows_the_input() -> None:
    put("inputs/people.csv", CONTENT)
    plan = validate("night", make_document(output_mapping=AS_INPUT))
    failure = Failure(status="FAILED", error="E", cause="c")
    publishing.publish_partial(partial(plan), load(plan)["loaded"], RESULTS, failure, NO_DEADLINE)
    key = plan["output"]["key"].replace(".csv", ".partial.csv")
    assert get(key).decode() == WRITTEN


def test_batch_that_resumes_another_writes_as_it_says_itself() -> None:
    put("inputs/people.csv", CONTENT)
    night = validate("night", make_document(output_mapping=AS_INPUT))
    finish(night, *RESULTS[:2], failure(3, "Busy", "no capacity"))
    plan, _ = run("morning", {"only_failed_from": "night"})
    assert get(plan["output"]["key"]).decode() == WRITTEN
    end("morning", "SUCCEEDED")
    mapping = {**AS_INPUT, "csv_format": {"delimiter": "comma"}}
    plan, summary = run("noon", {"only_failed_from": "night", "output_mapping": mapping})
    assert get(plan["output"]["key"]).decode().startswith('name,email,category\r\nAna,a;b@x.org,x;y\r\nBö,"1,5"')
    assert "csv_format" not in summary
