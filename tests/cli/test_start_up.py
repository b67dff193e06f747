"""A command starts within a second: what it imports when it runs is what it needs, and no more."""

import json
import subprocess
import sys

import pytest

# Of the embedded AWS, of tests, of assistants: none of it is needed by a command that asks a stack.
HEAVIER = {
    "ministack",
    "jsonschema",
    "jsonata",
    "moto",
    "hypercorn",
    "uvicorn",
    "jlens",
    "samtranslator",
    "mcp",
    "starlette",
    "phonenumbers",
}
# What a machine takes that does other things as well; a quiet one needs half a second.
CPU_SECONDS = 2.5
IMPORTS = """
import importlib, json, sys, time
importlib.import_module(sys.argv[1])
print(json.dumps([time.process_time(), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.mark.parametrize(
    "module",
    [
        "batchctl.run.running",
        "batchctl.results.showing",
        "batchctl.watch.following",
        "batchctl.erase.erasing",
        "batchctl.registry.registration",
        "batchctl.local.background",
    ],
)
def test_command_imports_what_it_needs_and_no_more(module: str) -> None:
    command = [sys.executable, "-c", IMPORTS, module]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, loaded = json.loads(ended.stdout)
    assert HEAVIER.intersection(loaded) == set()
    assert seconds < CPU_SECONDS
