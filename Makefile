# Two commands: `make demo` shows the product at work, `make test` proves it. Both set up all they need.
# Needed on the machine: Python 3.11 or newer with venv, and make.

PYTHON ?= python3
# Written by cli/find_python.py: the interpreter that the local stack, its functions and the tests run on.
CHOSEN := .cache/python
UV := .cache/uv/bin/uv
IN_VENV := .venv/bin/python

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)/cli:$(CURDIR)/functions
export SAM_CLI_TELEMETRY := 0
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

.PHONY: help demo test lint unit branches integration format hooks local bench seed schema definition generated reference current lock audit clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.local .venv-sam/.installed ## Run a real batch on the embedded AWS (CSV=… CONFIG=… for your own, EXAMPLE=products|lines|parcels|batches|contacts)
	@$(IN_VENV) -m batchctl demo $(if $(CSV),--csv '$(CSV)') $(if $(CONFIG),--config '$(CONFIG)') $(if $(EXAMPLE),--example '$(EXAMPLE)')

local: .venv/.local .venv-sam/.installed ## Keep the embedded AWS with all stacks running until Ctrl-C
	@$(IN_VENV) -m batchctl local

test: lint unit integration ## Everything: lint, types, unit, functional, state machine, integration

lint: .venv/.dev .venv-sam/.installed .venv-checkov/.installed ## Lint and types
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m mypy
	.venv-sam/bin/sam validate --lint --region us-east-1
	.venv-sam/bin/sam validate --lint --region us-east-1 --template examples/template.yaml
	.venv-sam/bin/sam validate --lint --region us-east-1 --template examples/agents/template.yaml
	.venv-sam/bin/sam validate --lint --region us-east-1 --template generated/broadband_availability_bt_wholesale/template.yaml
	.venv/bin/cfn-lint template.yaml examples/template.yaml examples/agents/template.yaml generated/*/template.yaml
	$(IN_VENV) -m tests.checkov_findings template.yaml examples/template.yaml examples/agents/template.yaml generated/*/template.yaml
	$(IN_VENV) -m batchctl factory check schemas/broadband_availability_bt_wholesale.json

UNIT_TESTS := -n auto tests/unit tests/functional tests/statemachine tests/examples tests/factory tests/cli --cov --cov-report=term-missing:skip-covered

unit: .venv/.dev .venv-audit/.installed ## Unit, functional, state machine, example and command line tests, with the coverage gate
	$(IN_VENV) -m pytest $(UNIT_TESTS)

branches: .venv/.dev .venv-audit/.installed ## The same with the coverage of branches, in twice the time
	$(IN_VENV) -m pytest $(UNIT_TESTS) --cov-branch --cov-fail-under=95

# Each process has an embedded AWS and stacks of its own, as tests stop functions, read queues and kill processes; what one
# process builds, all deploy. tests/distribution.py says how many there are, and which tests stay together: each further one
# costs the deployment of its stacks and every function's cold start.
# An account has one set of stacks, so there they run one by one.
integration: .venv/.dev .venv-sam/.installed .venv-aws/.installed .cache/lambda-runtime/.installed ## The deployed stack on the embedded AWS with IAM enforced
	$(IN_VENV) -m pytest $(if $(BATCH_STACK_NAMES),,-n auto --maxprocesses 4 --dist loadgroup) tests/emulator tests/integration

bench: .venv/.dev .venv-sam/.installed .venv-comparison/.installed ## Speed, memory and cost beside baselines (ONLY="loader cost", WRITE=1 for docs/performance.md)
	@$(IN_VENV) -m benchmarks $(ONLY) $(if $(WRITE),--write)

seed: .venv/.local ## Register what registry/ has (STACKS="batch-processor-dev batch-examples-dev", else what `make local` keeps running)
	@$(IN_VENV) -m batchctl registry put registry $(foreach stack,$(STACKS),--stack $(stack))

format: .venv/.dev ## Format the code, and mend what the linter can mend by itself
	$(IN_VENV) -m ruff check --fix-only --quiet .
	$(IN_VENV) -m ruff format .

hooks: .venv/.dev ## Run the quick checks before each commit, by pre-commit
	$(IN_VENV) -m pre_commit install

definition: .venv/.local ## Write the state machines' definitions anew from their sources (*.asl.yaml)
	@$(IN_VENV) -m batchctl.definition statemachine examples

schema: .venv/.local ## Write the schemas of the configuration and of the operations anew
	@$(IN_VENV) -m batch_processor.config.schema > schemas/batch-config.schema.json
	@$(IN_VENV) -m batch_processor.operations.schemas schemas/operations

generated: .venv/.local ## Write generated/ and the examples' copies of shared code anew
	@$(IN_VENV) -m batchctl factory generate schemas/broadband_availability_bt_wholesale.json
	@$(IN_VENV) -m batchctl.factory.shared_code examples/agents/llm_agent

reference: .venv/.local ## Write docs/batchctl.md anew, of the commands' own help
	@$(IN_VENV) -m batchctl.help_page

current: definition schema generated reference ## Write all of them anew, and fail if any of them was not current
	@git diff --exit-code --stat -- statemachine examples schemas generated docs/batchctl.md

lock: $(UV) ## Compile every requirements file anew from its .in (UPGRADE=1 for the newest versions)
	@"$$(cat $(CHOSEN))" requirements/lock.py $(UV) $(if $(UPGRADE),--upgrade)

audit: .venv-audit/.installed ## Ask for known advisories on every locked version: ends with 2 and says so if there are some, or if it reached nobody
	@.venv-audit/bin/python requirements/audit.py

clean: ## Remove all that was set up or built
	rm -rf .cache .venv .venv-sam .venv-aws .venv-checkov .venv-comparison .venv-audit .aws-sam examples/.aws-sam examples/agents/.aws-sam tests/statemachine/node_modules demo-output

# --- Environments: made once, and again when their requirements change; of nothing whose hash is not in its lock --
$(CHOSEN): cli/find_python.py
	@mkdir -p $(@D)
	@$(PYTHON) cli/find_python.py > $@.new && mv $@.new $@

$(UV): $(CHOSEN) requirements/uv.txt
	@echo "Setting up (once) …"
	@rm -rf .cache/uv && "$$(cat $(CHOSEN))" -m venv .cache/uv && .cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt

.venv/.made: $(CHOSEN) $(UV)
	@$(UV) venv --quiet --clear --seed --python "$$(cat $(CHOSEN))" .venv && touch $@

.venv/.local: .venv/.made requirements/local.txt
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python $(IN_VENV) -r requirements/local.txt && touch $@

.venv/.dev: .venv/.local requirements/dev.txt
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python $(IN_VENV) -r requirements/dev.txt && touch $@

.venv-%/.installed: requirements/%.txt $(CHOSEN) $(UV)
	@$(UV) venv --quiet --clear --python "$$(cat $(CHOSEN))" $(@D)
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python $(@D)/bin/python -r $< && touch $@

.cache/lambda-runtime/.installed: requirements/lambda-runtime.txt .venv/.made
	@rm -rf $(@D) && $(UV) pip install --quiet --require-hashes --python $(IN_VENV) --target $(@D) -r $< && touch $@
