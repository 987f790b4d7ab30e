# Two commands for newcomers: `make demo` and `make test`. Each sets up .venv by itself.
# `make test` leaves out what is marked slow (kills, browsers, journeys) and looks at a part of the examples of each
# property test; `make test-slow` runs the slow ones and looks at all examples, with EXAMPLES=many at a quarter of them;
# `.ci/run` runs both, the latter with many.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN = .venv/bin/python
READY = .venv/.ready
EXAMPLES ?= all
# commands and notebooks start many processes: none of them compiles the package anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-quick test-slow mutants audit lint types bench templates addin docs pictures clean

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "Setting up .venv (once) with $(PYTHON) …"
	@$(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab,excel,cluster,test,bench]'
	@touch $@

demo: $(READY)
	@if [ -f demo/登记册.db ]; then rm -r demo; fi  # an earlier performance
	@$(RUN) -m workbench demo --out demo

test: $(READY)
	@$(RUN) -m pytest -m "not slow"

# a developer's own loop: rules and parts in this process, no whole workbooks, no commands in processes of their own
test-quick: $(READY)
	@$(RUN) -m pytest -m "not slow and not process and not whole" --hypothesis-profile=quick tests/core tests/platform tests/capabilities

test-slow: $(READY)
	@$(RUN) -m pytest -m "slow or hypothesis" --hypothesis-profile=$(EXAMPLES)

# changes rules, keys and audit by one sign at a time and asks the tests; PART names some of them (docs/testing.md)
mutants: $(READY)
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutation]'
	@.venv/bin/mutmut run $(PART)
	@.venv/bin/mutmut results

# asks about every pinned package; fails, and says so, where no database of known vulnerabilities answers
audit: $(READY)
	@$(PYTHON) -m venv .venv/audit
	@.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@$(RUN) -m tests.support.audit .venv/audit/bin/pip-audit

lint: $(READY)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(READY)
	@$(RUN) -m mypy

# writes docs/performance.md; QUICK=--quick stops at 100,000 leads, QUICK=--all goes to five millions; the registers of a
# million and more take an hour and more to make
bench: $(READY)
	@$(RUN) -m benchmarks.run $(QUICK)

templates: $(READY)
	@env -u WORKBENCH_POLICY $(RUN) -m workbench templates --out templates

addin: $(READY)
	@$(RUN) -c "from pathlib import Path; from workbench.interfaces.addin.build import build; build(Path('excel'))"

docs: $(READY)
	@$(RUN) docs/build.py

pictures: $(READY)
	@$(RUN) docs/pictures.py
	@$(RUN) docs/addin_pictures.py
	@$(RUN) docs/lab_pictures.py
	@$(RUN) docs/desk_pictures.py

clean:
	rm -rf .venv demo
