"""Shared by all tests: the fixtures of tests/support, deterministic property tests, and no skipped test in CI."""

from __future__ import annotations

import gc
import os
from hashlib import sha256

import pytest

from tests.support.examples import register_profiles

pytest_plugins = [
    "tests.support.fixtures.addin",
    "tests.support.fixtures.clock",
    "tests.support.fixtures.cluster",
    "tests.support.fixtures.company",
    "tests.support.fixtures.desk",
    "tests.support.fixtures.disclosures",
    "tests.support.fixtures.documents",
    "tests.support.fixtures.forms",
    "tests.support.fixtures.lab",
    "tests.support.fixtures.ledger",
    "tests.support.fixtures.mail",
    "tests.support.fixtures.office",
    "tests.support.fixtures.postgres",
    "tests.support.fixtures.registers",
    "tests.support.fixtures.reports",
    "tests.support.fixtures.staff",
]
register_profiles()
# frames make and drop many small objects; looking for circles among them at the usual pace is a tenth of the run
gc.set_threshold(50_000, 20, 100)


# whoever asks for one of these has workbooks read in a child process, or an office program or a browser started
IN_PROCESSES = {
    "office",
    "bureau_folder",
    "lead_record",
    "quarter_register",
    "lab_register",
    "recalculate",
    "ledger",
    "converted",
}


@pytest.fixture(autouse=True, scope="session")
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory):
    """What the program remembers on this machine is nothing to tests, and theirs nothing to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """Every test works on a machine that saw nothing before it: copies of one prepared register go different ways."""
    base = os.environ["WORKBENCH_STATE"]
    monkeypatch.setenv("WORKBENCH_STATE", os.path.join(base, sha256(request.node.nodeid.encode()).hexdigest()[:16]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs other processes, by the fixtures it asks for; tests that start one themselves say so."""
    for item in items:
        if IN_PROCESSES & set(getattr(item, "fixturenames", ())):
            item.add_marker("process")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """CI installs everything tests want, so nothing may be skipped there."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
