# `make help` says what there is. Every target makes what it needs first: a fresh clone needs Python 3.11 or later, make
# and the package index, nothing else. A build for AWS needs Python 3.13 too, because that is the functions' runtime.

PYTHON ?= python3
UV ?= uv
# Further arguments for the command behind a target: make test ARGS="-k settings".
ARGS ?=
# Seeds of make simulate (2000) and make ends (500), where others are wanted.
SEEDS ?=

VENV := .venv
BIN := $(VENV)/bin
VENV_READY := $(VENV)/.ready
# The SAM CLI pins versions that the rest cannot share, so it has a virtual environment of its own.
SAM_VENV := .venv-sam
SAM_READY := $(SAM_VENV)/.ready
SAM := $(SAM_VENV)/bin/sam
# The emulator runs the functions in its own interpreter, so its virtual environment is one of their Python 3.13.
EMULATOR_VENV := .venv-emulator
EMULATOR_READY := $(EMULATOR_VENV)/.ready
LAYER := .aws-sam/build/CommonLayer/python

# SAM must not report home, and wants to know a region even where it asks AWS nothing.
export SAM_CLI_TELEMETRY := 0
sam_validate = AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} $(SAM) validate
# --no-deps: a lock file is complete, and pip would refuse its extras for having no hash of their own.
pip_install = -m pip install --quiet --disable-pip-version-check --no-deps

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv run demo soak bench test simulate ends load sweep mutations e2e check check-template build check-build python3.13 deploy lock release clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z0-9.-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

venv: $(VENV_READY) ## make the virtual environment .venv with everything at the locked versions

run: $(VENV_READY) ## the bridge on this machine, with fakes of Telegram and Planfix and a page at http://127.0.0.1:8080
	$(BIN)/python -m local.playground $(ARGS)

demo: $(VENV_READY) ## the same without the page: a scripted conversation and each kind of message both ways (ROUTE=chat_api: in Planfix's chats)
	$(BIN)/python -m local.demo $(ARGS)

test: $(VENV_READY) ## all tests but those that need a SAM build (ARGS=--cov: what they cover)
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

simulate: $(VENV_READY) ## 2000 seeds of people, faults and deaths in virtual time (SEEDS=n; SEED=n tells one's story; ROUTE=chat_api)
	$(BIN)/python -m tests.simulation.run --route $(or $(ROUTE),rest) $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),2000))

ends: $(VENV_READY) ## what people saw in the end of 500 seeds, kept or compared (ARGS="--calm --file FILE", ARGS="--calm --against FILE")
	$(BIN)/python -m tests.simulation.ends --seeds $(or $(SEEDS),500) $(ARGS)

load: $(VENV_READY) ## bursts, outages, slow files and 429s in virtual time, each bound kept or broken (ARGS="--only burst --containers 8")
	$(BIN)/python -m tests.simulation.load.run $(ARGS)

sweep: $(VENV_READY) ## the bridge killed before and after each of its calls: what people see is the same (ARGS="--only edit"; ROUTE=chat_api)
	$(BIN)/python -m tests.simulation.sweep --route $(or $(ROUTE),rest) $(ARGS)

mutations: $(VENV_READY) ## deliberate bugs, and what the simulation's seeds say to them
	$(BIN)/python -m tests.simulation.mutations $(ARGS)

soak: $(VENV_READY) ## ten thousand messages through the bridge on this machine while both services fail (ROUTE=chat_api, ARGS="--messages 1000")
	$(BIN)/python -m benchmarks.soak $(ARGS)

bench: $(VENV_READY) ## how much memory large files take in the process that carries them: at most 40 MB over idle (Linux)
	$(BIN)/python -m benchmarks.memory $(ARGS)

e2e: $(VENV_READY) $(EMULATOR_READY) ## build, deploy to an AWS emulator on this machine that enforces IAM, and test it there
	@begin=$$(date +%s); $(MAKE) --no-print-directory build ARGS= && echo "Built in $$(($$(date +%s) - begin)) s."
	$(BIN)/python -m pytest tests/e2e -m e2e --timeout 300 $(ARGS)

check: $(VENV_READY) $(SAM_READY) ## style, spelling, types, who may import whom, the template
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --silent check-template

check-template: $(VENV_READY) $(SAM_READY) ## the template alone
	$(BIN)/cfn-lint template.yaml
	@# cfn-lint lets a policy template pass that SAM does not know; SAM's own translator does not.
	$(sam_validate)

build: $(SAM_READY) ## what goes to AWS, in .aws-sam/build
	@# SAM compares the functions' runtime with the python3.13 that it finds on PATH, and the layer is compiled with it.
	@python313=$$($(find_python313)); $(need_python313); \
	  echo "sam build $(ARGS)"; PATH="$$python313:$$PATH" $(SAM) build $(ARGS)

check-build: build ## that the built layer holds bytecode for every source, and its libraries for both architectures
	@sources=$$(find $(LAYER) -name '*.py' | wc -l); bytecode=$$(find $(LAYER) -name '*.cpython-313.pyc' | wc -l); \
	  echo "The layer holds $$sources sources and $$bytecode compiled by Python 3.13."; \
	  [ "$$sources" -gt 0 ] && [ "$$sources" -eq "$$bytecode" ] || { echo "They must be as many." >&2; exit 1; }
	@arm64=$$(find $(LAYER) -name '*aarch64*.so' | wc -l); x86_64=$$(find $(LAYER) -name '*x86_64*.so' | wc -l); \
	  all=$$(find $(LAYER) -name '*.so' | wc -l); \
	  echo "Of its $$all shared libraries $$arm64 are for arm64 and $$x86_64 for x86_64."; \
	  [ "$$arm64" -gt 0 ] && [ "$$arm64" -eq "$$x86_64" ] && [ "$$all" -eq $$((arm64 + x86_64)) ] || { \
	    echo "Each must be there twice, its architecture in its name: otherwise one overwrites the other." >&2; exit 1; }

python3.13: ## the folder of a Python 3.13 that runs, or what to do when there is none
	@python313=$$($(find_python313)); $(need_python313); echo "$$python313"

deploy: build ## build, show what would change in your AWS account, and change it when you agree
	$(SAM) deploy $(ARGS)

lock: ## pin again what the four lock files hold (ARGS=--upgrade for newer versions); needs uv
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it with \`pip install uv\`, or say UV=path." >&2; exit 1; }
	$(UV) pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 --quiet \
	  $(ARGS) --output-file requirements/dev.txt
	@# The functions run what was tested: the layer takes its versions from the line above.
	$(UV) pip compile layers/common/requirements.in --constraint requirements/dev.txt --generate-hashes \
	  --python-version 3.13 --python-platform x86_64-manylinux_2_28 --quiet \
	  $(ARGS) --output-file layers/common/requirements.txt
	$(UV) pip compile requirements/sam.in --generate-hashes --universal --python-version 3.11 --quiet \
	  $(ARGS) --output-file requirements/sam.txt
	@# The emulator that functions are deployed to is the one that `make run` uses.
	$(UV) pip compile requirements/emulator.in --constraint requirements/dev.txt --generate-hashes --universal \
	  --python-version 3.13 --quiet $(ARGS) --output-file requirements/emulator.txt

release: $(VENV_READY) ## a version, its changelog and its tag (VERSION=1.2.3); asks before each step that stays
	$(BIN)/python -m tools.release $(VERSION)

clean: ## remove all that make has made
	rm -rf $(VENV) $(SAM_VENV) $(EMULATOR_VENV) .aws-sam .local .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
	find . -name __pycache__ -prune -exec rm -rf {} +

# Touched last, so that an interrupted installation is done again.
$(VENV_READY): requirements/dev.txt pyproject.toml
	@$(check_python)
	@echo "Making $(VENV): a minute or two, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(pip_install) --require-hashes --requirement requirements/dev.txt
	@$(BIN)/python $(pip_install) --no-build-isolation --editable .
	@touch $@

$(SAM_READY): requirements/sam.txt
	@$(check_python)
	@echo "Making $(SAM_VENV) for the SAM CLI: a minute, once."
	@$(PYTHON) -m venv $(SAM_VENV)
	@$(SAM_VENV)/bin/python $(pip_install) --require-hashes --requirement requirements/sam.txt
	@touch $@

$(EMULATOR_READY): requirements/emulator.txt
	@python313=$$($(find_python313)); $(need_python313); \
	  echo "Making $(EMULATOR_VENV) for the AWS emulator: a minute, once."; \
	  "$$python313/python3.13" -m venv $(EMULATOR_VENV)
	@$(EMULATOR_VENV)/bin/python $(pip_install) --require-hashes --requirement requirements/emulator.txt
	@touch $@

check_python = command -v $(PYTHON) >/dev/null || { \
	echo "There is no $(PYTHON): install Python 3.11 or later, or say where it is: make PYTHON=/path/to/python3." >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is $$($(PYTHON) -V 2>&1); this needs Python 3.11 or later: make PYTHON=/path/to/python3.11." >&2; exit 1; }

# A python3.13 on PATH may be pyenv's shim for a version that is installed but not chosen, which does not run: the real
# ones then stand in the sibling folder `versions`. Running it tells.
find_python313 = for found in "$$(command -v python3.13)" \
	  "$$(dirname "$$(command -v python3.13)")"/../versions/3.13.*/bin/python3.13 \
	  "$$($(UV) python find 3.13 2>/dev/null)"; do \
	"$$found" -c 'import os, sys; sys.version_info[:2] == (3, 13) or sys.exit(1); print(os.path.dirname(sys.executable))' \
	  2>/dev/null && break; done

need_python313 = [ -n "$$python313" ] || { \
	echo "This needs Python 3.13, the runtime of the functions: install python3.13 and put it on PATH" \
	"(pyenv install 3.13, uv python install 3.13, or your system's packages)." >&2; exit 1; }
