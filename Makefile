# Two commands matter: `make demo` and `make test`. Both install what they need into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
SHELL := /bin/bash

.PHONY: pictures install demo test test-slow check format lint types contracts bench soak scan docs lock clean

install: $(STAMP)

# uv is fetched by pip (by hash) and installs the rest by hash. Compiled once here, every start is three times as fast.
$(STAMP): .locks/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Intervision needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "The venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@awk '/^uv==/{p=1} p{print} p&&!/\\$$/{exit}' .locks/dev.txt > .venv/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r .locks/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install
	$(BIN)/intervision demo

test: install
	@.ci/chromium
	$(BIN)/python -m pytest -n 2 -m "not slow"

# The rest of what CI runs; many of these wait for something, so there are more of them than processors.
test-slow: install
	@.ci/chromium
	@.ci/playground
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -n 3 --dist worksteal -m slow

check: install format lint types contracts

format:
	$(BIN)/ruff format --check .
lint:
	$(BIN)/ruff check .
types:
	$(BIN)/mypy
contracts:
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m benchmarks

# 100,000 hostile requests to every door; then hundreds of kills, pauses and cut connections under load (an hour).
soak: install
	FUZZ_REQUESTS=100000 $(BIN)/python -m pytest -n 2 tests/fuzz
	INTERVISION_SOAK=1 $(BIN)/python -m pytest -m slow tests/faults/test_soak.py
	$(BIN)/python -c 'from benchmarks import page; page.write()'

# Known weaknesses of the locked dependencies, from the public list; it says so where that list cannot be reached.
scan: install
	@{ $(BIN)/uv tool run --quiet pip-audit==2.10.1 -r .locks/runtime.txt --disable-pip --progress-spinner off -f json 2>/dev/null || true; } | $(BIN)/python .ci/scan

# The pictures of README and guides, taken from the demo. Slack's need a font with emoji (Debian: fonts-noto-color-emoji).
pictures: install
	@.ci/chromium
	$(BIN)/python docs/pictures/take.py
	@.ci/playground
	PYTHONPATH=. $(BIN)/python docs/pictures/slack.py
	PYTHONPATH=. $(BIN)/python docs/pictures/teams.py

# The documentation as pages in var/site; its reference comes from the code.
docs: install
	$(BIN)/python docs/reference/write.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock:
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q pyproject.toml -o .locks/runtime.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q --extra dev --extra docs --extra bench -c .locks/runtime.txt pyproject.toml -o .locks/dev.txt
	sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q -c .locks/dev.txt - -o .locks/build.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
