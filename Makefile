PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin
ARGS ?=

.PHONY: install demo test test-slow check bench lock clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(RUN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	touch $@

demo: install
	$(RUN)/rollcall demo $(ARGS)

test: install
	$(RUN)/pytest -q -n 2 --dist loadfile $(ARGS)

test-slow: install
	$(RUN)/pytest -q -m slow $(ARGS)

check: install
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/pytest -q -n 2 --dist loadfile --cov --cov-report=term:skip-covered

bench: install
	$(RUN)/python -m benchmarks $(ARGS)

# After a change in pyproject.toml: pins with hashes, no index address.
lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-annotate -q -o requirements.lock

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
