# Two commands matter: `make demo` and `make test`. Each installs what it needs into .venv, by version and hash.
PYTHON ?= python3
PORT ?= 8377
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEVELOP := .venv/.installed
SHELL := /bin/bash
# Compiled once and kept: the tests start Python some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: pictures install develop demo test test-slow check format lint types contracts mutants scale bench soak scan docs lock clean

# What a clinic or the demo runs on, and nothing else. Its last step tries what this machine must be able to do, which also
# compiles the modules that run and no others: the whole of the packages compiled would take 150 MB more.
install: $(RUNTIME)

# That, and what tests, documentation and benchmarks need.
develop: $(DEVELOP)

$(RUNTIME): .locks/runtime.txt .locks/build.txt pyproject.toml | $(BIN)/uv
	@echo "Installing Intervision into .venv: about 0.2 GB to fetch, once ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r .locks/runtime.txt -r .locks/build.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import sys, pathlib, bot.main, bot.anonymise.gate, bot.runtime.machine_check as here; \
	  sys.exit("\n".join(f"{p.where}: {p.what}; {p.remedy}" for p in here.problems(pathlib.Path())) or 0)'
	@touch $(RUNTIME)

$(DEVELOP): .locks/dev.txt pyproject.toml | $(BIN)/uv
	@echo "Installing Intervision and what its tests need into .venv: about 0.6 GB to fetch, once ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r .locks/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(RUNTIME) $(DEVELOP)

# pip fetches uv by hash, and uv the rest in seconds. An environment without pip is one that was begun and never finished:
# it is begun anew, and one that cannot be finished now is not left behind.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Intervision needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv >/dev/null || { rm -rf .venv; printf '%s\n' \
	  "Python's venv module is missing or incomplete. On Debian and Ubuntu: apt-get install python3-venv" \
	  "Without root, where uv is installed: uv venv --seed .venv. Then run make again."; exit 1; }
	@awk '/^uv==/{p=1} p{print} p&&!/\\$$/{exit}' .locks/dev.txt > .venv/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt

demo: install
	$(BIN)/intervision demo --port $(PORT)

# Many tests wait for something, so there are more workers than processors.
test: develop
	@.ci/chromium
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow" -rs

# The rest of what CI runs.
test-slow: develop
	@.ci/chromium
	@.ci/playground
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -n 3 --dist worksteal -m slow

check: develop format lint types contracts

format:
	$(BIN)/ruff format --check .
lint:
	$(BIN)/ruff check .
types:
	$(BIN)/mypy
contracts:
	$(BIN)/lint-imports

# Every small fault in the rules and guards against the tests that touch it (an hour); MUTANTS="--sample 200 --seed 7" tries some.
mutants: develop
	nice -n 15 $(BIN)/python -m tests.mutants $(MUTANTS)

# What every page, command, timer and job asks of its database in a service and in one four times as large.
scale: develop
	nice -n 15 $(BIN)/python -m pytest -q -m slow tests/scale

bench: develop
	$(BIN)/python -m benchmarks

# 100,000 hostile requests to every door; then hundreds of kills, pauses and cut connections under load (an hour).
soak: develop
	FUZZ_REQUESTS=100000 $(BIN)/python -m pytest -n 2 tests/fuzz
	INTERVISION_ACTING=300 INTERVISION_CLINICS=1000 $(BIN)/python -m pytest -n 2 tests/privacy/test_acting.py
	INTERVISION_SOAK=1 $(BIN)/python -m pytest -m slow tests/faults/test_soak.py tests/faults/test_every_outage.py tests/faults/test_real_adapters.py tests/faults/test_other_faults.py tests/faults/test_mails.py tests/e2e/server/test_clock_jump.py
	$(BIN)/python -c 'from benchmarks import page; page.write()'

# Known weaknesses of the locked dependencies, from the public list; it says so where that list cannot be reached.
scan: develop
	@{ $(BIN)/uv tool run --quiet pip-audit==2.10.1 -r .locks/runtime.txt --disable-pip --progress-spinner off -f json 2>/dev/null || true; } | $(BIN)/python .ci/scan

# The pictures of README and guides, taken from the demo. Slack's need a font with emoji (Debian: fonts-noto-color-emoji).
pictures: develop
	@.ci/chromium
	$(BIN)/python docs/pictures/take.py
	@.ci/playground
	PYTHONPATH=. $(BIN)/python docs/pictures/slack.py
	PYTHONPATH=. $(BIN)/python docs/pictures/teams.py
	PYTHONPATH=. $(BIN)/python docs/pictures/rooms.py

# The documentation as pages in var/site; its reference comes from the code.
docs: develop
	$(BIN)/python docs/reference/write.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock:
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q --override .locks/left-out.txt pyproject.toml -o .locks/runtime.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q --extra dev --extra docs --extra bench -c .locks/runtime.txt pyproject.toml -o .locks/dev.txt
	sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q -c .locks/dev.txt - -o .locks/build.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
