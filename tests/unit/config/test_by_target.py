"""Of what is said of several targets only what is said of the one that gets the rows counts."""

from typing import Any

import pytest

from batch_processor.config import BatchConfig, parse
from batch_processor.errors import InvalidConfiguration
from tests.unit.configs import make_document

METHOD = {"method": "direct", "field_mappings": {"category": "$.category"}}
OTHER = {"method": "tool_result", "tool_name": "look_up", "field_mappings": {"category": "$.content"}}
MAPPINGS = {"triage": {"extraction_methods": [METHOD]}, "search": {"extraction_methods": [OTHER]}}
AGENTS = {"triage": {"extraction": "s3://data/configs/rules.yaml"}}


def batch(**keys: Any) -> BatchConfig:
    return parse(make_document(**{"target": "triage", **keys}))


def faults(**keys: Any) -> dict[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        batch(**keys)
    return {problem.pointer: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("target", "method"), [("triage", METHOD), ("triage@1.2.0", METHOD), ({"type": "agent", "name": "search"}, OTHER)]
)
def test_rules_are_those_of_the_name_without_its_version(target: Any, method: Any) -> None:
    output = batch(target=target, output_mappings=MAPPINGS).output
    assert output.extraction == (method,)
    assert output.extraction_at[0] == "output_mappings"


def test_nearest_rules_count() -> None:
    own = {"structured_output_fields": ["category"], "extraction_methods": [OTHER]}
    all_of_them = {"output_mappings": MAPPINGS, "agents": AGENTS}
    assert batch(**all_of_them, output_mapping=own).output.extraction == (OTHER,)
    assert batch(**all_of_them).output.extraction == (METHOD,)
    assert (batch(**all_of_them).rules_file, str(batch(agents=AGENTS).rules_file)) == (
        None,
        AGENTS["triage"]["extraction"],
    )
    assert batch(target="another", agents=AGENTS).rules_file is None


def test_mappings_without_the_target_are_refused_unless_it_has_its_own() -> None:
    assert faults(target="sarch", output_mappings=MAPPINGS) == {
        "/output_mappings": "nothing is said of \"sarch\", which gets the rows; did you mean 'search'?"
    }
    assert "say it in output_mapping" in faults(output_mappings={})["/output_mappings"]
    own = {"structured_output_fields": ["category"], "extraction_methods": [METHOD]}
    assert batch(target="another", output_mappings=MAPPINGS, output_mapping=own).output.extraction == (METHOD,)


def test_type_must_be_that_of_the_target() -> None:
    mappings = {"triage": {"type": "tool", "extraction_methods": [METHOD]}}
    target = {"type": "agent", "name": "triage"}
    assert faults(target=target, output_mappings=mappings) == {
        "/output_mappings/triage/type": '"tool" is not what the target says, "agent"'
    }
    assert batch(output_mappings=mappings).output.extraction == (METHOD,)


def test_mistake_in_the_rules_of_any_target_is_told_at_its_place() -> None:
    mappings = {**MAPPINGS, "search": {"extraction_methods": [{"method": "jmespath", "paths": {"a": "]["}}]}}
    assert list(faults(output_mappings=mappings)) == ["/output_mappings/search/extraction_methods/0/paths/a"]


def test_path_of_rules_that_is_beside_no_file_is_refused_for_the_target_alone() -> None:
    agents = {"triage": {"extraction": "rules.yaml"}, "another": {"extraction": "rules.yaml"}}
    assert faults(agents=agents) == {
        "/agents/triage/extraction": '"rules.yaml" is beside no file; write s3://BUCKET/KEY'
    }
