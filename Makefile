PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin
ARGS ?=
COMPILE := uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-annotate -q

.PHONY: install install-spark install-peers demo test test-slow test-browser check bench lock sbom audit archive clean

# Beside the packages: the rules of extraction as machine code, where there is a C compiler.
install: $(VENV)/.installed
	@$(RUN)/python -m compiled || true

$(VENV)/.installed: requirements.lock pyproject.toml
	command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(RUN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	$(RUN)/python -m russian
	touch $@

demo: $(VENV)/.installed
	$(RUN)/rollcall demo $(ARGS)

test: install
	$(RUN)/pytest -q -n 2 --dist loadfile $(ARGS)

test-slow: install
	$(RUN)/pytest -q -m slow $(ARGS)

# An editor's day in Chromium; CHROMIUM names another browser of that kind.
test-browser: install
	$(RUN)/pytest -q -m browser tests/test_browser.py $(ARGS)

check: install
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/pytest -q -n 2 --dist loadfile --cov --cov-report=term:skip-covered

# Spark (Java 17) beside the rest; the peers that benchmarks are measured against.
install-spark: install
	$(RUN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-spark.lock

install-peers: install
	$(RUN)/python -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements-bench.lock

bench: install
	$(RUN)/python -m benchmarks $(ARGS)

# After a change in pyproject.toml: pins with hashes, no index address.
lock:
	$(COMPILE) --extra dev -o requirements.lock
	$(COMPILE) --extra dev --extra spark -o requirements-spark.lock
	$(COMPILE) --extra bench -o requirements-bench.lock

# What is installed here, as CycloneDX: dist/rollcall.cdx.json. The same environment, the same bytes.
sbom: install
	mkdir -p dist
	$(RUN)/cyclonedx-py environment $(VENV) --pyproject pyproject.toml --output-reproducible --of JSON -o dist/rollcall.cdx.json
	@echo dist/rollcall.cdx.json

# Known vulnerabilities of what the lock pins. Needs the network: it asks the package index about each,
# and fails where one could not be asked about.
audit: install
	$(RUN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict $(ARGS)

# The committed sources, the same bytes from any clone of the same commit.
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
archive:
	mkdir -p dist
	git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix=rollcall-$(VERSION)/ HEAD | gzip -9n > dist/rollcall-$(VERSION).tar.gz
	cd dist && sha256sum rollcall-$(VERSION).tar.gz

clean:
	rm -rf $(VENV) $(VENV)-peers build demo dist .pytest_cache .mypy_cache .ruff_cache
