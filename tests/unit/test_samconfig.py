"""What samconfig.toml builds and deploys the environments with."""

import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from batchctl.local.emulator.foreign_builds import FOR_USUAL
from batchctl.local.foreground import main_stack
from tests.statemachine import cloudformation

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = sorted(set(CONFIG) - {"version"})
PARAMETERS: dict[str, Any] = cloudformation.load(ROOT / "template.yaml")["Parameters"]


def overrides(environment: str) -> dict[str, str]:
    given = CONFIG[environment]["global"]["parameters"]["parameter_overrides"]
    return dict(override.split("=", 1) for override in given)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_build_and_deploy_take_one_list_which_says_what_for(environment: str) -> None:
    assert overrides(environment).keys() >= {"Architecture", "PythonRuntime"}
    sections = {command: section["parameters"] for command, section in CONFIG[environment].items()}
    assert [command for command, given in sections.items() if "parameter_overrides" in given] == ["global"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_given_is_what_the_template_takes(environment: str) -> None:
    for name, value in overrides(environment).items():
        values = value.split(",") if PARAMETERS[name]["Type"] == "CommaDelimitedList" else [value]
        for one in values:
            assert re.fullmatch(PARAMETERS[name].get("AllowedPattern", ".*"), one), name
            assert one in map(str, PARAMETERS[name].get("AllowedValues", [one])), name
    wanted = {name for name, parameter in PARAMETERS.items() if "Default" not in parameter}
    assert wanted <= overrides(environment).keys()


def test_environments_stand_side_by_side() -> None:
    for taken in ("Environment", "ResultsTableName"):
        default = PARAMETERS[taken]["Default"]
        # "local" is an account of its own.
        values = [overrides(name).get(taken, default) for name in ENVIRONMENTS if name != "local"]
        assert len(set(values)) == len(values)
    assert len({CONFIG[name]["global"]["parameters"]["stack_name"] for name in ENVIRONMENTS}) == len(ENVIRONMENTS)


def test_local_deploys_what_the_local_stack_is_made_of() -> None:
    here = {name: value for name, value in overrides("local").items() if name not in ("Architecture", "PythonRuntime")}
    deployed = main_stack(agents=(), tools=())
    assert here == {"Environment": "local", **deployed.parameters}
    assert CONFIG["local"]["global"]["parameters"]["stack_name"] == deployed.name
    assert "--config-env local" in FOR_USUAL


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_names_that_accounts_have_are_covered(environment: str) -> None:
    given = overrides({"dev": "default"}.get(environment, environment))
    names = {
        "AgentNamePattern": (f"broadband-availability-bt-wholesale-{environment}", "ticket-classifier-agent"),
        "ToolNamePattern": (f"enrich-contact-{environment}", "batch-processor-tool"),
    }
    for parameter, covered in names.items():
        patterns = given[parameter].split(",")
        assert all(any(fnmatchcase(name, pattern) for pattern in patterns) for name in covered)


@pytest.mark.parametrize(
    "name", ["dev", "prod", "local", "a", "7", "eu-west-1-blue", "x" * 20, "rows", "browse-rows-2"]
)
def test_environment_names_that_are_free(name: str) -> None:
    assert re.fullmatch(PARAMETERS["Environment"]["AllowedPattern"], name)


# "rows-dev" would give its batch machine the name of the row batch machine of "dev".
@pytest.mark.parametrize("name", ["", "Dev", "-a", "a-", "a_b", "a.b", "x" * 21, "rows-dev", "ä"])
def test_environment_names_that_are_refused(name: str) -> None:
    assert not re.fullmatch(PARAMETERS["Environment"]["AllowedPattern"], name)


def test_every_template_takes_the_same_environment_names() -> None:
    templates = [*ROOT.glob("examples/**/template.yaml"), *ROOT.glob("generated/*/template.yaml")]
    assert len(templates) >= 3
    for path in templates:
        taken = cloudformation.load(path)["Parameters"]["Environment"]
        assert taken["AllowedPattern"] == PARAMETERS["Environment"]["AllowedPattern"], path
