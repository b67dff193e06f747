"""The example pipeline: what it runs exists, and it holds no keys and no more permissions than it needs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "pipeline" / "deploy.yml").read_text(encoding="utf-8")
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, Any] = WORKFLOW["jobs"]
DEPLOYING = ("dev", "prod")
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_what_it_makes_the_makefile_makes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    made = re.findall(r"^([\w./%-]+):", makefile, re.MULTILINE)
    for job in JOBS:
        for command in commands(job):
            if command.startswith("make "):
                target = command.split()[1]
                assert any(re.fullmatch(name.replace("%", ".+"), target) for name in made), command


def test_each_deployment_builds_and_deploys_one_environment_of_samconfig() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    for job in DEPLOYING:
        assert JOBS[job]["env"]["CONFIG_ENV"] in config
        sam = [command for command in commands(job) if "bin/sam " in command]
        assert [command.split()[1] for command in sam] == ["build", "deploy"]
        assert all('--config-env "$CONFIG_ENV"' in command for command in sam)
    assert len({JOBS[job]["env"]["CONFIG_ENV"] for job in DEPLOYING}) == len(DEPLOYING)


def test_prod_comes_after_dev_and_dev_after_the_tests() -> None:
    assert (JOBS["prod"]["needs"], JOBS["dev"]["needs"]) == ("dev", "test")
    assert [JOBS[job]["environment"] for job in DEPLOYING] == ["dev", "prod"]
    assert {"make audit", "make test"} == set(commands("test"))


def test_actions_are_pinned_by_commit_with_their_version_beside_it() -> None:
    used = re.findall(r"uses: (.*)", TEXT)
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", action) for action in used)


def test_it_holds_no_keys_and_only_deployments_may_ask_for_a_role() -> None:
    assert "secrets." not in TEXT
    assert WORKFLOW["permissions"] == {}
    assert JOBS["test"]["permissions"] == {"contents": "read"}
    assert all(JOBS[job]["permissions"] == {"contents": "read", "id-token": "write"} for job in DEPLOYING)
    # Values that somebody may set reach a shell as variables, never as its text.
    assert all("${{" not in command for job in JOBS for command in commands(job))


def test_the_page_says_which_variables_it_wants() -> None:
    for variable in set(re.findall(r"vars\.(\w+)", TEXT)):
        assert f"`{variable}`" in PAGE
